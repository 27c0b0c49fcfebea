import { catalogue } from '@estoque/domain';
import { OutboxRelay, type Publisher } from '@estoque/messaging';
import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import type { MailerService } from '@nestjs-modules/mailer';
import { FulfilmentService } from '../../apps/api/src/orders/fulfilment.service.js';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { MailSenderService } from '../../apps/notify-worker/src/mail-sender.service.js';
import { NotificationService } from '../../apps/notify-worker/src/notification.service.js';
import { StockAlertService } from '../../apps/notify-worker/src/stock-alert.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { RetentionService } from '../../apps/order-worker/src/retention.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { sqlClientOf } from '@estoque/database';
import { PLANS_AS_NOTICES, recordPlans } from '../support/recorded-plans.js';
import { ACTOR, TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';

/** Part of a query plan as auto_explain logs it in JSON. */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

const PRODUCTS = 50;
/** Number of stored orders that are older than the retention period: more than one batch of timeline entries. */
const OLD_ORDERS = 500;
const FIRST_ORDER_ID = 1;
/** The trigger of the outbox looks for webhook endpoints. There are 20 at most. */
const SMALL_TABLES = new Set(['webhook_endpoints']);
const LONG_AGO = `now() - interval '60 days'`;
const environment = {
  RESERVATION_TTL_SECONDS: 3_600,
  POLL_INTERVAL_MS: 3_600_000,
  MAIL_FROM: 'shop@example.com',
  MAIL_SENDING: 'on',
  STOCK_ALERT_EMAIL: 'stock@example.com',
  STOCK_ALERT_LOCALE: 'en',
  MAILS_PER_RECIPIENT_PER_HOUR: 100,
  STOCK_ALERTS_PER_HOUR: 100,
  RETENTION_DAYS: 30,
} as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

/** Uses real services and a real PostgreSQL; broker and mail server are replaced by stubs. */
describe.each([
  ['no orders', 0],
  ['60 orders', 60],
  ['5,000 orders', 5_000],
])('Query plans of the order flow, with %s in the database', (_, storedOrders) => {
  let shop: TestShop;
  let products: number[];
  let plans: { sql: string; plan: Plan }[];
  beforeAll(async () => {
    shop = await TestShop.open({
      workers: 2,
      settings: [...PLANS_AS_NOTICES, 'auto_explain.log_nested_statements = on'],
    });
    products = [];
    for (let i = 0; i < PRODUCTS; i++) products.push(await shop.createProduct(1_000));
    if (storedOrders > 0) await insertClosedOrders(shop, storedOrders);
    plans = recordPlans(shop);
    await runOrderFlow();
  });
  afterAll(() => shop.close());

  /** Moves an order back in time, beyond the retention period. */
  async function makeOld(id: number) {
    const { dataSource } = shop;
    await dataSource.query(
      `UPDATE orders SET created_at = ${LONG_AGO}, closed_at = ${LONG_AGO} WHERE id = $1`,
      [id],
    );
    await dataSource.query(`UPDATE notifications SET sent_at = ${LONG_AGO} WHERE order_id = $1`, [id]);
  }

  /** Handles one order alone and then four concurrently, from placing to pruning, and runs the queries of the metrics. */
  async function runOrderFlow() {
    const { unitOfWork } = shop;
    const orders = new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), {
      PAYMENT_GATEWAY: 'simulated',
    });
    const fulfilment = new FulfilmentService(shop.unitOfWorkOf('api'));
    const reservations = new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment);
    const deductions = new StockDeductionService(shop.unitOfWorkOf('stock-worker'));
    const mailer = { sendMail: () => Promise.resolve() } as unknown as MailerService;
    const sender = new MailSenderService(
      unitOfWork,
      mailer,
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
    const notifications = new NotificationService(unitOfWork, sender);
    const alerts = new StockAlertService(unitOfWork, sender, environment);
    const itemsFrom = (first: number) =>
      [first, first + 1].map((index) => ({ product_id: products[index]!, quantity: 1 }));
    const sellOut = async () => {
      const product = await shop.createProduct(1);
      return unitOfWork.inTransaction(({ stock }) => stock.recordMovement(product, 'adjustment', -1, 'test'));
    };
    const handleOrder = async (firstProduct: number) => {
      const items = itemsFrom(firstProduct);
      const customer = { name: 'Ana', email: 'ana@example.com' };
      const {
        body: { id: order_id },
      } = await orders.place({ customer, locale: 'en', items }, ACTOR);
      await reservations.reserve({ order_id, items });
      await deductions.deduct({ order_id, items });
      expect(await alerts.alert([await sellOut()])).toBe('recorded');
      await notifications.notify('order_processed', order_id);
      return order_id;
    };
    const fulfil = async (id: number) => {
      const [item] = itemsFrom(0);
      const change = { actor: ACTOR };
      const { body: partial } = await fulfilment.ship(id, { lines: [item!] }, change);
      await notifications.notify('order_shipped', id, partial.shipments[0]!.id);
      await fulfilment.ship(id, {}, change);
      await unitOfWork.read.shipments.findCompletable(3_600, 100);
      await fulfilment.complete(id, change);
      const { body } = await fulfilment.return(
        id,
        { lines: [item!], reason: 'broken', restock: true },
        change,
      );
      await unitOfWork.read.shipments.itemsOf(body.shipments.map((shipment) => shipment.id));
      await unitOfWork.read.returns.itemsOf(body.returns.map((returned) => returned.id));
    };
    await fulfil(await handleOrder(0));
    // A request with an idempotency key, which is repeated. Its order stays pending.
    const keyed = { caller: 'test', key: 'key', fingerprint: 'x' };
    for (let i = 0; i < 2; i++)
      await orders.place(
        { customer: { name: 'Ana', email: 'ana@example.com' }, locale: 'en', items: itemsFrom(0) },
        ACTOR,
        keyed,
      );
    await Promise.all([1, 3, 5, 7].map(handleOrder));
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
    // Queries of the periodic tasks and of the metrics.
    const limits = { pending: 60, reserved: 60, unconfirmed: 300 };
    await unitOfWork.read.openOrders.examine(limits, { after: 0, max: 100 });
    await unitOfWork.read.openOrders.countStuck(100);
    await unitOfWork.read.openOrders.oldestUnhandled();
    await unitOfWork.read.activeReservations.findExpired(100);
    await unitOfWork.read.activeReservations.count(100);
    // The pruning of keys, and lists with filters.
    await unitOfWork.inTransaction(({ idempotency }) =>
      idempotency.prune(24, { from: new Date(0), limit: 1_000 }),
    );
    for (const before of [undefined, 1_000]) {
      await unitOfWork.read.orderDetails.list({ reference: 'PO-118', before, limit: 21 });
      for (const filter of [{ active: false }, { sku: 'P-1' }, { sku: 'P-1', active: true }])
        await unitOfWork.read.products.list({ ...filter, before, limit: 21 });
    }
    await unitOfWork.read.pendingNotifications.count();
    await unitOfWork.inTransaction(({ mailQuotas }) => mailQuotas.prune({ from: new Date(0), limit: 1_000 }));
    await sender.onModuleDestroy();
    await makeOld(FIRST_ORDER_ID);
    await new RetentionService(unitOfWork, environment, logger).prune();
  }

  it('cover pruning, which deletes the timeline and the notifications of the old order', async () => {
    expect((await shop.unitOfWork.read.orderDetails.get(FIRST_ORDER_ID)).timeline).toEqual([]);
    expect(await shop.unitOfWork.read.notifications.list({ orderId: FIRST_ORDER_ID, limit: 1 })).toEqual([]);
    const lastOrder = (await shop.unitOfWork.read.orderDetails.list({ limit: 1 }))[0]!;
    expect(lastOrder.timeline).toHaveLength(4);
  });

  it.each([
    ['INSERT INTO idempotency_keys', undefined],
    ['LEFT JOIN LATERAL', 'idempotency_keys_pkey'],
    ['DELETE FROM idempotency_keys', 'idempotency_keys_created_index'],
    ['(reference COLLATE "C", created_at', 'orders_reference_index'],
    ['WHERE sku = $', 'products_sku_unique'],
    ['AS open CROSS JOIN', 'orders_open_index'],
    ['INSERT INTO mail_quotas', 'notifications_due_index'],
    ['DELETE FROM mail_quotas', undefined],
    ['FROM shipments WHERE order_id', 'shipments_order_index'],
    ['FROM returns WHERE order_id', 'returns_order_index'],
    ['FROM shipments\n       WHERE awaits_completion', 'shipments_completion_index'],
    ['UPDATE shipments SET awaits_completion', 'shipments_order_index'],
  ])('of %s use the index %s', (statement, index) => {
    const matching = plans.filter(({ sql }) => sql.includes(statement));
    expect(matching).not.toEqual([]);
    if (index && storedOrders > 1_000)
      for (const { plan } of matching) expect(JSON.stringify(plan)).toContain(`"Index Name":"${index}"`);
  });

  it('contain no sequential scan', () => {
    expect(plans.length).toBeGreaterThan(50);
    for (const statement of ['DELETE FROM order_timeline', 'DELETE FROM notifications'])
      expect(plans.some(({ sql }) => sql.includes(statement))).toBe(true);
    const scans = plans.flatMap(({ sql, plan }) =>
      [...scannedRelations(plan)]
        .filter((relation) => !SMALL_TABLES.has(relation))
        .map((relation) => `${relation}: ${sql}`),
    );
    expect(scans).toEqual([]);
  });
});

