import { sqlClientOf, type SqlClient } from '@estoque/database';
import {
  canBeHandled,
  DryRunService,
  ORDER_STATUSES,
  type ConsumerFactory,
  type EventName,
  type OrderStatus,
  type PublisherName,
} from '@estoque/domain';
import { DryRuns } from '@estoque/messaging';
import { createLogger, UNEXPORTED_METRICS, type Environment } from '@estoque/platform';
import { NotificationService } from '../../apps/notify-worker/src/notification.service.js';
import { NotifyConsumer } from '../../apps/notify-worker/src/notify.consumer.js';
import { StockAlertService } from '../../apps/notify-worker/src/stock-alert.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { OrderConsumer } from '../../apps/order-worker/src/order.consumer.js';
import { PaymentOutcomeService } from '../../apps/order-worker/src/payment-outcome.service.js';
import { DryRunGateway } from '../../apps/payment-worker/src/gateways/dry-run.gateway.js';
import { PaymentConsumer } from '../../apps/payment-worker/src/payment.consumer.js';
import { PaymentService } from '../../apps/payment-worker/src/payment.service.js';
import { RefundService } from '../../apps/payment-worker/src/refund.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { StockConsumer } from '../../apps/stock-worker/src/stock.consumer.js';
import { TestShop } from '../support/test-shop.js';

const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const environment = {
  POLL_INTERVAL_MS: 50,
  RESERVATION_TTL_SECONDS: 60,
  STOCK_ALERT_EMAIL: 'stock@example.com',
  STOCK_ALERT_LOCALE: 'en',
} as Environment;
const sender = { sendSoon: () => undefined };

