import { OrderNotFound } from '@estoque/domain';
import type { Environment } from '@estoque/platform';
import { runConcurrently, TestShop } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { OrderReservationService } from './order-reservation.service.js';

describe('Reservation while another session holds a lock', () => {
  let shop: TestShop;
  let service: OrderReservationService;
  let orderId: number;
  const products: number[] = [];
  beforeAll(async () => {
    shop = await TestShop.open();
    for (let index = 0; index < 3; index++) products.push(await shop.createProduct(1_000));
    const environment = { RESERVATION_TTL_SECONDS: 60 } as Environment;
    service = new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment);
  });
  afterAll(() => shop.close());

  const createMessage = async (...productIds: number[]) => {
    const items = productIds.map((product_id) => ({ product_id, quantity: 1 }));
    return { order_id: await shop.createOrder(items), items };
  };
  const timed = async <Result>(work: Promise<Result>) => {
    const startedAt = performance.now();
    return { result: await work, milliseconds: performance.now() - startedAt };
  };

  it.each([
    ['the stock row of a product', 'SELECT FROM stock WHERE product_id = $1 FOR UPDATE', () => products[0]!],
    ['the row of an order', 'SELECT FROM orders WHERE id = $1 FOR UPDATE', () => orderId],
  ])('holds up only the orders that need %s', async (_what, sql, id) => {
    const blocked = await createMessage(products[0]!, products[1]!);
    orderId = blocked.order_id;
    const others = await runConcurrently(30, () => createMessage(products[1]!, products[2]!));
    let maxWaiting = 0;
    await shop.whileLocked(sql, [id()], async () => {
      const counting = setInterval(() => {
        void shop.dataSource
          .query<unknown[]>(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          )
          .then((rows) => (maxWaiting = Math.max(maxWaiting, rows.length)));
      }, 20);
      const refused = expect(service.reserve(blocked)).rejects.toMatchObject({ code: 'row_locked' });
      const times = await Promise.all(others.map((message) => timed(service.reserve(message))));
      await refused;
      clearInterval(counting);
      expect(new Set(times.map(({ result }) => result))).toEqual(new Set(['reserved']));
      expect(Math.max(...times.map(({ milliseconds }) => milliseconds))).toBeLessThan(2_000);
      expect(maxWaiting).toBeLessThanOrEqual(2);
      // The row is known to be locked, so this batch does not wait for it.
      const later = await createMessage(products[2]!);
      const again = expect(service.reserve(blocked)).rejects.toMatchObject({ code: 'row_locked' });
      expect((await timed(service.reserve(later))).milliseconds).toBeLessThan(400);
      await again;
    });
    expect(await service.reserve(blocked)).toBe('reserved');
  });

  it('waits for a short lock instead of refusing the order', async () => {
    const message = await createMessage(products[0]!);
    let reserved: Promise<string>;
    await shop.whileLocked('SELECT FROM stock WHERE product_id = $1 FOR UPDATE', [products[0]], async () => {
      reserved = service.reserve(message);
      await until('the service to wait', async () => {
        const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return (await shop.dataSource.query<unknown[]>(sql)).length > 0;
      });
    });
    expect(await reserved!).toBe('reserved');
  });

  it('reports an order that does not exist as missing, not as locked', async () => {
    const missing = { order_id: 999_999, items: [{ product_id: products[0]!, quantity: 1 }] };
    const blocked = await createMessage(products[1]!);
    await shop.whileLocked('SELECT FROM orders WHERE id = $1 FOR UPDATE', [blocked.order_id], async () => {
      const refused = expect(service.reserve(blocked)).rejects.toMatchObject({ code: 'row_locked' });
      await expect(service.reserve(missing)).rejects.toBeInstanceOf(OrderNotFound);
      await refused;
    });
  });
});