function* scannedRelations(plan: Plan): Generator<string> {
  if (plan['Node Type'] === 'Seq Scan') yield plan['Relation Name']!;
  for (const child of plan.Plans ?? []) yield* scannedRelations(child);
}

/** Inserts processed and closed orders with their mails, and one outbox row per order. */
async function insertClosedOrders(shop: TestShop, count: number) {
  const inserts = [
    `INSERT INTO products (sku, name, price, currency) SELECT 'P-' || n, 'Café', 2490, 'BRL' FROM generate_series(1, ${count}) n`,
    `INSERT INTO stock (product_id) SELECT id FROM products EXCEPT SELECT product_id FROM stock`,
    `INSERT INTO outbox (event_id, event, source, key, body, leased_until)
     SELECT gen_random_uuid(), 'order.created', 'gone', '{"order_id":' || -n || '}', '{}', now() FROM generate_series(1, ${count}) n`,
    `INSERT INTO orders (customer_name, customer_email, locale, currency, total, status, created_at, closed_at)
     SELECT 'Ana', 'ana' || n || '@example.com', 'en', 'BRL', 2490, 'processed', at, at
     FROM generate_series(1, ${count}) n, LATERAL (SELECT CASE WHEN n <= ${OLD_ORDERS} THEN ${LONG_AGO} ELSE now() END AS at) placed`,
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
  const connection = shop.dataSource.createQueryRunner();
  for (const statement of [
    'SET auto_explain.log_min_duration = -1',
    ...inserts,
    'RESET auto_explain.log_min_duration',
  ])
    await connection.query(statement);
  await connection.release();
}