describe('Dry runs', () => {
  let shop: TestShop;
  let sql: SqlClient;
  let product_id: number;
  beforeAll(async () => {
    shop = await TestShop.open();
    sql = sqlClientOf(shop.dataSource);
    product_id = await shop.createProduct(100);
  });
  afterAll(() => shop.close());

  const serviceOf = <App extends PublisherName>(
    app: App,
    queue: string,
    createConsumer: ConsumerFactory<App>,
  ) => new DryRunService(queue, shop.unitOfWorkOf(app), createConsumer, new DryRuns(sql), logger);
  const orderWorker = () =>
    serviceOf(
      'order-worker',
      'order_queue',
      (unitOfWork) =>
        new OrderConsumer(
          new OrderReservationService(unitOfWork, environment),
          new PaymentOutcomeService(unitOfWork),
        ),
    );
  const stockWorker = () =>
    serviceOf(
      'stock-worker',
      'stock_queue',
      (unitOfWork) => new StockConsumer(new StockDeductionService(unitOfWork)),
    );
  const paymentWorker = () =>
    serviceOf('payment-worker', 'payment_queue', (unitOfWork, record) => {
      const gateway = new DryRunGateway(record);
      const refunds = new RefundService(unitOfWork, gateway, environment, logger, UNEXPORTED_METRICS);
      void refunds.onModuleDestroy();
      return new PaymentConsumer(new PaymentService(unitOfWork, gateway, UNEXPORTED_METRICS), refunds);
    });
  const notifyWorker = () =>
    serviceOf('stock-worker', 'notify_queue', (unitOfWork) => {
      const ofAnyApp = unitOfWork as never;
      return new NotifyConsumer(
        new NotificationService(ofAnyApp, sender),
        new StockAlertService(ofAnyApp, sender, environment),
      );
    });
  const run = <App extends PublisherName>(service: DryRunService<App>, event: string, payload: object) =>
    service.run({ event, body: Buffer.from(JSON.stringify({ event, ...payload })) });

  const items = () => [{ product_id, quantity: 2 }];
  const createReserved = async () => {
    const order_id = await shop.createOrder(items());
    await shop.unitOfWork.inTransaction(async ({ orders, reservations }) => {
      const locked = [await orders.lockForUpdate(order_id)];
      await reservations.lockLevels(locked);
      await reservations.reserve(locked, 60);
      await orders.reserve([order_id]);
    });
    return order_id;
  };
  /** All rows that a handler could change. */
  const readAll = () =>
    sql.query(`SELECT (SELECT json_agg(orders ORDER BY id) FROM orders) AS orders,
      (SELECT json_agg(stock ORDER BY product_id) FROM stock) AS stock,
      (SELECT json_agg(movements ORDER BY id) FROM movements) AS movements,
      (SELECT json_agg(reservations) FROM reservations) AS reservations,
      (SELECT json_agg(payments) FROM payments) AS payments,
      (SELECT count(*) FROM outbox) AS events, (SELECT count(*) FROM notifications) AS mails`);

  it('show the transition, the stock and the event of a new order, and change nothing', async () => {
    const order_id = await shop.createOrder(items());
    const before = await readAll();
    const result = await run(orderWorker(), 'order.created', { order_id, items: items() });
    expect(result).toMatchObject({
      decision: 'handled',
      outcome: 'reserved',
      error: null,
      order: { id: order_id, before: 'pending', after: 'reserved' },
      events: [{ event: 'stock.reserve', body: { order_id, items: items() } }],
      mails: [],
      gateway_requests: [],
    });
    const [change] = result.stock;
    expect(change!.after.reserved - change!.before.reserved).toBe(2);
    expect(change!.after.on_hand).toBe(change!.before.on_hand);
    expect(await readAll()).toEqual(before);
  });

  it('show a rejection with its reasons', async () => {
    const scarce = [{ product_id: await shop.createProduct(1), quantity: 5 }];
    const order_id = await shop.createOrder(scarce);
    expect(await run(orderWorker(), 'order.created', { order_id, items: scarce })).toMatchObject({
      outcome: 'rejected',
      order: { after: 'rejected' },
      stock: [],
      events: [{ event: 'order.rejected' }],
    });
  });

  it('show the sale of a reserved order, and that it was made if the order is processed', async () => {
    const order_id = await createReserved();
    const message = { order_id, items: items() };
    const before = await readAll();
    const result = await run(stockWorker(), 'stock.reserve', message);
    expect(result).toMatchObject({
      outcome: 'processed',
      order: { before: 'reserved', after: 'processed' },
      events: [{ event: 'stock.updated' }, { event: 'order.processed' }],
    });
    expect(result.stock[0]!.after.on_hand - result.stock[0]!.before.on_hand).toBe(-2);
    expect(await readAll()).toEqual(before);
    await new StockDeductionService(shop.unitOfWorkOf('stock-worker')).deduct(message);
    expect(await run(stockWorker(), 'stock.reserve', message)).toMatchObject({
      outcome: 'duplicate',
      order: { before: 'processed', after: 'processed' },
      stock: [],
      events: [],
    });
    expect(await run(notifyWorker(), 'order.processed', message)).toMatchObject({
      outcome: 'recorded',
      mails: [{ kind: 'order_processed', recipient: 'ana@example.com' }],
    });
    expect(await sql.query('SELECT FROM notifications WHERE order_id = $1', [order_id])).toEqual([]);
  });

  it('show the request to the payment gateway, and send none', async () => {
    const order_id = await shop.createOrder(items());
    await sql.query(`UPDATE orders SET payment_method = 'tok_ok' WHERE id = $1`, [order_id]);
    await shop.unitOfWork.inTransaction(async ({ orders, reservations, payments }) => {
      const order = await orders.lockForUpdate(order_id);
      await reservations.reserve([order], 60);
      await payments.request([order_id]);
      await orders.awaitPayment([order_id]);
    });
    const [payment] = await sql.query<{ payment_id: number; amount: number; currency: string }>(
      'SELECT id AS payment_id, amount, currency FROM payments WHERE order_id = $1',
      [order_id],
    );
    const message = { order_id, ...payment };
    const before = await readAll();
    const result = await run(paymentWorker(), 'payment.requested', message);
    expect(result).toMatchObject({
      outcome: 'unknown',
      gateway_requests: [{ type: 'charge', amount: payment!.amount, currency: payment!.currency }],
    });
    expect(await readAll()).toEqual(before);
  });

  it.each([
    ['{', 'dead_lettered', 'invalid_json'],
    ['{"event": "order.created", "order_id": "1", "items": []}', 'dead_lettered', 'broken_contract'],
    [
      '{"event": "order.created", "order_id": 999999, "items": [{"product_id": 1, "quantity": 1}]}',
      'retried',
      'order_not_found',
    ],
  ])('of %s show that the message would be %s', async (body, decision, code) => {
    const result = await orderWorker().run({ event: 'order.created', body: Buffer.from(body) });
    expect(result).toMatchObject({ decision, outcome: null, error: { code }, order: null, events: [] });
  });

  it('say so if another session has locked the order, and leave its lock alone', async () => {
    const order_id = await shop.createOrder(items());
    await shop.whileLocked('SELECT FROM orders WHERE id = $1 FOR UPDATE', [order_id], async () => {
      expect(await run(orderWorker(), 'order.created', { order_id, items: items() })).toMatchObject({
        decision: 'waits',
        error: { code: 'row_locked' },
      });
    });
    expect(await run(orderWorker(), 'order.created', { order_id, items: items() })).toMatchObject({
      outcome: 'reserved',
    });
  });

  it('are claimed by one process, and not after their caller has ceased to wait', async () => {
    const requests = new DryRuns(sql);
    const message = { event: 'order.created', body: Buffer.from('{') };
    const id = await requests.request('order_queue', message);
    const claims = await Promise.all(Array.from({ length: 8 }, () => requests.claim('order_queue')));
    expect(claims.filter(Boolean)).toEqual([{ id, ...message }]);
    expect(await requests.claim('stock_queue')).toBeUndefined();
    await requests.answer(id, { decision: 'handled' });
    expect(await requests.resultsOf([id])).toEqual(new Map([[id, { decision: 'handled' }]]));
    const late = await requests.request('order_queue', message);
    await sql.query(`UPDATE dry_runs SET requested_at = now() - interval '30 s' WHERE id = $1`, [late]);
    expect(await requests.claim('order_queue')).toBeUndefined();
    await requests.remove([id]);
    expect(await sql.query('SELECT FROM dry_runs')).toEqual([]);
  });

  const events: [EventName, () => DryRunService<PublisherName>, object][] = [
    ['order.created', orderWorker, {}],
    ['stock.reserve', stockWorker, {}],
    ['order.processed', notifyWorker, {}],
    ['order.cancelled', notifyWorker, { reason: 'requested' }],
  ];
  const cases = events.flatMap(([event, worker, fields]) =>
    ORDER_STATUSES.map((status) => [event, status, worker, fields] as const),
  );

  it.each(cases)(
    'of %s for an order that is %s are refused if, and only if, an earlier event must be handled first',
    async (event, status: OrderStatus, worker, fields) => {
      const order_id = status === 'pending' ? await shop.createOrder(items()) : await createReserved();
      await sql.query(
        `UPDATE orders SET status = $2, cancellation = CASE WHEN $2 = 'cancelled' THEN 'requested' END,
           rejection = CASE WHEN $2 = 'rejected' THEN '[]'::json END,
           shipment_status = CASE WHEN $2 IN ('partially_shipped', 'shipped', 'completed', 'partially_returned', 'returned')
                             THEN $2 END WHERE id = $1`,
        [order_id, status],
      );
      const { error } = await run(worker(), event, { order_id, items: items(), ...fields });
      expect([error?.code === 'order_not_ready', error]).toEqual([
        !canBeHandled(event, status),
        canBeHandled(event, status) ? null : expect.anything(),
      ]);
    },
  );
});
