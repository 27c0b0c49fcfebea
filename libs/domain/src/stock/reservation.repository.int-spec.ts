import pg from 'pg';
import { TestShop, barrier, runConcurrently } from '../../../../test/support/test-shop.js';
import { until } from '../../../../test/support/until.js';
import type { LockedOrder, OrderItem } from '../order/locked-order.js';
import type { OrderRepository } from '../order/order.repository.js';
import { allocate } from './allocation.js';
import type { ReservationRepository } from './reservation.repository.js';
import type { ReservationStatus } from './stock.entity.js';

const WORKERS = 20;

describe('ReservationRepository', () => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: WORKERS });
  });
  afterAll(() => shop.close());

  /** @returns the shortages, if it is rejected */
  const reserve = (id: number, items: OrderItem[], allHaveStarted = () => Promise.resolve()) =>
    shop.unitOfWork.inTransaction(async ({ orders, reservations }) => {
      await allHaveStarted();
      const shortages = await allocateAndReserve(reservations, [
        { ...(await orders.lockForUpdate(id)), items },
      ]);
      if (!shortages.has(id)) await orders.reserve([id]);
      return shortages.get(id) ?? [];
    });
  const deduct = (...ids: number[]) =>
    shop.unitOfWork.inTransaction(async ({ orders, reservations }) =>
      reservations.deduct(await lockAll(orders, ids)),
    );
  const stockOf = (id: number) => shop.unitOfWork.read.stock.get(id);
  const reservationsOf = (orderId: number) =>
    sql<{ product_id: number; status: ReservationStatus }>(
      'SELECT product_id, status FROM reservations WHERE order_id = $1 ORDER BY product_id',
      [orderId],
    );
  const sql = <Row>(text: string, parameters: unknown[] = []) =>
    shop.dataSource.query<Row[]>(text, parameters);

  describe('lockLevels, allocate and reserve', () => {
    it('reserve the stock of all lines of an order', async () => {
      const [a, b] = [await shop.createProduct(5), await shop.createProduct(5)];
      const items = [
        { product_id: b, quantity: 5 },
        { product_id: a, quantity: 2 },
      ];
      expect(await reserve(await shop.createOrder(items), items)).toEqual([]);
      expect(await stockOf(a)).toEqual({ product_id: a, on_hand: 5, reserved: 2 });
      expect(await stockOf(b)).toEqual({ product_id: b, on_hand: 5, reserved: 5 });
    });

    it('reserve nothing if a line is short or its product inactive, and return the reason for each such line', async () => {
      const [enough, short, inactive] = [
        await shop.createProduct(5),
        await shop.createProduct(1),
        await shop.createProduct(5),
      ];
      await shop.unitOfWork.inTransaction(({ products }) => products.change(inactive, { active: false }));
      const items = [enough, short, inactive].map((product_id) => ({ product_id, quantity: 2 }));
      const id = await shop.createOrder(items);
      expect(await reserve(id, items)).toEqual([
        { product_id: short, reason: 'out_of_stock', requested: 2, available: 1 },
        { product_id: inactive, reason: 'product_inactive', requested: 2, available: 5 },
      ]);
      for (const product of [enough, short, inactive]) expect((await stockOf(product)).reserved).toBe(0);
      expect(await reservationsOf(id)).toEqual([]);
    });

    it('reserve the last unit once if twenty workers request it', async () => {
      const product_id = await shop.createProduct(1);
      const items = [{ product_id, quantity: 1 }];
      const ids = await runConcurrently(WORKERS, () => shop.createOrder(items));
      const allHaveStarted = barrier(WORKERS);
      const results = await runConcurrently(WORKERS, (index) => reserve(ids[index]!, items, allHaveStarted));
      expect(results.filter((reasons) => reasons.length === 0)).toHaveLength(1);
      expect(results.filter(([reason]) => reason?.reason === 'out_of_stock')).toHaveLength(WORKERS - 1);
      expect(await stockOf(product_id)).toEqual({ product_id, on_hand: 1, reserved: 1 });
    });
  });

  describe('reserve without a lock', () => {
    const reserveUnlocked = (id: number, items: OrderItem[], allHaveStarted = () => Promise.resolve()) =>
      shop.unitOfWork.inTransaction(async ({ reservations }) => {
        await allHaveStarted();
        await reservations.reserve([{ id, status: 'pending', version: 1, has_payment: false, items }], 60);
      });

    it('throws if one product has too little available, and changes nothing', async () => {
      const [enough, short] = [await shop.createProduct(5), await shop.createProduct(3)];
      const reserved = [{ product_id: short, quantity: 2 }];
      await reserve(await shop.createOrder(reserved), reserved);
      const items = [enough, short].map((product_id) => ({ product_id, quantity: 2 }));
      const id = await shop.createOrder(items);
      await expect(reserveUnlocked(id, items)).rejects.toThrow(
        `only 1 of the 2 products ${enough}, ${short} have enough stock available`,
      );
      expect(await stockOf(enough)).toMatchObject({ on_hand: 5, reserved: 0 });
      expect(await stockOf(short)).toMatchObject({ on_hand: 3, reserved: 2 });
      expect(await reservationsOf(id)).toEqual([]);
    });

    it('throws if two orders together request more than is available', async () => {
      const product_id = await shop.createProduct(3);
      const items = [{ product_id, quantity: 2 }];
      const orders: LockedOrder[] = [];
      for (let count = 0; count < 2; count++)
        orders.push({
          id: await shop.createOrder(items),
          status: 'pending',
          version: 1,
          has_payment: false,
          items,
        });
      await expect(
        shop.unitOfWork.inTransaction(({ reservations }) => reservations.reserve(orders, 60)),
      ).rejects.toThrow('only 0 of the 1 products');
      expect(await stockOf(product_id)).toMatchObject({ reserved: 0 });
    });

    it('reserves the last unit once if twenty workers request it', async () => {
      const product_id = await shop.createProduct(1);
      const items = [{ product_id, quantity: 1 }];
      const ids = await runConcurrently(WORKERS, () => shop.createOrder(items));
      const allHaveStarted = barrier(WORKERS);
      const results = await Promise.allSettled(ids.map((id) => reserveUnlocked(id, items, allHaveStarted)));
      const errors = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as Error] : [],
      );
      expect(errors).toHaveLength(WORKERS - 1);
      for (const { message } of errors) expect(message).toContain('only 0 of the 1 products');
      expect(await stockOf(product_id)).toEqual({ product_id, on_hand: 1, reserved: 1 });
    });
  });

  it.each(['released', 'expired'] as const)(
    'makes the stock of an order available again; its reservations are then %s',
    async (status) => {
      const [a, b] = [await shop.createProduct(5), await shop.createProduct(5)];
      const items = [a, b].map((product_id) => ({ product_id, quantity: 2 }));
      const id = await shop.createOrder(items);
      await reserve(id, items);
      const release = () =>
        shop.unitOfWork.inTransaction(async ({ orders, reservations }) =>
          reservations.release(await orders.lockForUpdate(id), status),
        );
      for (const call of ['first', 'second']) {
        await release();
        expect([call, await stockOf(a), await stockOf(b)]).toEqual([
          call,
          { product_id: a, on_hand: 5, reserved: 0 },
          { product_id: b, on_hand: 5, reserved: 0 },
        ]);
        expect(await reservationsOf(id)).toEqual([a, b].map((product_id) => ({ product_id, status })));
      }
    },
  );

  it('deducts the stock of an order and records each sale with its balance', async () => {
    const [a, b] = [await shop.createProduct(5), await shop.createProduct(9)];
    const items = [
      { product_id: a, quantity: 2 },
      { product_id: b, quantity: 3 },
    ];
    const id = await shop.createOrder(items);
    await reserve(id, items);
    const changes = (await deduct(id)).get(id)!;
    expect(changes).toEqual([
      { product_id: a, movement_id: anyId, quantity: -2, on_hand: 3, reserved: 0, available: 3 },
      { product_id: b, movement_id: anyId, quantity: -3, on_hand: 6, reserved: 0, available: 6 },
    ]);
    expect(await stockOf(a)).toEqual({ product_id: a, on_hand: 3, reserved: 0 });
    const [movement] = await shop.unitOfWork.read.stock.movements({ productId: a, limit: 1 });
    expect(movement).toMatchObject({
      id: changes[0]!.movement_id,
      order_id: id,
      kind: 'sale',
      quantity: -2,
      balance_after: 3,
    });
    await expect(deduct(id)).rejects.toThrow('0 reservations for 2 lines');
    expect((await stockOf(a)).on_hand).toBe(3);
  });

  it('reserves and deducts the stock of several orders in one call, each movement with its own balance', async () => {
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
      ], // one unit short
      [[a, 1]],
      [[b, 10]],
    ].map((cart) => cart.map(([product_id, quantity]) => ({ product_id: product_id!, quantity: quantity! })));
    const ids: number[] = [];
    for (const items of carts) ids.push(await shop.createOrder(items));
    const short = ids[2]!;
    const allocated = ids.filter((id) => id !== short);
    const shortages = await shop.unitOfWork.inTransaction(async ({ orders, reservations }) =>
      allocateAndReserve(reservations, await lockAll(orders, ids)),
    );
    expect([...shortages]).toEqual([
      [short, [{ product_id: a, reason: 'out_of_stock', requested: 2, available: 1 }]],
    ]);
    expect(await stockOf(a)).toMatchObject({ on_hand: 5, reserved: 5 });
    expect(await stockOf(b)).toMatchObject({ on_hand: 50, reserved: 17 });

    const changes = await deduct(...allocated);
    expect(
      allocated.map((id) => changes.get(id)!.map(({ on_hand, reserved }) => [on_hand, reserved])),
    ).toEqual([
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
});

