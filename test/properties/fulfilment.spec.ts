import { RowLocked } from '@estoque/database';
import { STATUSES_SINCE_SHIPMENT, StockAudit } from '@estoque/domain';
import { AppError, createLogger, Metrics, type Environment } from '@estoque/platform';
import { FulfilmentService } from '../../apps/api/src/orders/fulfilment.service.js';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { OrderCompletionService } from '../../apps/order-worker/src/order-completion.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { ACTOR, barrier, runConcurrently, TestShop } from '../support/test-shop.js';

const CALLERS = 20;
const ROUNDS = 5;
const SECONDS = 60_000;
const COMPLETE_AFTER_SECONDS = 3_600;
const environment = {
  RESERVATION_TTL_SECONDS: 3_600,
  COMPLETE_AFTER_SECONDS,
  POLL_INTERVAL_MS: 3_600_000,
} as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

interface Item {
  product_id: number;
  quantity: number;
}

/** Uses the services of the apps, each call by a process of its own, and a real PostgreSQL. There is no broker. */
describe('The fulfilment of an order', () => {
  let shop: TestShop;
  let products: [number, number];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: CALLERS + 5 });
    products = [await shop.createProduct(100_000), await shop.createProduct(100_000)];
  });
  afterAll(() => shop.close());

  // Each with a unit of work of its own, so that only the database serializes the calls.
  const fulfilment = () => new FulfilmentService(shop.unitOfWorkOf('api'));
  const ship = (
    id: number,
    body: Parameters<FulfilmentService['ship']>[1] = {},
    options: Partial<Parameters<FulfilmentService['ship']>[2]> = {},
  ) => fulfilment().ship(id, body, { actor: ACTOR, ...options });
  const cancel = (id: number) =>
    new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), { PAYMENT_GATEWAY: 'simulated' }).cancel(
      id,
      ACTOR,
    );

  const giveBack = (
    id: number,
    body: Parameters<FulfilmentService['return']>[1],
    options: Partial<Parameters<FulfilmentService['return']>[2]> = {},
  ) => fulfilment().return(id, body, { actor: ACTOR, ...options });
  const complete = (id: number, options: Partial<Parameters<FulfilmentService['complete']>[1]> = {}) =>
    fulfilment().complete(id, { actor: ACTOR, ...options });
  const completeDue = () =>
    new OrderCompletionService(shop.unitOfWorkOf('order-worker'), environment, logger).completeDue();

  /** @returns id of a processed order */
  async function processedOrder(items: Item[]): Promise<number> {
    const id = await shop.createOrder(items);
    const message = { order_id: id, items };
    await new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve(message);
    await new StockDeductionService(shop.unitOfWorkOf('stock-worker')).deduct(message);
    await shop.confirmEvents(id);
    return id;
  }
  const twoLines = () =>
    processedOrder([
      { product_id: products[0], quantity: 2 },
      { product_id: products[1], quantity: 3 },
    ]);

  /** A row that another transaction has locked is a reason to repeat, as a client does. */
  async function untilUnlocked<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RowLocked)) throw error;
      }
    }
  }
  /** Starts all calls at once. @returns the status after each one that succeeded, and the codes of the refusals */
  async function race(calls: (() => Promise<{ body: { status: string } }>)[]) {
    const allHaveStarted = barrier(calls.length);
    return runConcurrently(calls.length, async (index) => {
      await allHaveStarted();
      return untilUnlocked(calls[index]!).then(
        ({ body }) => body.status,
        (error: unknown) => {
          if (error instanceof AppError) return error.code;
          throw error;
        },
      );
    });
  }

  const order = (id: number) => shop.unitOfWork.read.orderDetails.get(id);
  const eventsOf = (id: number, name: string) =>
    shop.dataSource.query<{ body: Record<string, unknown> }[]>(
      `SELECT body FROM outbox WHERE event = $2 AND (body->>'order_id')::bigint = $1 ORDER BY id`,
      [id, name],
    );
  const auditLogOf = (id: number, action: string) =>
    shop.dataSource.query<{ before: object; after: object }[]>(
      `SELECT before, after FROM audit_log WHERE object_type = 'order' AND object_id = $1 AND action = $2 ORDER BY id`,
      [String(id), action],
    );
  const expectNoDiscrepancies = async () => {
    const audit = new StockAudit({ query: <Row>(sql: string) => shop.dataSource.query<Row[]>(sql) });
    expect((await audit.run()).discrepancies).toEqual([]);
  };

  describe('by shipments', () => {
    it('is partial until nothing is left, with an event and an entry of the audit log for each shipment', async () => {
      const id = await twoLines();
      const first = await ship(id, {
        lines: [{ product_id: products[1], quantity: 2 }],
        carrier: 'Correios',
        tracking_number: 'QB123456785BR',
      });
      expect(first.body).toMatchObject({
        status: 'partially_shipped',
        version: 4,
        lines: [{ shipped: 0 }, { shipped: 2 }],
        shipments: [
          {
            carrier: 'Correios',
            tracking_number: 'QB123456785BR',
            lines: [{ product_id: products[1], quantity: 2 }],
          },
        ],
      });
      const second = await ship(id, { lines: [{ product_id: products[1], quantity: 1 }] });
      expect(second.body).toMatchObject({ status: 'partially_shipped', version: 5 });
      const last = await ship(id);
      expect(last.body).toMatchObject({
        status: 'shipped',
        version: 6,
        lines: [{ shipped: 2 }, { shipped: 3 }],
        shipments: [
          {},
          { carrier: null, tracking_number: null },
          { lines: [{ product_id: products[0], quantity: 2 }] },
        ],
      });
      expect(last.body.timeline.map(({ step }) => step)).toEqual([
        'pending',
        'reserved',
        'processed',
        'partially_shipped',
        'partially_shipped',
        'shipped',
      ]);
      const ids = last.body.shipments.map((shipment) => shipment.id);
      expect((await eventsOf(id, 'order.shipped')).map(({ body }) => body)).toMatchObject([
        { shipment_id: ids[0], items: [{ product_id: products[1], quantity: 2 }] },
        { shipment_id: ids[1], items: [{ product_id: products[1], quantity: 1 }] },
        { shipment_id: ids[2], items: [{ product_id: products[0], quantity: 2 }] },
      ]);
      expect(await auditLogOf(id, 'order.shipped')).toMatchObject([
        { before: { status: 'processed' }, after: { status: 'partially_shipped', shipment_id: ids[0] } },
        {
          before: { status: 'partially_shipped' },
          after: { status: 'partially_shipped', shipment_id: ids[1] },
        },
        { before: { status: 'partially_shipped' }, after: { status: 'shipped', shipment_id: ids[2] } },
      ]);
      await expectNoDiscrepancies();
    });

    it('is open until the event of each shipment is confirmed', async () => {
      const id = await twoLines();
      await ship(id, { lines: [{ product_id: products[0], quantity: 1 }] });
      const { body } = await ship(id);
      const confirm = (subject_id: number) =>
        shop.unitOfWork.inTransaction(({ orders }) =>
          orders.confirm({ event: 'order.shipped', subject_id }, 'notify_queue', [id]),
        );
      const isClosed = async () => {
        const [row] = await shop.dataSource.query<{ closed: boolean }[]>(
          'SELECT closed_at IS NOT NULL AS closed FROM orders WHERE id = $1',
          [id],
        );
        return row!.closed;
      };
      const [first, second] = body.shipments;
      expect(await confirm(second!.id)).toEqual(new Set([id]));
      expect(await confirm(second!.id)).toEqual(new Set());
      expect(await isClosed()).toBe(false);
      expect(await confirm(first!.id)).toEqual(new Set([id]));
      expect(await isClosed()).toBe(true);
    });

    it.each(['pending', 'reserved', 'rejected', 'cancelled', 'completed', 'shipped'] as const)(
      'is refused for an order that is %s, with the status and what it allows',
      async (status) => {
        const id = await twoLines();
        await shop.dataSource.query(
          `UPDATE orders SET status = $2, rejection = CASE WHEN $2 = 'rejected' THEN '[]'::jsonb END,
                  cancellation = CASE WHEN $2 = 'cancelled' THEN 'requested' END, shipment_status = $3 WHERE id = $1`,
          [id, status, STATUSES_SINCE_SHIPMENT.includes(status) ? status : null],
        );
        await expect(ship(id)).rejects.toMatchObject({
          kind: 'conflict',
          code: 'order_not_shippable',
          message: expect.stringMatching(`Order ${id} is ${status} .*(only become|is final)`) as string,
        });
        expect(await eventsOf(id, 'order.shipped')).toEqual([]);
        // The state was not reached by transitions.
        await shop.dataSource.query(
          `UPDATE orders SET status = 'processed', rejection = NULL, cancellation = NULL, shipment_status = NULL WHERE id = $1`,
          [id],
        );
      },
    );

    it('is refused if the caller has read another version, and then changes nothing', async () => {
      const id = await twoLines();
      await expect(ship(id, {}, { expected: [2] })).rejects.toMatchObject({
        code: 'version_stale',
        httpStatus: 412,
      });
      expect((await order(id)).lines.map(({ shipped }) => shipped)).toEqual([0, 0]);
      expect((await ship(id, {}, { expected: [3] })).body.status).toBe('shipped');
    });

    it('is answered once for an idempotency key', async () => {
      const id = await twoLines();
      const keyed = { caller: 'key:1', key: crypto.randomUUID(), fingerprint: 'ship' };
      const body = { lines: [{ product_id: products[0], quantity: 1 }] };
      const first = await ship(id, body, { keyed });
      expect(await ship(id, body, { keyed })).toEqual({ ...first, replayed: true });
      expect((await order(id)).shipments).toHaveLength(1);
    });

    it('has a maximum number of shipments', async () => {
      const id = await processedOrder([{ product_id: products[0], quantity: 101 }]);
      const one = { lines: [{ product_id: products[0], quantity: 1 }] };
      for (let count = 0; count < 100; count++) await ship(id, one);
      await expect(ship(id, one)).rejects.toMatchObject({ code: 'too_many_shipments' });
      expect((await order(id)).lines).toMatchObject([{ shipped: 100 }]);
    });

    it('is refused by the database if more would be shipped than was ordered', async () => {
      const id = await twoLines();
      const tooMuch = [{ product_id: products[0], quantity: 3 }];
      await expect(
        shop.unitOfWork.inTransaction(({ shipments }) =>
          shipments.create({ order_id: id, items: tooMuch, isLast: false }),
        ),
      ).rejects.toThrow('order_lines_shipped_check');
    });

    it(
      'has one winner of 20 that ship the last line',
      async () => {
        for (let round = 0; round < ROUNDS; round++) {
          const id = await twoLines();
          await ship(id, { lines: [{ product_id: products[0], quantity: 2 }] });
          const last = { lines: [{ product_id: products[1], quantity: 3 }] };
          // Half of them name the line, the other half ship all remaining units.
          const outcomes = await race(
            Array.from({ length: CALLERS }, (_, index) => () => ship(id, index % 2 ? last : {})),
          );
          expect(outcomes.toSorted()).toEqual([
            ...Array<string>(CALLERS - 1).fill('order_not_shippable'),
            'shipped',
          ]);
          const { lines, shipments, version } = await order(id);
          expect(lines.map(({ shipped }) => shipped)).toEqual([2, 3]);
          expect([shipments.length, version]).toEqual([2, 5]);
          expect(await eventsOf(id, 'order.shipped')).toHaveLength(2);
        }
        await expectNoDiscrepancies();
      },
      SECONDS,
    );

    it(
      'ships no unit twice if 20 ship one unit each',
      async () => {
        const id = await processedOrder([
          { product_id: products[0], quantity: 5 },
          { product_id: products[1], quantity: 1 },
        ]);
        const one = { lines: [{ product_id: products[0], quantity: 1 }] };
        const outcomes = await race(Array.from({ length: CALLERS }, () => () => ship(id, one)));
        expect(outcomes.toSorted()).toEqual([
          ...Array<string>(5).fill('partially_shipped'),
          ...Array<string>(CALLERS - 5).fill('shipment_too_large'),
        ]);
        expect((await order(id)).lines.map(({ shipped }) => shipped)).toEqual([5, 0]);
      },
      SECONDS,
    );

    it.each([
      ['20 shipments against one cancellation', CALLERS, 1],
      ['one shipment against 20 cancellations', 1, CALLERS],
    ])(
      'has exactly one outcome: %s',
      async (_, shippers, cancellers) => {
        for (let round = 0; round < ROUNDS; round++) {
          const id = await twoLines();
          const outcomes = await race([
            ...Array.from({ length: shippers }, () => () => ship(id)),
            ...Array.from({ length: cancellers }, () => () => cancel(id)),
          ]);
          const { status, shipments } = await order(id);
          if (status === 'shipped') {
            expect(outcomes.filter((outcome) => outcome === 'shipped')).toHaveLength(1);
            expect(outcomes.filter((outcome) => outcome === 'order_not_cancellable')).toHaveLength(
              cancellers,
            );
            expect(shipments).toHaveLength(1);
          } else {
            expect(outcomes.filter((outcome) => outcome === 'cancelled')).toHaveLength(cancellers);
            expect(outcomes.filter((outcome) => outcome === 'order_not_shippable')).toHaveLength(shippers);
            expect(shipments).toEqual([]);
          }
        }
        await expectNoDiscrepancies();
      },
      SECONDS,
    );
  });

  describe('by its completion', () => {
    const shippedOrder = async () => {
      const id = await twoLines();
      await ship(id);
      return id;
    };
    const age = (id: number, seconds: number) =>
      shop.dataSource.query(
        'UPDATE shipments SET created_at = clock_timestamp() - make_interval(secs => $2) WHERE order_id = $1',
        [id, seconds],
      );
    const statusOf = async (id: number) => (await order(id)).status;

    it('on request publishes one event and records it, and can be repeated', async () => {
      const id = await shippedOrder();
      const first = await complete(id);
      expect(first.body).toMatchObject({ status: 'completed', version: 5 });
      expect(await complete(id)).toEqual(first);
      expect(await eventsOf(id, 'order.completed')).toHaveLength(1);
      expect(await auditLogOf(id, 'order.completed')).toEqual([
        { before: { status: 'shipped' }, after: { status: 'completed' } },
      ]);
      await expect(complete(id, { expected: [4] })).rejects.toMatchObject({ code: 'version_stale' });
    });

    it('on request is refused before all of it is shipped', async () => {
      const id = await twoLines();
      await expect(complete(id)).rejects.toMatchObject({
        code: 'order_not_completable',
        message: `Order ${id} is processed and cannot be completed. From processed, an order can only become partially_shipped or shipped or cancelled.`,
      });
      await ship(id, { lines: [{ product_id: products[0], quantity: 1 }] });
      await expect(complete(id)).rejects.toMatchObject({ code: 'order_not_completable' });
    });

    it('is made some time after the last shipment, without an entry of the audit log', async () => {
      const [due, recent, completed] = [await shippedOrder(), await shippedOrder(), await shippedOrder()];
      const partial = await twoLines();
      await ship(partial, { lines: [{ product_id: products[0], quantity: 1 }] });
      await complete(completed);
      for (const id of [due, partial, completed]) await age(id, COMPLETE_AFTER_SECONDS + 1);
      await age(recent, COMPLETE_AFTER_SECONDS - 60);
      await completeDue();
      const orders = [due, recent, completed, partial];
      expect(await Promise.all(orders.map(statusOf))).toEqual([
        'completed',
        'shipped',
        'completed',
        'partially_shipped',
      ]);
      expect(await eventsOf(due, 'order.completed')).toHaveLength(1);
      expect(await eventsOf(completed, 'order.completed')).toHaveLength(1);
      expect(await auditLogOf(due, 'order.completed')).toEqual([]);
    });

    it('leaves out an order that another session has locked, and one that fails', async () => {
      const [locked, broken, other] = [await shippedOrder(), await shippedOrder(), await shippedOrder()];
      for (const id of [locked, broken, other]) await age(id, COMPLETE_AFTER_SECONDS + 1);
      await shop.dataSource.query(
        `ALTER TABLE orders ADD CONSTRAINT broken CHECK (id <> ${broken} OR status <> 'completed') NOT VALID`,
      );
      await shop.whileLocked('SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', [locked], completeDue);
      expect(await Promise.all([locked, broken, other].map(statusOf))).toEqual([
        'shipped',
        'shipped',
        'completed',
      ]);
      await shop.dataSource.query('ALTER TABLE orders DROP CONSTRAINT broken');
      await completeDue();
      expect(await Promise.all([locked, broken].map(statusOf))).toEqual(['completed', 'completed']);
    });

    it(
      'is made once by 20 processes and 20 requests',
      async () => {
        const ids = [await shippedOrder(), await shippedOrder(), await shippedOrder()];
        for (const id of ids) await age(id, COMPLETE_AFTER_SECONDS + 1);
        await Promise.all([
          runConcurrently(CALLERS, completeDue),
          runConcurrently(CALLERS, (index) => untilUnlocked(() => complete(ids[index % ids.length]!))),
        ]);
        for (const id of ids) {
          expect((await order(id)).version).toBe(5);
          expect(await eventsOf(id, 'order.completed')).toHaveLength(1);
        }
      },
      SECONDS,
    );
  });

  describe('by returns', () => {
    const shippedOrder = async () => {
      const id = await twoLines();
      await ship(id);
      await shop.confirmEvents(id);
      return id;
    };
    const movementsOf = (id: number) =>
      shop.dataSource.query<{ product_id: number; quantity: number; reason: string }[]>(
        `SELECT product_id, quantity, reason FROM movements WHERE order_id = $1 AND kind = 'return' ORDER BY id`,
        [id],
      );
    const onHand = async () => {
      const levels = await Promise.all(products.map((product) => shop.unitOfWork.read.stock.get(product)));
      return levels.map(({ on_hand }) => on_hand);
    };
    const oneOf = (product_id: number, quantity = 1) => ({
      lines: [{ product_id, quantity }],
      reason: 'too small',
      restock: true,
    });

    it('is partial until all is returned; only units that can be sold again are on hand, with a movement', async () => {
      const id = await shippedOrder();
      const before = await onHand();
      const first = await giveBack(id, {
        lines: [
          { product_id: products[1], quantity: 2 },
          { product_id: products[0], quantity: 1 },
        ],
        reason: 'too small',
        restock: true,
      });
      expect(first.body).toMatchObject({
        status: 'partially_returned',
        version: 5,
        lines: [{ returned: 1 }, { returned: 2 }],
        returns: [{ reason: 'too small', restocked: true, amount: 3 * 2_490 }],
      });
      const [return_id] = first.body.returns.map((returned) => returned.id);
      expect(await movementsOf(id)).toEqual([
        { product_id: products[0], quantity: 1, reason: `return ${return_id} of order ${id}` },
        { product_id: products[1], quantity: 2, reason: `return ${return_id} of order ${id}` },
      ]);
      expect(await onHand()).toEqual([before[0]! + 1, before[1]! + 2]);

      const last = await giveBack(id, {
        lines: products.map((product_id) => ({ product_id, quantity: 1 })),
        reason: 'broken',
        restock: false,
      });
      expect(last.body).toMatchObject({
        status: 'returned',
        version: 6,
        returns: [{}, { restocked: false }],
      });
      expect(await onHand()).toEqual([before[0]! + 1, before[1]! + 2]);
      expect(await movementsOf(id)).toHaveLength(2);
      expect((await eventsOf(id, 'order.returned')).map(({ body }) => body)).toMatchObject([
        { return_id, restocked: true, items: [{ quantity: 1 }, { quantity: 2 }] },
        { restocked: false, items: [{ quantity: 1 }, { quantity: 1 }] },
      ]);
      expect((await eventsOf(id, 'stock.updated')).at(-1)).toMatchObject({
        body: { items: [{ quantity: 1 }, { quantity: 2 }] },
      });
      expect(await auditLogOf(id, 'order.returned')).toMatchObject([
        {
          before: { status: 'shipped' },
          after: { status: 'partially_returned', return_id, restocked: true, amount: 3 * 2_490 },
        },
        { before: { status: 'partially_returned' }, after: { status: 'returned', amount: 2 * 2_490 } },
      ]);
      await expect(giveBack(id, oneOf(products[0]))).rejects.toMatchObject({ code: 'order_not_returnable' });
      await expectNoDiscrepancies();
    });

    it('is possible after the completion, and ends the wait for it', async () => {
      const completed = await shippedOrder();
      await complete(completed);
      expect((await giveBack(completed, oneOf(products[0]))).body.status).toBe('partially_returned');
      const returned = await shippedOrder();
      await giveBack(returned, oneOf(products[0]));
      await shop.dataSource.query(
        `UPDATE shipments SET created_at = now() - interval '1 year' WHERE order_id = $1`,
        [returned],
      );
      expect(await shop.unitOfWork.read.shipments.findCompletable(1, 100)).not.toContainEqual(
        expect.objectContaining({ order_id: returned }),
      );
      await completeDue();
      expect((await order(returned)).status).toBe('partially_returned');
    });

    it('is refused before all of the order is shipped, and for more than was shipped', async () => {
      const id = await twoLines();
      await expect(giveBack(id, oneOf(products[0]))).rejects.toMatchObject({ code: 'order_not_returnable' });
      await ship(id, { lines: [{ product_id: products[0], quantity: 1 }] });
      await expect(giveBack(id, oneOf(products[0]))).rejects.toMatchObject({ code: 'order_not_returnable' });
      await ship(id);
      await expect(giveBack(id, oneOf(products[0], 3))).rejects.toMatchObject({ code: 'return_too_large' });
      await expect(giveBack(id, oneOf(999_999))).rejects.toMatchObject({ code: 'validation_failed' });
      await expect(giveBack(id, oneOf(products[0]), { expected: [1] })).rejects.toMatchObject({
        code: 'version_stale',
      });
      expect((await order(id)).returns).toEqual([]);
    });

    it('is refused if more of a product would be on hand than the maximum', async () => {
      const product_id = await shop.createProduct(5);
      const id = await processedOrder([{ product_id, quantity: 2 }]);
      await ship(id);
      await shop.dataSource.query(
        `WITH changed AS (UPDATE stock SET on_hand = 999999999 WHERE product_id = $1 RETURNING product_id)
         INSERT INTO movements (product_id, kind, quantity, balance_after, reason)
         SELECT product_id, 'receipt', 999999996, 999999999, 'a large delivery' FROM changed`,
        [product_id],
      );
      await expect(giveBack(id, oneOf(product_id, 2))).rejects.toMatchObject({
        code: 'stock_too_large',
        fieldErrors: [{ pointer: '/restock' }],
      });
      expect((await giveBack(id, oneOf(product_id, 1))).body.status).toBe('partially_returned');
      await expectNoDiscrepancies();
    });

    it('is refused by the database if more would be returned than was shipped', async () => {
      const id = await shippedOrder();
      const items = [{ product_id: products[0], quantity: 3 }];
      await expect(
        shop.unitOfWork.inTransaction(({ returns }) =>
          returns.create({ order_id: id, items, reason: 'x', restocked: false, amount: 0 }),
        ),
      ).rejects.toThrow('order_lines_returned_check');
    });

    it(
      'has one winner of 20 that return the last unit',
      async () => {
        for (let round = 0; round < ROUNDS; round++) {
          const id = await shippedOrder();
          await giveBack(id, oneOf(products[1], 3));
          await giveBack(id, oneOf(products[0]));
          const before = await onHand();
          const outcomes = await race(
            Array.from({ length: CALLERS }, () => () => giveBack(id, oneOf(products[0]))),
          );
          expect(outcomes.toSorted()).toEqual([
            ...Array<string>(CALLERS - 1).fill('order_not_returnable'),
            'returned',
          ]);
          expect(await onHand()).toEqual([before[0]! + 1, before[1]]);
          expect(await eventsOf(id, 'order.returned')).toHaveLength(3);
        }
        await expectNoDiscrepancies();
      },
      SECONDS,
    );

    it.each([
      ['in the sequence of its lines', 0],
      ['in the other sequence', 1],
    ])(
      'does not deadlock with 20 returns of other orders that name the products %s',
      async (_, offset) => {
        const ids = await Promise.all(Array.from({ length: CALLERS }, shippedOrder));
        const outcomes = await race(
          ids.map((id, index) => () => {
            const lines = products.map((product_id) => ({ product_id, quantity: 1 }));
            return giveBack(id, {
              lines: (index + offset) % 2 ? lines : lines.toReversed(),
              reason: 'x',
              restock: true,
            });
          }),
        );
        expect(new Set(outcomes)).toEqual(new Set(['partially_returned']));
        await expectNoDiscrepancies();
      },
      SECONDS,
    );
  });
});
