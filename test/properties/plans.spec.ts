import { catalogue } from '@estoque/domain';
import { OutboxRelay, type Publisher } from '@estoque/messaging';
import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import type { Client, Pool } from 'pg';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { MailSenderService } from '../../apps/notify-worker/src/mail-sender.service.js';
import { NotificationService } from '../../apps/notify-worker/src/notification.service.js';
import { StockAlertService } from '../../apps/notify-worker/src/stock-alert.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { RetentionService } from '../../apps/order-worker/src/retention.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { sqlClientOf } from '@estoque/database';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

/** Real: the services and PostgreSQL, which tells of each statement how it did it. Left out: the broker and the mail server. */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

const EXPLAINED = `session_preload_libraries = auto_explain; auto_explain.log_min_duration = 0;
  auto_explain.log_format = json; auto_explain.log_nested_statements = on; client_min_messages = log`.split(
  ';',
);
const PRODUCTS = 50;
/** Of the orders stored, those that have outlived the retention: more than a batch of entries. */
const OLD = 500;
const FIRST = 1;
const LONG_AGO = `now() - interval '60 days'`;
const environment = {
  RESERVATION_TTL_SECONDS: 3_600,
  POLL_INTERVAL_MS: 3_600_000,
  MAIL_FROM: 'shop@example.com',
  MAIL_SENDING: 'on',
  STOCK_ALERT_EMAIL: 'stock@example.com',
  RETENTION_DAYS: 30,
} as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe.each([
  ['no orders', 0],
  ['60 orders', 60],
  ['5,000 orders', 5_000],
])('Over %s, an order', (_, stored) => {
  let shop: Shop;
  let products: number[];
  let plans: { sql: string; plan: Plan }[];
  beforeAll(async () => {
    shop = await Shop.open({ workers: 2, settings: EXPLAINED });
    products = [];
    for (let i = 0; i < PRODUCTS; i++) products.push(await shop.product(1_000));
    if (stored > 0) await store(shop, stored);
    plans = [];
    const pool = (shop.dataSource.driver as unknown as { master: Pool }).master;
    const listen = (client: Client) =>
      client.on('notice', ({ message }) => {
        const json = message?.split('plan:')[1];
        if (json) plans.push(toPlan(json));
      });
    pool.on('acquire', (client) => {
      if ((client as unknown as Client).listenerCount('notice') === 0) listen(client);
    });
    await travel();
  });
  afterAll(() => shop.close());

  /** Lets it be of the past. */
  async function age(id: number) {
    const { dataSource } = shop;
    await dataSource.query(
      `UPDATE orders SET created_at = ${LONG_AGO}, closed_at = ${LONG_AGO} WHERE id = $1`,
      [id],
    );
    await dataSource.query(`UPDATE notifications SET sent_at = ${LONG_AGO} WHERE order_id = $1`, [id]);
  }

  /** Five orders from the first statement to the last, together and each by itself. */
  async function travel() {
    const { unitOfWork: work } = shop;
    const orders = new OrdersService(shop.unitOfWorkOf('api'));
    const reservations = new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment);
    const deductions = new StockDeductionService(shop.unitOfWorkOf('stock-worker'));
    const mailer = { sendMail: () => Promise.resolve() } as unknown as MailerService;
    const sender = new MailSenderService(
      work,
      mailer,
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
    const notifications = new NotificationService(work, sender);
    const alerts = new StockAlertService(work, sender, environment);
    const items = (n: number) => [n, n + 1].map((i) => ({ product_id: products[i]!, quantity: 1 }));
    const one = async (n: number) => {
      const customer = { name: 'Ana', email: 'ana@example.com' };
      const { id: order_id } = await orders.place({ customer, locale: 'en', items: items(n) });
      await reservations.reserve({ order_id, items: items(n) });
      await deductions.deduct({ order_id, items: items(n) });
      await alerts.alert(
        items(n).map((item) => ({ ...item, movement_id: 1, on_hand: 9, reserved: 0, available: 9 })),
      );
      await notifications.notify('order_processed', order_id);
    };
    await one(0);
    await Promise.all([1, 3, 5, 7].map(one));
    await until(
      'the mails to be sent',
      async () =>
        (await shop.unitOfWork.read.notifications.list({ state: 'pending', limit: 1 })).length === 0,
    );
    const publisher = {
      ready: true,
      onReady: (listener: () => void) => listener(),
      publish: () => Promise.resolve(),
    } as unknown as Publisher;
    const relay = new OutboxRelay(
      publisher,
      'stock_events',
      catalogue,
      sqlClientOf(shop.dataSource),
      logger,
      new Metrics(),
    );
    relay.start();
    await until('the outbox to be empty', async () => (await relay.measure()).depth === 0);
    await relay.stop();
    // For the metrics.
    await work.read.openOrders.countOpen();
    await work.read.stock.countActiveReservations();
    await work.read.notifications.countWaiting();
    await sender.onModuleDestroy();
    await age(FIRST);
    await new RetentionService(work, environment, logger).prune();
  }

  it('is pruned when it is old', async () => {
    expect((await shop.unitOfWork.read.orderDetails.get(FIRST)).timeline).toEqual([]);
    expect(await shop.unitOfWork.read.notifications.list({ orderId: FIRST, limit: 1 })).toEqual([]);
    const last = (await shop.unitOfWork.read.orderDetails.list({ limit: 1 }))[0]!;
    expect(last.timeline).toHaveLength(4);
  });

  it('is found by indexes all the way', () => {
    expect(plans.length).toBeGreaterThan(50);
    for (const pruning of ['DELETE FROM order_timeline', 'DELETE FROM notifications'])
      expect(plans.some(({ sql }) => sql.includes(pruning))).toBe(true);
    const scans = plans
      .flatMap(({ sql, plan }) => [...relationsScanned(plan)].map((relation) => `${relation}: ${sql}`))
      // For the metrics: all that wait are counted.
      .filter((scan) => !scan.startsWith('outbox: SELECT count(*)'));
    expect(scans).toEqual([]);
  });
});

