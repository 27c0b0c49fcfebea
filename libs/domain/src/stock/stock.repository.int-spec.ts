import pg from 'pg';
import { TestShop, barrier, runConcurrently } from '../../../../test/support/test-shop.js';
import { until } from '../../../../test/support/until.js';
import type { LockedOrder, OrderItem, OrderRepository } from '../order/order.repository.js';
import { StockBelowReserved } from './stock.errors.js';
import type { StockRepository } from './stock.repository.js';

const WORKERS = 20;

describe('The stock', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: WORKERS });
  });
  afterAll(() => shop.close());

  const reserve = (id: number, items: OrderItem[], allHaveBegun = () => Promise.resolve()) =>
    shop.unitOfWork.inTransaction(async ({ orders, stock }) => {
      await allHaveBegun();
      const rejected = await reserveAll(stock, [{ ...(await orders.lockForUpdate(id)), items }]);
      if (!rejected.has(id)) await orders.reserve([id]);
      return rejected.get(id) ?? [];
    });
  const commit = (...ids: number[]) =>
    shop.unitOfWork.inTransaction(async ({ orders, stock }) => {
      return stock.deduct(await heldBy(orders, ids));
    });
  const stockOf = (id: number) => shop.unitOfWork.read.stock.get(id);
  const sql = <Row>(text: string, parameters: unknown[] = []) =>
    shop.dataSource.query<Row[]>(text, parameters);

  describe('is reserved', () => {
    it('for all lines of an order', async () => {
      const [a, b] = [await shop.createProduct(5), await shop.createProduct(5)];
      const items = [
        { product_id: b, quantity: 5 },
        { product_id: a, quantity: 2 },
      ];
      expect(await reserve(await shop.createOrder(items), items)).toEqual([]);
      expect(await stockOf(a)).toEqual({ product_id: a, on_hand: 5, reserved: 2 });
      expect(await stockOf(b)).toEqual({ product_id: b, on_hand: 5, reserved: 5 });
    });

    it('for none where one is short or no longer sold, with the reason for each', async () => {
      const [enough, short, gone] = [
        await shop.createProduct(5),
        await shop.createProduct(1),
        await shop.createProduct(5),
      ];
      await shop.unitOfWork.inTransaction(({ products }) => products.change(gone, { active: false }));
      const items = [enough, short, gone].map((product_id) => ({ product_id, quantity: 2 }));
      const id = await shop.createOrder(items);
      expect(await reserve(id, items)).toEqual([
        { product_id: short, reason: 'out_of_stock', requested: 2, available: 1 },
        { product_id: gone, reason: 'product_inactive', requested: 2, available: 5 },
      ]);
      for (const product of [enough, short, gone]) expect((await stockOf(product)).reserved).toBe(0);
      expect(await sql('SELECT * FROM reservations WHERE order_id = $1', [id])).toEqual([]);
    });

    it('once, where twenty want the last unit', async () => {
      const product_id = await shop.createProduct(1);
      const items = [{ product_id, quantity: 1 }];
      const ids = await runConcurrently(WORKERS, () => shop.createOrder(items));
      const allHaveBegun = barrier(WORKERS);
      const answers = await runConcurrently(WORKERS, (index) => reserve(ids[index]!, items, allHaveBegun));
      expect(answers.filter((reasons) => reasons.length === 0)).toHaveLength(1);
      expect(answers.filter(([reason]) => reason?.reason === 'out_of_stock')).toHaveLength(WORKERS - 1);
      expect(await stockOf(product_id)).toEqual({ product_id, on_hand: 1, reserved: 1 });
    });
  });

  it('becomes a sale: deducted, with a movement that says how much is left', async () => {
    const [a, b] = [await shop.createProduct(5), await shop.createProduct(9)];
    const items = [
      { product_id: a, quantity: 2 },
      { product_id: b, quantity: 3 },
    ];
    const id = await shop.createOrder(items);
    await reserve(id, items);
    const changes = (await commit(id)).get(id)!;
    expect(changes).toEqual([
      { ...{ product_id: a, quantity: -2, on_hand: 3, reserved: 0, available: 3 }, movement_id: anyId },
      { ...{ product_id: b, quantity: -3, on_hand: 6, reserved: 0, available: 6 }, movement_id: anyId },
    ]);
    expect(await stockOf(a)).toEqual({ product_id: a, on_hand: 3, reserved: 0 });
    const [movement] = await shop.unitOfWork.read.stock.movements({ productId: a, limit: 1 });
    expect(movement).toMatchObject({
      ...{ id: changes[0]!.movement_id, order_id: id, kind: 'sale', quantity: -2, balance_after: 3 },
    });
    await expect(commit(id)).rejects.toThrow('0 reservations for 2 lines');
    expect((await stockOf(a)).on_hand).toBe(3);
  });

  it('is reserved and sold to many orders together: first come, first served, each movement with its own balance', async () => {
    const [a, b] = [await shop.createProduct(5), await shop.createProduct(50)];
    const carts = [
      [[a, 2]],
      [
        [b, 7],
        [a, 2],
      ],
      [
        [a, 2],
        [b, 1],
      ], // one short
      [[a, 1]],
      [[b, 10]],
    ].map((cart) => cart.map(([product_id, quantity]) => ({ product_id: product_id!, quantity: quantity! })));
    const ids: number[] = [];
    for (const items of carts) ids.push(await shop.createOrder(items));
    const short = ids[2]!;
    const served = ids.filter((id) => id !== short);
    const rejected = await shop.unitOfWork.inTransaction(async ({ orders, stock }) => {
      return reserveAll(stock, await heldBy(orders, ids));
    });
    expect([...rejected]).toEqual([
      [short, [{ product_id: a, reason: 'out_of_stock', requested: 2, available: 1 }]],
    ]);
    expect(await stockOf(a)).toMatchObject({ on_hand: 5, reserved: 5 });
    expect(await stockOf(b)).toMatchObject({ on_hand: 50, reserved: 17 });

    const changes = await commit(...served);
    expect(served.map((id) => changes.get(id)!.map(({ on_hand, reserved }) => [on_hand, reserved]))).toEqual([
      [[3, 3]],
      [
        [1, 1],
        [43, 10],
      ],
      [[0, 0]],
      [[33, 0]],
    ]);
    const balances = async (product_id: number) =>
      (
        await sql<{ balance_after: number }>(
          `SELECT balance_after FROM movements WHERE product_id = $1 AND kind = 'sale' ORDER BY id`,
          [product_id],
        )
      ).map(({ balance_after }) => balance_after);
    expect(await balances(a)).toEqual([3, 1, 0]);
    expect(await balances(b)).toEqual([43, 33]);
  });

  it('is not taken away by hand below what is reserved', async () => {
    const product_id = await shop.createProduct(5);
    const items = [{ product_id, quantity: 3 }];
    await reserve(await shop.createOrder(items), items);
    const take = (quantity: number) =>
      shop.unitOfWork.inTransaction(({ stock }) =>
        stock.recordMovement(product_id, 'adjustment', -quantity, 'lost'),
      );
    await expect(take(3)).rejects.toThrow(StockBelowReserved);
    expect(await take(2)).toMatchObject({ on_hand: 3, reserved: 3, available: 0 });
  });

  describe("has the database's own fence, whatever the code does", () => {
    const [CHECK, UNIQUE, RESTRICT] = ['23514', '23505', '23001'];
    let product: number;
    let order: number;
    beforeAll(async () => {
      product = await shop.createProduct(5);
      const items = [{ product_id: product, quantity: 2 }];
      order = await shop.createOrder(items);
      await reserve(order, items);
      await commit(order);
    });

    const movement =
      'INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES';
    it.each([
      [
        'more reserved than there is',
        CHECK,
        () => `UPDATE stock SET reserved = 4 WHERE product_id = ${product}`,
      ],
      [
        'less than nothing reserved',
        CHECK,
        () => `UPDATE stock SET reserved = -1 WHERE product_id = ${product}`,
      ],
      [
        'less than nothing on hand',
        CHECK,
        () => `UPDATE stock SET on_hand = -1 WHERE product_id = ${product}`,
      ],
      ['an order sold twice', UNIQUE, () => `${movement} (${product}, ${order}, 'sale', -2, 1, 'again')`],
      ['a sale to nobody', CHECK, () => `${movement} (${product}, NULL, 'sale', -2, 1, 'whose?')`],
      ['a movement of nothing', CHECK, () => `${movement} (${product}, NULL, 'receipt', 0, 3, 'nothing')`],
      [
        'a movement changed',
        RESTRICT,
        () => `UPDATE movements SET quantity = -1 WHERE product_id = ${product}`,
      ],
      ['a movement deleted', RESTRICT, () => `DELETE FROM movements WHERE product_id = ${product}`],
      ['the books emptied', RESTRICT, () => 'TRUNCATE movements CASCADE'],
    ])('%s is refused', async (_what, code, statement) => {
      const books = () => sql('SELECT * FROM movements ORDER BY id');
      const before = await books();
      await expect(sql(statement())).rejects.toMatchObject({ code });
      expect(await books()).toEqual(before);
    });
  });
});

