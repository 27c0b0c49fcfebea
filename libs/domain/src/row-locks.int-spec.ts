import { runConcurrently, TestShop } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { orderRow, productRow, stockRow, type Row } from './row-locks.js';

describe('Row locks', () => {
  let shop: TestShop;
  let products: number[];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 4 });
    products = await Promise.all([shop.createProduct(5), shop.createProduct(5)]);
  });
  afterAll(() => shop.close());

  const lockStock = 'SELECT FROM stock WHERE product_id = $1 FOR UPDATE';
  const receive = (productId: number) =>
    shop.unitOfWork
      .locking([stockRow(productId)])
      .inTransaction(({ stock }) => stock.recordMovement(productId, 'receipt', 1, 'test'));

  it.each<[string, string, (id: number, orderId: number) => Row]>([
    ['SELECT FROM orders WHERE id = $2 AND $1 > 0 FOR UPDATE', 'order', (_, orderId) => orderRow(orderId)],
    ['SELECT FROM stock WHERE product_id = $1 AND $2 > 0 FOR UPDATE', 'stock', (id) => stockRow(id)],
    ['SELECT FROM products WHERE id = $1 AND $2 > 0 FOR UPDATE', 'product', (id) => productRow(id)],
  ])('are found: %s', async (sql, _what, rowOf) => {
    const orderId = await shop.createOrder([{ product_id: products[0]!, quantity: 1 }]);
    const rows = [orderRow(orderId), ...products.flatMap((id) => [stockRow(id), productRow(id)])];
    const lockFree = () =>
      shop.unitOfWork.inTransaction(({ lockFree }) => lockFree([...rows, stockRow(999)]));
    await shop.whileLocked(sql, [products[0], orderId], async () => {
      expect([...(await lockFree())]).toEqual([rowOf(products[0]!, orderId)]);
    });
    expect([...(await lockFree())]).toEqual([]);
  });

  it('refuse the callers that need the row, and use one connection for all of them', async () => {
    await shop.whileLocked(lockStock, [products[0]], async () => {
      const refused = runConcurrently(20, () => receive(products[0]!).catch((error: unknown) => error));
      const startedAt = performance.now();
      await receive(products[1]!);
      expect(performance.now() - startedAt).toBeLessThan(400);
      const codes = (await refused).map((error) => (error as { code: string }).code);
      expect(new Set(codes)).toEqual(new Set(['row_locked']));
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    });
    await receive(products[0]!);
  });

  it('refuse no caller because an earlier one was refused for another row', async () => {
    await shop.whileLocked(lockStock, [products[0]], async () => {
      const both = shop.unitOfWork
        .locking(products.map(stockRow))
        .inTransaction(({ stock }) => stock.recordMovement(products[0]!, 'receipt', 1, 'test'));
      const refused = expect(both).rejects.toMatchObject({ code: 'row_locked' });
      await receive(products[1]!);
      await refused;
    });
  });

  it('are waited for, if the other session releases the row in time', async () => {
    let received: Promise<unknown>;
    await shop.whileLocked(lockStock, [products[0]], async () => {
      received = receive(products[0]!);
      const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await until('a wait', async () => (await shop.dataSource.query<unknown[]>(sql)).length > 0);
    });
    await received!;
  });
});