function toPlan(json: string): { sql: string; plan: Plan } {
  const { 'Query Text': sql, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: Plan };
  return { sql, plan };
}

function* relationsScanned(plan: Plan): Generator<string> {
  if (plan['Node Type'] === 'Seq Scan') yield plan['Relation Name']!;
  for (const part of plan.Plans ?? []) yield* relationsScanned(part);
}

/** A shop with a past: processed orders, told and closed. */
async function store(shop: Shop, count: number) {
  const past = [
    `INSERT INTO products (sku, name, price, currency) SELECT 'P-' || n, 'Café', 2490, 'BRL' FROM generate_series(1, ${count}) n`,
    `INSERT INTO stock (product_id) SELECT id FROM products ON CONFLICT DO NOTHING`,
    `INSERT INTO outbox (event_id, event, source, key, body, leased_until)
     SELECT gen_random_uuid(), 'order.created', 'gone', '{"order_id":' || -n || '}', '{}', now() FROM generate_series(1, ${count}) n`,
    `INSERT INTO orders (customer_name, customer_email, locale, currency, total, status, created_at, closed_at)
     SELECT 'Ana', 'ana' || n || '@example.com', 'en', 'BRL', 2490, 'processed', at, at
     FROM generate_series(1, ${count}) n, LATERAL (SELECT CASE WHEN n <= ${OLD} THEN ${LONG_AGO} ELSE now() END AS at) placed`,
    `INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
     SELECT id, 1 + id % ${PRODUCTS}, 1, 'CAF-250', 'Café', 1, 2490 FROM orders`,
    `INSERT INTO order_timeline (order_id, step) SELECT id, unnest('{pending,reserved,processed,notified}'::text[]) FROM orders`,
    `INSERT INTO reservations (order_id, product_id, quantity, status, expires_at)
     SELECT order_id, product_id, 1, 'committed', now() FROM order_lines`,
    `INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
     SELECT product_id, order_id, 'sale', -1, 0, 'order ' || order_id FROM order_lines`,
    `INSERT INTO notifications (order_id, kind, recipient, locale, state, sent_at)
     SELECT id, 'order_processed', customer_email, 'en', 'sent', closed_at FROM orders`,
    'VACUUM ANALYZE',
  ];
  const session = shop.dataSource.createQueryRunner();
  for (const statement of [
    'SET auto_explain.log_min_duration = -1',
    ...past,
    'RESET auto_explain.log_min_duration',
  ])
    await session.query(statement);
  await session.release();
}
