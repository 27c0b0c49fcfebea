import { RowLocked } from '@estoque/database';
import { StockAudit } from '@estoque/domain';
import { AppError, createLogger, HealthChecks, Metrics, type Environment } from '@estoque/platform';
import { EntityManager } from 'typeorm';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { OrderReservationService } from '../../apps/order-worker/src/order-reservation.service.js';
import { PaymentOutcomeService } from '../../apps/order-worker/src/payment-outcome.service.js';
import { ReservationExpiryService } from '../../apps/order-worker/src/reservation-expiry.service.js';
import { PaymentService } from '../../apps/payment-worker/src/payment.service.js';
import { ReconciliationService } from '../../apps/payment-worker/src/reconciliation.service.js';
import { RefundService } from '../../apps/payment-worker/src/refund.service.js';
import { StockDeductionService } from '../../apps/stock-worker/src/stock-deduction.service.js';
import { MemoryGateway } from '../support/memory-gateway.js';
import { ACTOR, barrier, runConcurrently, TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';

const CALLERS = 20;
const ROUNDS = 5;
const TOTAL = 2_490;
const SECONDS = 60_000;
const environment = {
  RESERVATION_TTL_SECONDS: 3_600,
  POLL_INTERVAL_MS: 50,
  PAYMENT_GATEWAY: 'simulated',
} as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

/** Uses the services of the apps, each call by a process of its own, and a real PostgreSQL. There is no broker. */
describe('An order with a payment', () => {
  let shop: TestShop;
  let gateway: MemoryGateway;
  let refunds: RefundService;
  let product_id: number;
  let id: number;
  let items: { product_id: number; quantity: number }[];
  beforeAll(async () => void (shop = await TestShop.open({ workers: CALLERS + 5, lockTimeoutMs: 0 })));
  afterAll(() => shop.close());
  beforeEach(async () => {
    gateway = new MemoryGateway();
    product_id = await shop.createProduct(1_000);
    items = [{ product_id, quantity: 1 }];
    refunds = new RefundService(
      shop.unitOfWorkOf('payment-worker'),
      gateway,
      environment,
      logger,
      new Metrics(),
    );
    refunds.onApplicationBootstrap();
  });
  afterEach(() => refunds.onModuleDestroy());

  const placeOrder = async (method?: string) => {
    id = await shop.createOrder(items);
    if (method)
      await shop.dataSource.query('UPDATE orders SET payment_method = $2 WHERE id = $1', [id, method]);
  };
  const reserve = () =>
    new OrderReservationService(shop.unitOfWorkOf('order-worker'), environment).reserve({
      order_id: id,
      items,
    });
  const paymentService = () =>
    new PaymentService(shop.unitOfWorkOf('payment-worker'), gateway, new Metrics());
  const reconcile = () =>
    new ReconciliationService(
      shop.unitOfWorkOf('payment-worker'),
      paymentService(),
      gateway,
      environment,
      logger,
      new Metrics(),
    ).checkDue();
  const continueOrder = async () => {
    const { paymentDetails } = shop.unitOfWork.read;
    const [payment] = await paymentDetails.list({ orderId: id, limit: 1 });
    const { id: payment_id, amount, currency } = payment!;
    const event = { order_id: id, payment_id, amount, currency };
    return new PaymentOutcomeService(shop.unitOfWorkOf('order-worker')).continueOrder(event);
  };
  /** What one delivery of `payment.requested` and of `payment.captured` causes. */
  const capture = async () => {
    await paymentService().charge(id);
    return continueOrder();
  };
  const cancel = async () =>
    (await new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), environment).cancel(id, ACTOR)).body
      .status;
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
  const deduct = () =>
    new StockDeductionService(shop.unitOfWorkOf('stock-worker')).deduct({ order_id: id, items });

  /** A row that another transaction has locked, or an outcome that is not stored yet, is a reason to repeat. */
  async function untilHandled<Result>(work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const isEarly = error instanceof AppError && error.code === 'payment_not_ready';
        if (!(error instanceof RowLocked) && !isEarly) throw error;
      }
    }
  }
  /** Starts all calls at once. */
  async function race(first: [number, () => Promise<string>], second: [number, () => Promise<string>]) {
    const allHaveStarted = barrier(first[0] + second[0]);
    const start = ([count, work]: [number, () => Promise<string>]) =>
      runConcurrently(count, async () => {
        await allHaveStarted();
        return untilHandled(work);
      });
    await Promise.all([start(first), start(second)]);
  }

  const statusOf = async () => (await shop.unitOfWork.read.orderDetails.get(id)).status;
  const stockOf = async () => {
    const { on_hand, reserved } = await shop.unitOfWork.read.stock.get(product_id);
    return [on_hand, reserved];
  };
  const paymentOf = async () => {
    const [payment] = await shop.unitOfWork.read.paymentDetails.ofOrders([id]);
    return payment!;
  };
  const audit = () =>
    new StockAudit({ query: <Row>(sql: string) => shop.dataSource.query<Row[]>(sql) }).run();

  /** Delivers the event of the cancellation, and waits for the refund of what was captured. */
  async function settle() {
    if ((await statusOf()) === 'cancelled') await refunds.refundCancelled(id);
    const captured = gateway.chargesOf(id).length * TOTAL;
    const expected = (await statusOf()) === 'cancelled' ? captured : 0;
    await until('the refund', async () => (await paymentOf()).refunded === expected);
  }
  /** Exactly one outcome: the order goes on and is paid once, or it is cancelled and nothing is kept. */
  async function expectOneOutcome() {
    await settle();
    const status = await statusOf();
    const { captured, refunded } = await paymentOf();
    const charges = gateway.chargesOf(id).length;
    expect(charges).toBeLessThanOrEqual(1);
    expect(captured).toBe(charges * TOTAL);
    expect(gateway.refundedOf(id)).toBe(refunded);
    expect(['reserved', 'cancelled']).toContain(status);
    expect(captured - refunded).toBe(status === 'reserved' ? TOTAL : 0);
    expect(await stockOf()).toEqual(status === 'reserved' ? [1_000, 1] : [1_000, 0]);
    expect(await audit()).toMatchObject({ discrepancies: [], payment_discrepancies: [] });
    if (status === 'reserved') await cancel().then(settle);
  }

  describe.each([
    ['20 captures against one', CALLERS, 1],
    ['one capture against 20', 1, CALLERS],
  ])('%s', (_, captures, others) => {
    it.each([
      ['cancellation', cancel],
      ['expiry', expire],
    ])(
      '%s',
      async (other, end) => {
        for (let round = 0; round < ROUNDS; round++) {
          await placeOrder('tok_ok');
          await reserve();
          if (other === 'expiry')
            await shop.dataSource.query('UPDATE reservations SET expires_at = now() WHERE order_id = $1', [
              id,
            ]);
          gateway.beforeAnswer = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
          // Often the event is delivered before the capture is recorded, which then has to request the refund.
          const endAndDeliver = async () => {
            const outcome = await end();
            await refunds.refundCancelled(id);
            return outcome;
          };
          await race([captures, capture], [others, endAndDeliver]);
          await expectOneOutcome();
        }
      },
      SECONDS,
    );
  });

  it('goes on if a webhook confirms its capture before the answer to the charge', async () => {
    await placeOrder('tok_ok');
    await reserve();
    gateway.beforeAnswer = async () => {
      await shop.dataSource.query('UPDATE payments SET next_check_at = now() WHERE order_id = $1', [id]);
      await runConcurrently(CALLERS, reconcile);
      expect(await continueOrder()).toBe('reserved');
    };
    expect(await paymentService().charge(id)).toBe('duplicate');
    expect(await continueOrder()).toBe('duplicate');
    expect(await deduct()).toBe('processed');
    expect(gateway.chargesOf(id)).toHaveLength(1);
    expect(await paymentOf()).toMatchObject({ status: 'captured', captured: TOTAL, refunded: 0 });
    expect(await stockOf()).toEqual([999, 0]);
    expect(await audit()).toMatchObject({ discrepancies: [], payment_discrepancies: [] });
  });

  it('has exactly one outcome if the gateway first declines and then captures', async () => {
    await placeOrder('tok_ok');
    await reserve();
    await paymentService().record(id, { type: 'declined', reason: 'declined' });
    await paymentService().record(id, { type: 'captured', reference: 'ch_1' });
    // The first event arrives last.
    expect(await continueOrder()).toBe('reserved');
    const rejectOrder = () => {
      const event = {
        order_id: id,
        payment_id: 1,
        amount: TOTAL,
        currency: 'BRL',
        reason: 'declined' as const,
      };
      return new PaymentOutcomeService(shop.unitOfWorkOf('order-worker')).rejectOrder(event);
    };
    expect(await rejectOrder()).toBe('duplicate');
    expect(await statusOf()).toBe('reserved');
  });

  it('is the only one for which a statement concerns payments', async () => {
    const query = jest.spyOn(EntityManager.prototype, 'query');
    const statements = async (work: () => Promise<unknown>) => {
      query.mockClear();
      await work();
      return query.mock.calls.map(([sql]) => sql);
    };
    await placeOrder();
    const plain = await statements(async () => {
      expect(await reserve()).toBe('reserved');
      expect(await deduct()).toBe('processed');
    });
    await placeOrder('tok_ok');
    const paid = await statements(reserve);
    query.mockRestore();
    expect(plain.filter((sql) => /\b(payments|payment_attempts|refunds)\b/.test(sql))).toEqual([]);
    expect(paid.filter((sql) => /INSERT INTO payments\b/.test(sql))).toHaveLength(1);
  });
});
