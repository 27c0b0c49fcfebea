import { Metrics } from '@estoque/platform';
import { TestShop } from '../../../test/support/test-shop.js';
import { orderCounters } from './transaction-counters.js';
import { UnitOfWork, type Transaction } from './unit-of-work.js';

describe('What is counted of a transaction', () => {
  let shop: TestShop;
  let metrics: Metrics;
  let work: UnitOfWork;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 2 })));
  beforeEach(() => {
    metrics = new Metrics();
    const relay = { enqueue: () => undefined, ready: false };
    work = new UnitOfWork(shop.dataSource, relay, 'test', orderCounters(metrics));
  });
  afterAll(() => shop.close());

  const counted = async () => {
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
  const someOrders = async () => {
    const items = [{ product_id: await shop.createProduct(5), quantity: 1 }];
    return Promise.all([shop.createOrder(items), shop.createOrder(items)]);
  };

  it('is what became of orders, a reason once for each', async () => {
    const ids = await someOrders();
    await work.inTransaction((transaction) => reject(transaction, ids));
    expect(await counted()).toEqual({ rejected: 2, out_of_stock: 2, product_inactive: 2 });
  });

  it('is nothing where it is undone', async () => {
    const ids = await someOrders();
    const undone = work.inTransaction(async (transaction) => {
      await reject(transaction, ids);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await counted()).toEqual({});
  });

  it('is nothing where its commit fails, as often as it is tried', async () => {
    const ids = await someOrders();
    await shop.dataSource.query(
      `CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'refused at the commit' USING ERRCODE = 'deadlock_detected'; END $$`,
    );
    await shop.dataSource.query(
      `CREATE CONSTRAINT TRIGGER refuse_commit AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION refuse_commit()`,
    );
    let tries = 0;
    const refused = work.inTransaction((transaction) => {
      tries++;
      return reject(transaction, ids);
    });
    await expect(refused).rejects.toThrow('refused at the commit');
    await shop.dataSource.query('DROP FUNCTION refuse_commit CASCADE');
    expect([tries, await counted()]).toEqual([5, {}]);
  });

  it('is its last try where it takes several', async () => {
    const ids = await someOrders();
    let tries = 0;
    await work.inTransaction(async (transaction) => {
      await reject(transaction, ids);
      if (++tries < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    expect([tries, await counted()]).toEqual([3, { rejected: 2, out_of_stock: 2, product_inactive: 2 }]);
  });
});
