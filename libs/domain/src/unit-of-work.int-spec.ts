import { Metrics } from '@estoque/platform';
import { TestShop } from '../../../test/support/test-shop.js';
import { orderCounters } from './transaction-counters.js';
import { UnitOfWork, type Transaction } from './unit-of-work.js';

describe('Transaction counters', () => {
  let shop: TestShop;
  let metrics: Metrics;
  let unitOfWork: UnitOfWork;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 2 })));
  beforeEach(() => {
    metrics = new Metrics();
    const relay = { enqueue: () => undefined, ready: false };
    unitOfWork = new UnitOfWork(shop.dataSource, relay, 'test', orderCounters(metrics));
  });
  afterAll(() => shop.close());

  const readCounters = async () => {
    const text = await metrics.registry.metrics();
    const found = [...text.matchAll(/^estoque_order\w+\{\w+="(\w+)"\} ([1-9]\d*)$/gm)];
    return Object.fromEntries(found.map(([, label, value]) => [label!, Number(value)]));
  };
  const reject = async ({ orders }: Transaction, ids: number[]) =>
    orders.reject(
      new Map(
        ids.map((id) => [
          id,
          [
            { product_id: 1, reason: 'out_of_stock', requested: 2, available: 1 },
            { product_id: 2, reason: 'out_of_stock', requested: 2, available: 0 },
            { product_id: 3, reason: 'product_inactive', requested: 1, available: 1 },
          ],
        ]),
      ),
    );
  const createTwoOrders = async () => {
    const items = [{ product_id: await shop.createProduct(5), quantity: 1 }];
    return Promise.all([shop.createOrder(items), shop.createOrder(items)]);
  };

  it('count orders by their new status, and each rejection reason once per order', async () => {
    const ids = await createTwoOrders();
    await unitOfWork.inTransaction((transaction) => reject(transaction, ids));
    expect(await readCounters()).toEqual({ rejected: 2, out_of_stock: 2, product_inactive: 2 });
  });

  it('count nothing if the transaction is rolled back', async () => {
    const ids = await createTwoOrders();
    const rolledBack = unitOfWork.inTransaction(async (transaction) => {
      await reject(transaction, ids);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await readCounters()).toEqual({});
  });

  it('count nothing if every attempt to commit fails', async () => {
    const ids = await createTwoOrders();
    await shop.dataSource.query(
      `CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'refused at the commit' USING ERRCODE = 'deadlock_detected'; END $$`,
    );
    await shop.dataSource.query(
      `CREATE CONSTRAINT TRIGGER refuse_commit AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION refuse_commit()`,
    );
    let attempts = 0;
    const refused = unitOfWork.inTransaction((transaction) => {
      attempts++;
      return reject(transaction, ids);
    });
    await expect(refused).rejects.toThrow('refused at the commit');
    await shop.dataSource.query('DROP FUNCTION refuse_commit CASCADE');
    expect([attempts, await readCounters()]).toEqual([5, {}]);
  });

  it('count only the last of several attempts', async () => {
    const ids = await createTwoOrders();
    let attempts = 0;
    await unitOfWork.inTransaction(async (transaction) => {
      await reject(transaction, ids);
      if (++attempts < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    expect([attempts, await readCounters()]).toEqual([
      3,
      { rejected: 2, out_of_stock: 2, product_inactive: 2 },
    ]);
  });
});
