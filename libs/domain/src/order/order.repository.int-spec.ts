import { TestShop, barrier, runConcurrently } from '../../../../test/support/test-shop.js';
import type { LineRejection } from './order.entity.js';
import { OrderMismatch, OrderNotFound } from './order.errors.js';
import {
  mayTransition,
  ORDER_STATUSES,
  FIRST_ORDER_STATUS,
  STATUSES_SINCE_SHIPMENT,
  TRANSITION_STATUSES,
  type OrderStatus,
  type OrderTransition,
} from './order-state-machine.js';

const WORKERS = 20;
const UNKNOWN_ID = 1_000_000_000;

describe('OrderRepository', () => {
  let shop: TestShop;
  let products: number[];
  let items: { product_id: number; quantity: number }[];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: WORKERS });
    products = [await shop.createProduct(5), await shop.createProduct(5)];
    items = products.map((product_id) => ({ product_id, quantity: 2 }));
  });
  afterAll(() => shop.close());

  const statusOf = async (id: number) => (await shop.unitOfWork.read.orderDetails.get(id)).status;

  it('counts orders since a time by status, and says whether these are all', async () => {
    const since = new Date(Date.now() - 1_000);
    await shop.dataSource.query("UPDATE orders SET created_at = now() - interval '1 day'");
    for (let count = 0; count < 3; count++) await shop.createOrder(items);
    const count = async (max: number) => {
      const { counts, isComplete } = await shop.unitOfWork.read.orderDetails.countSince(since, max);
      return [counts.find(({ status }) => status === 'pending')!.count, isComplete];
    };
    expect(await count(4)).toEqual([3, true]);
    expect(await count(2)).toEqual([2, false]);
  });

  describe('lockForMessages', () => {
    const lockForMessage = (order_id: number, messageItems = items) =>
      shop.unitOfWork.inTransaction(async ({ orders }) => {
        const [locked] = await orders.lockForMessages([{ order_id, items: messageItems }]);
        return locked;
      });

    it('returns the order if the message has its items, in any sequence', async () => {
      const id = await shop.createOrder(items);
      expect(await lockForMessage(id, items.toReversed())).toMatchObject({ id, status: 'pending', items });
    });

    it('returns OrderMismatch if the message has other items', async () => {
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
      for (const messageItems of wrong)
        expect(await lockForMessage(id, messageItems)).toBeInstanceOf(OrderMismatch);
    });

    it('returns OrderNotFound if there is no such order; lockForUpdate throws it', async () => {
      expect(await lockForMessage(UNKNOWN_ID)).toBeInstanceOf(OrderNotFound);
      await expect(
        shop.unitOfWork.inTransaction(({ orders }) => orders.lockForUpdate(UNKNOWN_ID)),
      ).rejects.toThrow(OrderNotFound);
    });

    it('returns one result for each message of a batch, in the same sequence', async () => {
      const [first, second] = [await shop.createOrder(items), await shop.createOrder(items)];
      const messages = [
        { order_id: second, items },
        { order_id: UNKNOWN_ID, items },
        { order_id: first, items: items.slice(1) },
        { order_id: first, items },
      ];
      expect(await shop.unitOfWork.inTransaction(({ orders }) => orders.lockForMessages(messages))).toEqual([
        { id: second, status: 'pending', version: 1, has_payment: false, items, message: messages[0] },
        new OrderNotFound(UNKNOWN_ID),
        new OrderMismatch(first),
        { id: first, status: 'pending', version: 1, has_payment: false, items, message: messages[3] },
      ]);
    });
  });

  describe('a transition', () => {
    const rejection: LineRejection[] = [
      { product_id: 1, reason: 'out_of_stock', requested: 2, available: 1 },
    ];
    /** The transitions that the repository can make. */
    const MADE = [
      'awaitPayment',
      'reserve',
      'process',
      'reject',
      'cancel',
    ] as const satisfies OrderTransition[];
    type LaterTransition = (typeof MADE)[number];
    const REACHED = ORDER_STATUSES.filter(
      (status) =>
        status === FIRST_ORDER_STATUS ||
        MADE.some((transition) => TRANSITION_STATUSES[transition].to === status),
    );

    const apply = (id: number, transition: LaterTransition) =>
      shop.unitOfWork.inTransaction(({ orders }) => {
        if (transition === 'reject') return orders.reject(new Map([[id, rejection]]));
        if (transition === 'cancel') return orders.cancel(id, 'requested');
        return orders[transition]([id]);
      });
    /** The transitions that lead from `pending` to a status. */
    const pathTo = (status: OrderStatus): LaterTransition[] => {
      if (status === FIRST_ORDER_STATUS) return [];
      const last = MADE.find((transition) => TRANSITION_STATUSES[transition].to === status)!;
      return [...pathTo(TRANSITION_STATUSES[last].from.find((from) => REACHED.includes(from))!), last];
    };
    const orderIn = async (status: OrderStatus) => {
      const id = await shop.createOrder(items);
      for (const transition of pathTo(status)) await apply(id, transition);
      return id;
    };
    const cases = MADE.flatMap((transition) =>
      REACHED.map((status) => ({ transition, status, to: TRANSITION_STATUSES[transition].to })),
    );
    const isAllowed = ({ transition, status }: { transition: OrderTransition; status: OrderStatus }) =>
      mayTransition(transition, status);

    it.each(cases.filter(isAllowed))(
      '$transition changes $status to $to, adds a timeline entry and increments the version',
      async ({ transition, status: from, to }) => {
        const id = await orderIn(from);
        const before = await shop.unitOfWork.read.orderDetails.get(id);
        await apply(id, transition);
        const { status, version, timeline } = await shop.unitOfWork.read.orderDetails.get(id);
        expect(status).toBe(to);
        expect(version).toBe(before.version + 1);
        expect(timeline.map(({ step }) => step).slice(-2)).toEqual([from, to]);
      },
    );

    it.each(cases.filter((attempt) => !isAllowed(attempt)))(
      '$transition is refused if the order is $status',
      async ({ transition, status }) => {
        const id = await orderIn(status);
        const from = TRANSITION_STATUSES[transition].from.join(' or ');
        await expect(apply(id, transition)).rejects.toThrow(`orders ${id} are not ${from}`);
        expect(await statusOf(id)).toBe(status);
      },
    );
  });

  it.each([
    ['orders_status_check', ORDER_STATUSES],
    ['orders_shipment_status_check', STATUSES_SINCE_SHIPMENT],
  ])('has the statuses of the state machine in the constraint %s of the database', async (name, expected) => {
    const [constraint] = await shop.dataSource.query<{ definition: string }[]>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conrelid = 'orders'::regclass AND conname = $1`,
      [name],
    );
    const statuses = [...constraint!.definition.matchAll(/'(\w+)'/g)].map(([, status]) => status!);
    expect(statuses.toSorted()).toEqual(expected.toSorted());
  });

  it('has no index of a column that each transition changes', async () => {
    const columns = await shop.dataSource.query<{ attname: string }[]>(
      `SELECT DISTINCT attname FROM pg_depend
       JOIN pg_index ON classid = 'pg_class'::regclass AND objid = indexrelid AND refobjid = indrelid
       JOIN pg_attribute ON attrelid = indrelid AND attnum = refobjsubid
       WHERE indrelid = 'orders'::regclass`,
    );
    const indexed = columns.map(({ attname }) => attname);
    expect(indexed).toEqual(expect.arrayContaining(['closed_at', 'created_at', 'shipment_status']));
    for (const column of ['status', 'version', 'unconfirmed', 'updated_at', 'republished_at'])
      expect(indexed).not.toContain(column);
  });

  it('reserves an order once if twenty workers have the same message', async () => {
    const id = await shop.createOrder(items);
    const allHaveStarted = barrier(WORKERS);
    const results = await runConcurrently(WORKERS, () =>
      shop.unitOfWork.inTransaction(async ({ orders }) => {
        await allHaveStarted();
        const { status } = await orders.lockForUpdate(id);
        if (status !== 'pending') return 'duplicate';
        await orders.reserve([id]);
        return 'reserved';
      }),
    );
    expect(results.toSorted()).toEqual([...Array<string>(WORKERS - 1).fill('duplicate'), 'reserved']);
    const { timeline } = await shop.unitOfWork.read.orderDetails.get(id);
    expect(timeline.map(({ step }) => step)).toEqual(['pending', 'reserved']);
  });

  it('reserves an order once if twenty workers do not lock it first', async () => {
    const id = await shop.createOrder(items);
    const allHaveStarted = barrier(WORKERS);
    const reserve = () =>
      shop.unitOfWork.inTransaction(async ({ orders }) => {
        await allHaveStarted();
        await orders.reserve([id]);
      });
    const results = await Promise.allSettled(Array.from({ length: WORKERS }, reserve));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