/** Allocates and reserves in the same way as order-worker. */
async function allocateAndReserve(reservations: ReservationRepository, orders: LockedOrder[]) {
  const { allocated, shortages } = allocate(orders, await reservations.lockLevels(orders));
  await reservations.reserve(allocated, 60);
  return shortages;
}

async function lockAll(orders: OrderRepository, ids: number[]) {
  const locked: LockedOrder[] = [];
  for (const id of ids) locked.push(await orders.lockForUpdate(id));
  return locked;
}

const anyId = expect.any(Number) as number;

it('ReservationRepository never causes a deadlock if twenty workers have the same products in opposite sequence', async () => {
  const ROUNDS = 15;
  // Without a lock timeout, which slow transactions could exceed, and which would end a deadlock.
  const shop = await TestShop.open({ workers: WORKERS, lockTimeoutMs: 0 });
  try {
    const products = await Promise.all(Array.from({ length: 5 }, () => shop.createProduct(1_000_000)));
    let runs = 0;
    await runConcurrently(WORKERS, async (worker) => {
      const ordered = worker % 2 === 0 ? products : products.toReversed();
      const items = ordered.map((product_id) => ({ product_id, quantity: 1 }));
      for (let round = 0; round < ROUNDS; round++) {
        const id = await shop.createOrder(items);
        for (const step of ['reserve', 'deduct'] as const) {
          await shop.unitOfWork.inTransaction(async ({ orders, reservations }) => {
            runs++;
            // Items in the worker's own sequence: lockForUpdate returns them sorted by product id.
            const order = { ...(await orders.lockForUpdate(id)), items };
            await (step === 'reserve'
              ? allocateAndReserve(reservations, [order])
              : reservations.deduct([order]));
          });
        }
      }
    });
    // The unit of work repeats a transaction after a deadlock. No transaction was repeated.
    expect(runs).toBe(WORKERS * ROUNDS * 2);
    for (const product_id of products) {
      const { on_hand, reserved } = await shop.unitOfWork.read.stock.get(product_id);
      expect({ on_hand, reserved }).toEqual({ on_hand: 1_000_000 - WORKERS * ROUNDS, reserved: 0 });
    }
    // A session reports its statistics, including deadlocks, no later than at its end.
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
    await until('all other sessions to end', async () => {
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
