import { TestShop, barrier, runConcurrently } from '../../../../test/support/test-shop.js';
import { ORDER_STATUSES, ORDER_TRANSITIONS, type OrderStatus } from './order-state-machine.js';
import type { LineRejection } from './order.entity.js';
import { OrderMismatch, OrderNotFound } from './order.errors.js';

const WORKERS = 20;

describe('An order', () => {
  let shop: TestShop;
  let products: number[];
  let items: { product_id: number; quantity: number }[];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: WORKERS });
    products = [await shop.createProduct(5), await shop.createProduct(5)];
    items = products.map((product_id) => ({ product_id, quantity: 2 }));
  });
  afterAll(() => shop.close());

  const hold = (order_id: number, said = items) =>
    shop.unitOfWork.inTransaction(async ({ orders }) => {
      const [held] = await orders.lockRequested([{ order_id, items: said }]);
      return held;
    });
  const statusOf = async (id: number) => (await shop.unitOfWork.read.orderDetails.get(id)).status;

  describe('is held by a message', () => {
    it('that names its lines, in whatever order', async () => {
      const id = await shop.createOrder(items);
      expect(await hold(id, items.toReversed())).toMatchObject({ id, status: 'pending', items });
    });

    it('and not by one that knows of other lines', async () => {
      const id = await shop.createOrder(items);
      const [a, b] = items as [(typeof items)[0], (typeof items)[0]];
      const other = await shop.createProduct(1);
      const wrong = [
        [a],
        [a, b, { product_id: other, quantity: 1 }],
        [a, { ...b, quantity: 3 }],
        [a, { ...b, product_id: other }],
        [a, a],
      ];
      for (const said of wrong) expect(await hold(id, said)).toBeInstanceOf(OrderMismatch);
    });

    it('where there is one', async () => {
      expect(await hold(1_000_000_000)).toBeInstanceOf(OrderNotFound);
      await expect(
        shop.unitOfWork.inTransaction(({ orders }) => orders.lockForUpdate(1_000_000_000)),
      ).rejects.toThrow(OrderNotFound);
    });

    it('each for itself, where messages come together', async () => {
      const [one, two] = [await shop.createOrder(items), await shop.createOrder(items)];
      const asked = [
        { order_id: two, items },
        { order_id: 1_000_000_000, items },
        { order_id: one, items: items.slice(1) },
        { order_id: one, items },
      ];
      expect(await shop.unitOfWork.inTransaction(({ orders }) => orders.lockRequested(asked))).toEqual([
        { id: two, status: 'pending', items, request: asked[0] },
        new OrderNotFound(1_000_000_000),
        new OrderMismatch(one),
        { id: one, status: 'pending', items, request: asked[3] },
      ]);
    });
  });

  describe('moves', () => {
    const rejection: LineRejection[] = [
      { product_id: 1, reason: 'out_of_stock', requested: 2, available: 1 },
    ];
    const move = (id: number, transition: string) =>
      shop.unitOfWork.inTransaction(({ orders }) =>
        transition === 'reject'
          ? orders.reject(new Map([[id, rejection]]))
          : transition === 'cancel'
            ? orders.cancel(id, 'requested')
            : orders[transition as 'reserve']([id]),
      );
    /** The transitions that lead to a state. */
    const wayTo = (status: OrderStatus): string[] => {
      const last = Object.entries(ORDER_TRANSITIONS).find(([, { to }]) => to === status);
      return last?.[1].from[0] ? [...wayTo(last[1].from[0]), last[0]] : [];
    };
    const orderThatIs = async (status: OrderStatus) => {
      const id = await shop.createOrder(items);
      for (const transition of wayTo(status)) await move(id, transition);
      return id;
    };
    const cases = Object.entries(ORDER_TRANSITIONS)
      .filter(([transition]) => transition !== 'place')
      .flatMap(([transition, { from, to }]) =>
        ORDER_STATUSES.map((status) => ({
          ...{ transition, to, status },
          from: from.join(' or '),
          fits: from.some((each) => each === status),
        })),
      );

    it.each(cases.filter(({ fits }) => fits))(
      '$status -> $to ($transition), and its timeline tells',
      async ({ transition, status: from, to }) => {
        const id = await orderThatIs(from);
        await move(id, transition);
        const { status, timeline } = await shop.unitOfWork.read.orderDetails.get(id);
        expect(status).toBe(to);
        expect(timeline.map(({ step }) => step).slice(-2)).toEqual([from, to]);
      },
    );

    it.each(cases.filter(({ fits }) => !fits))(
      'not from $status by $transition',
      async ({ transition, from, status }) => {
        const id = await orderThatIs(status);
        await expect(move(id, transition)).rejects.toThrow(`orders ${id} are not ${from}`);
        expect(await statusOf(id)).toBe(status);
      },
    );
  });

  it('is reserved once by twenty workers with the same message', async () => {
    const id = await shop.createOrder(items);
    const allHaveBegun = barrier(WORKERS);
    const answers = await runConcurrently(WORKERS, () =>
      shop.unitOfWork.inTransaction(async ({ orders }) => {
        await allHaveBegun();
        const { status } = await orders.lockForUpdate(id);
        if (status !== 'pending') return 'duplicate';
        await orders.reserve([id]);
        return 'reserved';
      }),
    );
    expect(answers.toSorted()).toEqual([...Array<string>(WORKERS - 1).fill('duplicate'), 'reserved']);
    const { timeline } = await shop.unitOfWork.read.orderDetails.get(id);
    expect(timeline.map(({ step }) => step)).toEqual(['pending', 'reserved']);
  });

  it('is moved once by twenty workers that do not hold it first', async () => {
    const id = await shop.createOrder(items);
    const allHaveBegun = barrier(WORKERS);
    const reserve = () =>
      shop.unitOfWork.inTransaction(async ({ orders }) => {
        await allHaveBegun();
        await orders.reserve([id]);
      });
    const answers = await Promise.allSettled(Array.from({ length: WORKERS }, reserve));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
