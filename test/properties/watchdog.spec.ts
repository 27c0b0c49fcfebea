import { catalogue, type EventName } from '@estoque/domain';
import { decodeEvent, type Publisher } from '@estoque/messaging';
import { createLogger, HealthChecks, Metrics, readEnvironment } from '@estoque/platform';
import { TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { WatchdogService } from '../../apps/order-worker/src/watchdog.service.js';

const environment = readEnvironment([], {
  DATABASE_URL: 'postgres://unused',
  RABBITMQ_URL: 'amqp://unused',
  POLL_INTERVAL_MS: '50',
  REPUBLISH_AFTER_SECONDS: '1,1,1',
});
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe('WatchdogService', () => {
  let shop: TestShop;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 4 })));
  afterAll(() => shop.close());

  const sql = <Row>(text: string, values: unknown[]) => shop.dataSource.query<Row[]>(text, values);

  async function processedOrder(): Promise<number> {
    const items = [{ product_id: await shop.createProduct(5), quantity: 2 }];
    const order_id = await shop.createOrder(items);
    const request = { order_id, items };
    await new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve(request);
    await new StockDeductionService(shop.unitOfWorkOf('stock-worker')).deduct(request);
    return order_id;
  }

  function startWatchdog(redeclareTopology = () => Promise.resolve(), metrics = new Metrics()) {
    const watchdog = new WatchdogService(
      shop.unitOfWorkOf('order-worker'),
      { redeclareTopology } as unknown as Publisher,
      environment,
      logger,
      new HealthChecks(),
      metrics,
    );
    watchdog.onApplicationBootstrap();
    return watchdog;
  }

  /** Inserts pending orders that are overdue. @returns their ids */
  async function overdueOrders(count: number): Promise<number[]> {
    const product_id = await shop.createProduct(5);
    const rows = await sql<{ id: number }>(
      `WITH placed AS (
         INSERT INTO orders (customer_name, customer_email, locale, currency, total, updated_at)
         SELECT 'Ana', 'ana@example.com', 'en', 'BRL', 2490, now() - interval '1 hour' FROM generate_series(1, $2)
         RETURNING id
       ), line AS (
         INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
         SELECT id, $1, 1, 'CAF-250', 'Café', 1, 2490 FROM placed
       )
       SELECT id FROM placed`,
      [product_id, count],
    );
    return rows.map(({ id }) => id);
  }

  /** How often the events of each of the orders were written to the outbox, in the sequence of the ids. */
  const republications = async (orders: number[]) =>
    (
      await sql<{ count: number }>(
        `SELECT (SELECT count(*)::integer FROM outbox WHERE key = orders.id::text) AS count
         FROM orders WHERE id = ANY($1) ORDER BY id`,
        [orders],
      )
    ).map(({ count }) => count);

  /** Events of the order that the watchdog writes to the outbox, each checked against its contract. */
  async function republishedEvents(
    order_id: number,
    declare: () => Promise<void> = () => Promise.resolve(),
  ): Promise<EventName[]> {
    await sql(`DELETE FROM outbox WHERE body->>'order_id' = $1`, [String(order_id)]);
    await sql(`UPDATE orders SET updated_at = now() - interval '1 hour' WHERE id = $1`, [order_id]);
    let redeclared = 0;
    const redeclareTopology = () => {
      redeclared++;
      return declare();
    };
    const watchdog = startWatchdog(redeclareTopology);
    const readEvents = async () => {
      const found = await sql<{ event: EventName; body: object; republished: boolean }>(
        `SELECT event, body, republished FROM outbox WHERE body->>'order_id' = $1`,
        [String(order_id)],
      );
      return found.length > 0 && found;
    };
    let rows: { event: EventName; body: object; republished: boolean }[];
    try {
      rows = await until('the watchdog to republish events', readEvents);
    } finally {
      await watchdog.onModuleDestroy();
    }
    expect(redeclared).toBeGreaterThan(0);
    expect(rows.map(({ republished }) => republished)).not.toContain(false);
    for (const { event, body } of rows) decodeEvent(catalogue, Buffer.from(JSON.stringify(body)), event);
    return rows.map(({ event }) => event).toSorted();
  }

  const confirm = (event: EventName, queue: string, order_id: number) =>
    shop.unitOfWork.inTransaction(({ orders }) => orders.confirm({ event }, queue, [order_id]));

  const isOpen = async (order_id: number) =>
    (await sql('SELECT 1 FROM orders WHERE id = $1 AND closed_at IS NULL', [order_id])).length === 1;

  it('republishes the event that an unfinished order waits for', async () => {
    const order_id = await shop.createOrder([{ product_id: await shop.createProduct(5), quantity: 1 }]);
    expect(await republishedEvents(order_id)).toEqual(['order.created']);
  });

  it('republishes although the topology cannot be declared again', async () => {
    const order_id = await shop.createOrder([{ product_id: await shop.createProduct(5), quantity: 1 }]);
    const declare = () => Promise.reject(new Error('the broker does not respond'));
    expect(await republishedEvents(order_id, declare)).toEqual(['order.created']);
  });

  it('republishes every event that a consumer has not confirmed, until all have', async () => {
    const order_id = await processedOrder();
    const [order] = await sql<{ unconfirmed: string[] }>('SELECT unconfirmed FROM orders WHERE id = $1', [
      order_id,
    ]);
    expect(order!.unconfirmed).toContain('order.processed:notify_queue');
    await sql(`UPDATE orders SET unconfirmed = $2 WHERE id = $1`, [
      order_id,
      [
        'order.processed:notify_queue',
        'order.created:fraud_queue',
        'stock.updated:search_queue',
        'order.processed:invoice_queue',
      ],
    ]);
    expect(await republishedEvents(order_id)).toEqual(['order.created', 'order.processed', 'stock.updated']);

    await confirm('order.processed', 'notify_queue', order_id);
    await confirm('order.created', 'fraud_queue', order_id);
    expect(await republishedEvents(order_id)).toEqual(['order.processed', 'stock.updated']);
    expect(await isOpen(order_id)).toBe(true);

    await confirm('stock.updated', 'search_queue', order_id);
    expect(await confirm('order.processed', 'invoice_queue', order_id)).toEqual(new Set([order_id]));
    expect(await isOpen(order_id)).toBe(false);
    expect(await confirm('order.processed', 'invoice_queue', order_id)).toEqual(new Set());
  });

  it('republishes the event of each shipment and return that is not confirmed', async () => {
    const order_id = await processedOrder();
    await shop.confirmEvents(order_id);
    const items = [(await shop.unitOfWork.read.orderDetails.itemsOf([order_id])).get(order_id)![0]!];
    const shipment_id = await shop.unitOfWork.inTransaction(async ({ orders, shipments }) => {
      const id = await shipments.create({ order_id, items, isLast: true });
      await orders.ship(order_id, id, true);
      return id;
    });
    expect(await republishedEvents(order_id)).toEqual(['order.shipped']);
    expect(
      await sql(
        `SELECT body->'shipment_id' AS id, body->'items' AS items FROM outbox WHERE body->>'order_id' = $1`,
        [String(order_id)],
      ),
    ).toEqual([{ id: shipment_id, items }]);
    await shop.confirmEvents(order_id);
    expect(await isOpen(order_id)).toBe(false);

    const return_id = await shop.unitOfWork.inTransaction(async ({ orders, returns }) => {
      const id = await returns.create({ order_id, items, reason: 'broken', restocked: false, amount: 2_490 });
      await orders.return(order_id, id, true);
      return id;
    });
    expect(await republishedEvents(order_id)).toEqual(['order.returned']);
    expect(
      await sql(
        `SELECT body->'return_id' AS id, body->'items' AS items FROM outbox WHERE body->>'order_id' = $1`,
        [String(order_id)],
      ),
    ).toEqual([{ id: return_id, items }]);
  });

  it('republishes the events of all overdue orders, more than one batch, and shares them with another process', async () => {
    const orders = await overdueOrders(1_200);
    const watchdogs = [startWatchdog(), startWatchdog()];
    await until('every order to be republished', async () =>
      (await republications(orders)).every((count) => count >= 1),
    );
    await Promise.all(watchdogs.map((watchdog) => watchdog.onModuleDestroy()));
    const counts = await sql<{ republish_count: number }>(
      'SELECT republish_count FROM orders WHERE id = ANY($1) ORDER BY id',
      [orders],
    );
    expect(await republications(orders)).toEqual(counts.map(({ republish_count }) => republish_count));
  });

  it('republishes the others if the events of one order cannot be republished, and reports that one as stuck', async () => {
    const orders = await overdueOrders(3);
    const [, poisonous] = orders;
    // The contract of order.created requires items.
    await sql('DELETE FROM order_lines WHERE order_id = $1', [poisonous]);
    const metrics = new Metrics();
    const watchdog = startWatchdog(undefined, metrics);
    await until('the other orders to be republished', async () => {
      const [first, , third] = await republications(orders);
      return first! > 0 && third! > 0;
    });
    await until('the failure to be counted', async () =>
      /estoque_republish_failures_total [1-9]/.test(await metrics.registry.metrics()),
    );
    await sql(
      `UPDATE orders SET republish_count = 2, republished_at = now() - interval '1 hour' WHERE id = $1`,
      [poisonous],
    );
    await until('the order to be reported as stuck', async () => {
      const stuck = await shop.unitOfWork.read.openOrders.stuck(100);
      const isListed = stuck.some(({ id }) => id === poisonous);
      return isListed && /estoque_orders_stuck [1-9]/.test(await metrics.registry.metrics());
    });
    await watchdog.onModuleDestroy();
    expect((await republications(orders))[1]).toBe(0);
  });

  it('does not wait for an order that another session has locked', async () => {
    const orders = await overdueOrders(2);
    const session = shop.dataSource.createQueryRunner();
    await session.startTransaction();
    await session.query('SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', [orders[0]]);
    const watchdog = startWatchdog();
    await until('the other order to be republished', async () => (await republications(orders))[1] === 1);
    expect((await republications(orders))[0]).toBe(0);
    await session.rollbackTransaction();
    await session.release();
    await until('the unlocked order to be republished', async () => (await republications(orders))[0] === 1);
    await watchdog.onModuleDestroy();
  });
});
