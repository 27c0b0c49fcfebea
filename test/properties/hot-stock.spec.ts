import { stockRow } from '@estoque/domain';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import type { Environment } from '@estoque/platform';
import { holdSnapshot } from '../support/old-snapshots.js';
import { TestShop } from '../support/test-shop.js';

const PRODUCTS = 100;
const VERSIONS = 60;

describe('Stock while an old snapshot keeps its row versions', () => {
  let shop: TestShop;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 4 })));
  afterAll(() => shop.close());

  /** Index entries of `stock` that all statements so far have read, including those of old row versions. */
  async function countEntriesRead(): Promise<number> {
    await shop.dataSource.query('SELECT pg_stat_force_next_flush()');
    const [row] = await shop.dataSource.query<[{ count: number }]>(
      `SELECT sum(idx_tup_read)::float8 AS count FROM pg_stat_user_indexes WHERE relname = 'stock'`,
    );
    return row.count;
  }

  it('is reserved and deducted without reading them', async () => {
    const products: number[] = [];
    for (let index = 0; index < PRODUCTS; index++) products.push(await shop.createProduct(1_000));
    const endSnapshot = await holdSnapshot(shop.url);
    const environment = { RESERVATION_TTL_SECONDS: 3_600 } as Environment;
    const reservations = new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment);
    const deductions = new StockDeductionService(shop.unitOfWorkOf('stock-worker'));
    const handleOrder = async () => {
      const items = products.map((product_id) => ({ product_id, quantity: 1 }));
      const order_id = await shop.createOrder(items);
      await reservations.reserve({ order_id, items });
      await deductions.deduct({ order_id, items });
    };
    const { dataSource } = shop;
    // Row versions of earlier times.
    for (let group = 1; group <= VERSIONS; group++)
      await dataSource.query('UPDATE stock SET reserved = reserved, change_group = $1', [group]);
    await handleOrder();
    const before = await countEntriesRead();
    await handleOrder();
    const read = (await countEntriesRead()) - before;
    // Each of the four statements finds a row by one of the few entries of the last two seconds.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(PRODUCTS * 4 * 3);
    // The same holds for the release of a reservation, and for the search for locked rows.
    const items = products.map((product_id) => ({ product_id, quantity: 1 }));
    const order_id = await shop.createOrder(items);
    await reservations.reserve({ order_id, items });
    const beforeRelease = await countEntriesRead();
    await shop.unitOfWork.inTransaction(async ({ orders, reservations, lockFree }) => {
      expect([...(await lockFree(products.map(stockRow)))]).toEqual([]);
      const locked = await reservations.lockForRelease([await orders.lockForUpdate(order_id)], 'never');
      expect(locked).toHaveLength(1);
      await reservations.release(locked);
    });
    // Each of its five lookups.
    expect((await countEntriesRead()) - beforeRelease).toBeLessThan(PRODUCTS * 5 * 3);
    expect(
      await dataSource.query('SELECT DISTINCT on_hand, reserved FROM stock WHERE product_id = ANY($1)', [
        products,
      ]),
    ).toEqual([{ on_hand: 1_000 - 2, reserved: 0 }]);
    await endSnapshot();
  });

  it('has one row for each product, also if two are inserted at the same time', async () => {
    const id = await shop.createProduct(1);
    const insert = () => shop.dataSource.query('INSERT INTO stock (product_id) VALUES ($1)', [id]);
    await expect(insert()).rejects.toThrow('has a stock row already');
    await shop.dataSource.query('DELETE FROM stock WHERE product_id = $1', [id]);
    const results = await Promise.allSettled([insert(), insert(), insert(), insert()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
