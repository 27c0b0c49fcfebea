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
    const publisher = { redeclareTopology } as unknown as Publisher;
    const watchdog = new WatchdogService(
      shop.unitOfWorkOf('order-worker'),
      publisher,
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    );
    watchdog.onApplicationBootstrap();
    const rows = await until('the watchdog to republish events', async () => {
      const found = await sql<{ event: EventName; body: object }>(
        `SELECT event, body FROM outbox WHERE body->>'order_id' = $1`,
        [String(order_id)],
      );
      return found.length > 0 && found;
    }).finally(() => watchdog.onModuleDestroy());
    expect(redeclared).toBeGreaterThan(0);
    for (const { event, body } of rows) decodeEvent(catalogue, Buffer.from(JSON.stringify(body)), event);
    return rows.map(({ event }) => event).toSorted();
  }

  const confirm = (event: EventName, queue: string, order_id: number) =>
    shop.unitOfWork.inTransaction(({ orders }) => orders.confirm(event, queue, [order_id]));

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
});
