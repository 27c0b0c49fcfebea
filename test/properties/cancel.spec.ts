import { RowLocked } from '@estoque/database';
import { StockAudit } from '@estoque/domain';
import { AppError, createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { ProductsService } from '../../apps/api/src/products/products.service.js';
import { StockService } from '../../apps/api/src/stock/stock.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { ReservationExpiryService } from '../../apps/order-worker/src/reservation-expiry.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { ACTOR, barrier, runConcurrently, TestShop } from '../support/test-shop.js';

const CALLERS = 20;
const MAX_ON_HAND = 1_000_000_000;
const environment = {
  RESERVATION_TTL_SECONDS: 3_600,
  POLL_INTERVAL_MS: 3_600_000,
  PAYMENT_GATEWAY: 'simulated',
} as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

/** Uses the services of the apps, each call by a process of its own, and a real PostgreSQL. There is no broker. */
describe('A cancellation', () => {
  let shop: TestShop;
  let products: [number, number];
  let id: number;
  let items: { product_id: number; quantity: number }[];
  beforeAll(async () => void (shop = await TestShop.open({ workers: CALLERS + 5 })));
  afterAll(() => shop.close());
  beforeEach(async () => {
    products = [await shop.createProduct(5), await shop.createProduct(7)];
    items = products.map((product_id) => ({ product_id, quantity: 2 }));
    id = await shop.createOrder(items);
  });

  // Each with a unit of work of its own, so that only the database serializes the calls.
  const cancel = (options: Parameters<OrdersService['cancel']>[2] = {}) =>
    new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), environment).cancel(id, ACTOR, options);
  const reserve = () =>
    new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve({
      order_id: id,
      items,
    });
  const deduct = () =>
    new StockDeductionService(shop.unitOfWorkOf('stock-worker')).deduct({ order_id: id, items });
  const expire = async () => {
    await new ReservationExpiryService(
      shop.unitOfWorkOf('order-worker'),
      environment,
      logger,
      new HealthChecks(),
      new Metrics(),
    ).expireReservations();
    return 'expired';
  };
  /** A row that another transaction has locked is a reason to repeat, as a client and the broker do. */
  async function untilUnlocked<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RowLocked)) throw error;
      }
    }
  }
  const codeOf = (error: unknown) => {
    if (error instanceof AppError) return error.code;
    throw error;
  };

  const order = () => shop.unitOfWork.read.orderDetails.get(id);
  const stockOf = async () => {
    const levels = await Promise.all(products.map((product) => shop.unitOfWork.read.stock.get(product)));
    return levels.map(({ on_hand, reserved }) => [on_hand, reserved]);
  };
  const eventsOf = async () =>
    (
      await shop.dataSource.query<{ event: string }[]>(
        `SELECT event FROM outbox WHERE (body->>'order_id')::bigint = $1 ORDER BY id`,
        [id],
      )
    ).map(({ event }) => event);
  const stepsOf = async () => (await order()).timeline.map(({ step }) => step);
  const reservationsOf = async () =>
    (
      await shop.dataSource.query<{ status: string }[]>(
        'SELECT status FROM reservations WHERE order_id = $1 ORDER BY product_id',
        [id],
      )
    ).map(({ status }) => status);
  const movementsOf = () =>
    shop.dataSource.query<{ kind: string; quantity: number; balance_after: number }[]>(
      'SELECT kind, quantity, balance_after FROM movements WHERE order_id = $1 ORDER BY id',
      [id],
    );
  const audit = () =>
    new StockAudit({ query: <Row>(sql: string) => shop.dataSource.query<Row[]>(sql) }).run();

  it('of a processed order restores its stock with a movement for each line', async () => {
    await reserve();
    await deduct();
    await shop.confirmEvents(id);
    expect(await stockOf()).toEqual([
      [3, 0],
      [5, 0],
    ]);
    const { body } = await cancel({ reason: 'ordered twice' });
    expect(body).toMatchObject({
      status: 'cancelled',
      version: 4,
      cancellation: 'requested',
      cancellation_reason: 'ordered twice',
    });
    expect(await stockOf()).toEqual([
      [5, 0],
      [7, 0],
    ]);
    expect(await movementsOf()).toEqual([
      { kind: 'sale', quantity: -2, balance_after: 3 },
      { kind: 'sale', quantity: -2, balance_after: 5 },
      { kind: 'cancellation', quantity: 2, balance_after: 5 },
      { kind: 'cancellation', quantity: 2, balance_after: 7 },
    ]);
    expect(await reservationsOf()).toEqual(['released', 'released']);
    expect((await eventsOf()).slice(-2)).toEqual(['stock.updated', 'order.cancelled']);
    expect((await audit()).discrepancies).toEqual([]);
    const [entry, ...others] = await shop.unitOfWork.read.auditLog.list({
      object: { type: 'order', id: String(id) },
      limit: 5,
    });
    expect(others).toEqual([]);
    // Without the reason, which can contain personal data.
    expect(entry).toMatchObject({
      actor: ACTOR.id,
      action: 'order.cancelled',
      before: { status: 'processed' },
      after: { status: 'cancelled' },
    });
    // The order was closed; it is open until its cancellation is confirmed, so that the watchdog can republish the event.
    const closed = () =>
      shop.dataSource.query('SELECT closed_at IS NOT NULL AS closed FROM orders WHERE id = $1', [id]);
    expect(await closed()).toEqual([{ closed: false }]);
    await shop.confirmEvents(id);
    expect(await closed()).toEqual([{ closed: true }]);
  });

  it('can be repeated, and then changes nothing', async () => {
    await reserve();
    const first = await cancel({ reason: 'first' });
    expect(await cancel({ reason: 'second' })).toEqual(first);
    expect(await eventsOf()).toEqual(['stock.reserve', 'order.cancelled']);
  });

  it('is refused if the caller has read another version, and then changes nothing', async () => {
    await reserve();
    await expect(cancel({ expected: [1, 7] })).rejects.toMatchObject({
      code: 'version_stale',
      httpStatus: 412,
    });
    expect((await order()).status).toBe('reserved');
    expect((await cancel({ expected: [1, 2] })).body.status).toBe('cancelled');
    await expect(cancel({ expected: [2] })).rejects.toMatchObject({ code: 'version_stale' });
    expect((await cancel({ expected: 'any' })).body.version).toBe(3);
  });

  it.each(['shipped', 'partially_shipped', 'completed', 'partially_returned', 'returned'])(
    'of an order that is %s is refused with the status and what it allows',
    async (status) => {
      await reserve();
      await deduct();
      await shop.dataSource.query('UPDATE orders SET status = $2, shipment_status = $2 WHERE id = $1', [
        id,
        status,
      ]);
      await expect(cancel()).rejects.toMatchObject({
        kind: 'conflict',
        code: 'order_not_cancellable',
        message: expect.stringMatching(`Order ${id} is ${status} .*(only become|is final)`) as string,
      });
      expect(await movementsOf()).toHaveLength(2);
    },
  );

  it('is refused if more of a product would be on hand than the maximum', async () => {
    await reserve();
    await deduct();
    await shop.dataSource.query(
      `WITH changed AS (UPDATE stock SET on_hand = $2 WHERE product_id = $1 RETURNING product_id)
       INSERT INTO movements (product_id, kind, quantity, balance_after, reason)
       SELECT product_id, 'receipt', $2::integer - 3, $2, 'a large delivery' FROM changed`,
      [products[0], MAX_ON_HAND - 1],
    );
    await expect(cancel()).rejects.toMatchObject({ code: 'stock_too_large' });
    expect((await order()).status).toBe('processed');
    expect(await reservationsOf()).toEqual(['committed', 'committed']);
  });

  const SECONDS = 60_000;
  const ROUNDS = 5;

  describe.each([
    ['20 cancellations against one', CALLERS, 1],
    ['one cancellation against 20', 1, CALLERS],
  ])('%s', (_, cancellations, others) => {
    /** Starts all calls at once. @returns the outcomes of the others, and whether each cancellation succeeded */
    async function race(other: () => Promise<string>) {
      const allHaveStarted = barrier(cancellations + others);
      const start =
        <Result>(work: () => Promise<Result>) =>
        async () => {
          await allHaveStarted();
          return untilUnlocked(work);
        };
      const [cancelled, outcomes] = await Promise.all([
        runConcurrently(
          cancellations,
          start(async () => (await cancel()).body.status),
        ),
        runConcurrently(
          others,
          start(() => other().catch(codeOf)),
        ),
      ]);
      return { cancelled: new Set(cancelled), outcomes };
    }
    /** Whatever the sequence was, the order is cancelled once and the ledger reconciles. */
    async function expectOneCancellation() {
      expect((await eventsOf()).filter((event) => event === 'order.cancelled')).toHaveLength(1);
      const steps = await stepsOf();
      expect(steps.at(-1)).toBe('cancelled');
      expect(new Set(steps).size).toBe(steps.length);
      expect((await order()).version).toBe(steps.length);
      expect(await stockOf()).toEqual([
        [5, 0],
        [7, 0],
      ]);
      expect((await audit()).discrepancies).toEqual([]);
    }

    it(
      'reservation',
      async () => {
        for (let round = 0; round < ROUNDS; round++) {
          id = await shop.createOrder(items);
          const { cancelled, outcomes } = await race(reserve);
          expect([...cancelled]).toEqual(['cancelled']);
          const reserved = outcomes.filter((outcome) => outcome === 'reserved').length;
          expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(others - reserved);
          expect(reserved).toBe((await stepsOf()).includes('reserved') ? 1 : 0);
          await expectOneCancellation();
        }
      },
      SECONDS,
    );

    it(
      'deduction',
      async () => {
        for (let round = 0; round < ROUNDS; round++) {
          id = await shop.createOrder(items);
          await reserve();
          const { cancelled, outcomes } = await race(deduct);
          expect([...cancelled]).toEqual(['cancelled']);
          const processed = outcomes.filter((outcome) => outcome === 'processed').length;
          expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(others - processed);
          expect(processed).toBe((await stepsOf()).includes('processed') ? 1 : 0);
          expect(await movementsOf()).toHaveLength(processed * 4);
          await expectOneCancellation();
        }
      },
      SECONDS,
    );

    it(
      'expiry',
      async () => {
        for (let round = 0; round < ROUNDS; round++) {
          id = await shop.createOrder(items);
          await reserve();
          await shop.dataSource.query('UPDATE reservations SET expires_at = now() WHERE order_id = $1', [id]);
          const { cancelled } = await race(expire);
          expect([...cancelled]).toEqual(['cancelled']);
          const expected = { requested: 'released', expired: 'expired' }[(await order()).cancellation!];
          expect(await reservationsOf()).toEqual([expected, expected]);
          await expectOneCancellation();
        }
      },
      SECONDS,
    );
  });

  it('of 20 with the same version, one changes a product', async () => {
    const results = await runConcurrently(CALLERS, (price) =>
      untilUnlocked(() =>
        new ProductsService(shop.unitOfWork).change(products[0], { price }, ACTOR, [1]),
      ).catch(codeOf),
    );
    const changed = results.filter((result) => typeof result === 'object');
    expect(changed).toMatchObject([{ version: 2 }]);
    expect(results.filter((result) => result === 'version_stale')).toHaveLength(CALLERS - 1);
    const { version, price } = await shop.unitOfWork.read.products.get(products[0]);
    expect({ version, price }).toMatchObject({ version: 2, price: (changed[0] as { price: number }).price });
  });

  it('leaves the movements of other orders and of operators alone', async () => {
    await reserve();
    await deduct();
    await new StockService(shop.unitOfWorkOf('api')).recordMovement(
      products[0],
      'receipt',
      { quantity: 4, reason: 'delivery' },
      ACTOR,
    );
    await cancel();
    expect(await stockOf()).toEqual([
      [9, 0],
      [7, 0],
    ]);
    expect((await audit()).discrepancies).toEqual([]);
  });
});