/** As order-worker does. */
async function reserveAll(stock: StockRepository, orders: LockedOrder[]) {
  const rejected = await stock.findShortages(orders);
  await stock.reserve(
    orders.filter(({ id }) => !rejected.has(id)),
    60,
  );
  return rejected;
}

async function heldBy(orders: OrderRepository, ids: number[]) {
  const held: LockedOrder[] = [];
  for (const id of ids) held.push(await orders.lockForUpdate(id));
  return held;
}

const anyId = expect.any(Number) as number;

it('Twenty workers with the same products in opposite order never deadlock', async () => {
  const ROUNDS = 15;
  const shop = await TestShop.open({ workers: WORKERS });
  try {
    const products = await Promise.all(Array.from({ length: 5 }, () => shop.createProduct(1_000_000)));
    let runs = 0;
    await runConcurrently(WORKERS, async (worker) => {
      const way = worker % 2 === 0 ? products : products.toReversed();
      const items = way.map((product_id) => ({ product_id, quantity: 1 }));
      for (let round = 0; round < ROUNDS; round++) {
        const id = await shop.createOrder(items);
        for (const step of ['reserve', 'commit'] as const) {
          await shop.unitOfWork.inTransaction(async ({ orders, stock }) => {
            runs++;
            // In the worker's own order, not in the one that hold() brings them to.
            const order = { ...(await orders.lockForUpdate(id)), items };
            await (step === 'reserve' ? reserveAll(stock, [order]) : stock.deduct([order]));
          });
        }
      }
    });
    // The unit of work begins again after a deadlock: it never had to.
    expect(runs).toBe(WORKERS * ROUNDS * 2);
    for (const product_id of products) {
      const { on_hand, reserved } = await shop.unitOfWork.read.stock.get(product_id);
      expect({ on_hand, reserved }).toEqual({ on_hand: 1_000_000 - WORKERS * ROUNDS, reserved: 0 });
    }
    // A session tells the statistics of its deadlocks at its end at the latest.
    await shop.dataSource.destroy();
    expect(await deadlocksIn(shop.url)).toBe(0);
  } finally {
    await shop.close();
  }
});

async function deadlocksIn(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await until('all other sessions are at their end', async () => {
      const { rowCount } = await client.query(
        'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      return rowCount === 0;
    });
    const { rows } = await client.query<{ deadlocks: number }>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    return rows[0]!.deadlocks;
  } finally {
    await client.end();
  }
}
