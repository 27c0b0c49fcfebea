import { createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import { runConcurrently, TestShop } from '../../../test/support/test-shop.js';
import { OrderReservationService } from './order-reservation.service.js';
import { ReservationExpiryService } from './reservation-expiry.service.js';

describe('ReservationExpiryService', () => {
  let shop: TestShop;
  let metrics: Metrics;
  let health: HealthChecks;
  const environment = { RESERVATION_TTL_SECONDS: 3_600, POLL_INTERVAL_MS: 3_600_000 } as Environment;
  const logger = createLogger('test', { LOG_LEVEL: 'silent' });
  beforeAll(async () => void (shop = await TestShop.open({ workers: 4 })));
  afterAll(() => shop.close());

  /** A new service searches from the earliest expiry first. */
  function newService(unitOfWork = shop.unitOfWorkOf('order-worker')) {
    [metrics, health] = [new Metrics(), new HealthChecks()];
    return new ReservationExpiryService(unitOfWork, environment, logger, health, metrics);
  }

  async function reservedOrder() {
    const product_id = await shop.createProduct(5);
    const items = [{ product_id, quantity: 2 }];
    const order_id = await shop.createOrder(items);
    await new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve({
      order_id,
      items,
    });
    return { order_id, product_id };
  }
  type TestOrder = Awaited<ReturnType<typeof reservedOrder>>;
  const expireAll = (orders: TestOrder[]) =>
    shop.dataSource.query('UPDATE reservations SET expires_at = now() WHERE order_id = ANY($1)', [
      orders.map(({ order_id }) => order_id),
    ]);
  const stateOf = async ({ order_id, product_id }: TestOrder) => {
    const { status, cancellation } = await shop.unitOfWork.read.orderDetails.get(order_id);
    const { reserved } = await shop.unitOfWork.read.stock.get(product_id);
    const reservations = await shop.dataSource.query<{ status: string }[]>(
      'SELECT status FROM reservations WHERE order_id = $1',
      [order_id],
    );
    return { status, cancellation, reserved, reservations: reservations.map((row) => row.status) };
  };
  const EXPIRED = { status: 'cancelled', cancellation: 'expired', reserved: 0, reservations: ['expired'] };
  const RESERVED = { status: 'reserved', cancellation: null, reserved: 2, reservations: ['active'] };

  it('cancels orders with expired reservations, and no others', async () => {
    const expiry = newService();
    const [overdue, current] = [await reservedOrder(), await reservedOrder()];
    await expireAll([overdue]);
    await expiry.expireReservations();
    expect([await stateOf(overdue), await stateOf(current)]).toEqual([EXPIRED, RESERVED]);
    await expireAll([current]);
    await expiry.expireReservations();
    expect(await stateOf(current)).toEqual(EXPIRED);
  });

  it('cancels the other orders if one cannot be cancelled, and reports it', async () => {
    const orders = [await reservedOrder(), await reservedOrder(), await reservedOrder()];
    const [, corrupt] = orders;
    await shop.dataSource.query('UPDATE stock SET reserved = 0 WHERE product_id = $1', [corrupt!.product_id]);
    await expireAll(orders);
    await newService().expireReservations();
    expect(await Promise.all(orders.map(stateOf))).toEqual([EXPIRED, { ...RESERVED, reserved: 0 }, EXPIRED]);
    expect(await metrics.registry.metrics()).toContain('estoque_orders_failed_to_expire 1');
    const [, degradation] = health.entries().find(([name]) => name === 'expiry')!;
    expect(degradation()).toBe('orders that could not be cancelled: 1');
    await shop.dataSource.query('UPDATE stock SET reserved = 2 WHERE product_id = $1', [corrupt!.product_id]);
    await newService().expireReservations();
    expect(await stateOf(corrupt!)).toEqual(EXPIRED);
  });

  it.each([
    ['an order', 'SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', ({ order_id }: TestOrder) => order_id],
    [
      'the stock of a product',
      'SELECT 1 FROM stock WHERE product_id = $1 FOR UPDATE',
      ({ product_id }: TestOrder) => product_id,
    ],
    [
      'a reservation',
      'SELECT 1 FROM reservations WHERE order_id = $1 FOR UPDATE',
      ({ order_id }: TestOrder) => order_id,
    ],
  ])('skips the order while another session has locked %s, and cancels it later', async (_, lock, idOf) => {
    const orders = [await reservedOrder(), await reservedOrder()];
    await expireAll(orders);
    await shop.whileLocked(lock, [idOf(orders[0]!)], async () => {
      await newService().expireReservations();
      expect(await Promise.all(orders.map(stateOf))).toEqual([RESERVED, EXPIRED]);
    });
    await newService().expireReservations();
    expect(await stateOf(orders[0]!)).toEqual(EXPIRED);
  });

  it('waits for locked stock once, and cancels the orders of all other products meanwhile', async () => {
    const orders = await insertReservedOrders(1_500);
    const [locked] = await productsOf(orders);
    await shop.whileLocked('SELECT 1 FROM stock WHERE product_id = $1 FOR UPDATE', [locked], async () => {
      const unitOfWork = shop.unitOfWorkOf('order-worker');
      const transactions = jest.spyOn(unitOfWork, 'inTransaction');
      await newService(unitOfWork).expireReservations();
      const results = await Promise.allSettled(
        transactions.mock.results.map(({ value }) => value as unknown),
      );
      expect(results.map(({ status }) => status)).toEqual([
        'rejected',
        'fulfilled',
        'fulfilled',
        'fulfilled',
      ]);
      const active = await shop.dataSource.query<unknown[]>(
        `SELECT product_id, count(*)::integer AS count FROM reservations
         WHERE status = 'active' AND order_id = ANY($1) GROUP BY product_id`,
        [orders],
      );
      expect(active).toEqual([{ product_id: locked, count: orders.length / 10 }]);
    });
    await newService().expireReservations();
    expect(
      await shop.dataSource.query('SELECT 1 FROM stock WHERE reserved > 0 AND product_id = $1', [locked]),
    ).toEqual([]);
  });

  it('shares the work with other processes: each order is cancelled once', async () => {
    const orders = await insertReservedOrders(1_500);
    const services = await runConcurrently(3, () => Promise.resolve({ service: newService(), metrics }));
    await Promise.all(services.map(({ service }) => service.expireReservations()));
    const counts = await Promise.all(
      services.map(async ({ metrics: { registry } }) => {
        const { values } = await registry.getSingleMetric('estoque_orders_expired_total')!.get();
        return values[0]!.value;
      }),
    );
    expect(counts.reduce((sum, count) => sum + count)).toBe(orders.length);
    const events = await shop.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::integer AS count FROM outbox WHERE event = 'order.cancelled' AND key::bigint = ANY($1) GROUP BY key`,
      [orders],
    );
    expect(events).toEqual(orders.map(() => ({ count: 1 })));
    expect(
      await shop.dataSource.query('SELECT 1 FROM stock WHERE reserved > 0 AND product_id = ANY($1)', [
        await productsOf(orders),
      ]),
    ).toEqual([]);
  });

  /** Inserts reserved orders of ten products, whose reservations all expired at the same time. @returns their ids */
  async function insertReservedOrders(count: number): Promise<number[]> {
    const products = await Promise.all(Array.from({ length: 10 }, () => shop.createProduct(1_000)));
    const inserted = await shop.dataSource.query<{ id: number }[]>(
      `WITH placed AS (
         INSERT INTO orders (customer_name, customer_email, locale, currency, total, status)
         SELECT 'Ana', 'ana@example.com', 'en', 'BRL', 2490, 'reserved' FROM generate_series(1, $1) RETURNING id
       ), line AS (
         INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
         SELECT id, ($2::bigint[])[1 + id % 10], 1, 'CAF-250', 'Café', 1, 2490 FROM placed
       ), reservation AS (
         INSERT INTO reservations (order_id, product_id, quantity, expires_at)
         SELECT id, ($2::bigint[])[1 + id % 10], 1, now() - interval '1 hour' FROM placed
       )
       SELECT id FROM placed`,
      [count, products],
    );
    await shop.dataSource.query(
      `UPDATE stock SET reserved = (SELECT sum(quantity) FROM reservations WHERE product_id = stock.product_id AND status = 'active')
       WHERE product_id = ANY($1)`,
      [products],
    );
    return inserted.map(({ id }) => id);
  }

  const productsOf = async (orders: number[]) =>
    (
      await shop.dataSource.query<{ product_id: number }[]>(
        'SELECT DISTINCT product_id FROM order_lines WHERE order_id = ANY($1)',
        [orders],
      )
    ).map(({ product_id }) => product_id);
});
