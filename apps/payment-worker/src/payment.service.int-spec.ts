import { StockAudit } from '@estoque/domain';
import { sqlClientOf } from '@estoque/database';
import { createLogger, Metrics, type Environment } from '@estoque/platform';
import { MemoryGateway } from '../../../test/support/memory-gateway.js';
import { runConcurrently, TestShop } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { PaymentService } from './payment.service.js';
import { ReconciliationService } from './reconciliation.service.js';
import { RefundService } from './refund.service.js';

const RACERS = 20;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const environment = { POLL_INTERVAL_MS: 50 } as Environment;

describe('Payments', () => {
  let shop: TestShop;
  let gateway: MemoryGateway;
  let payments: PaymentService;
  let refunds: RefundService;
  let reconciliation: ReconciliationService;
  let product_id: number;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: RACERS, lockTimeoutMs: 0 });
    product_id = await shop.createProduct(10_000);
  });
  beforeEach(() => {
    gateway = new MemoryGateway();
    const unitOfWork = shop.unitOfWorkOf('payment-worker');
    payments = new PaymentService(unitOfWork, gateway, new Metrics());
    refunds = new RefundService(unitOfWork, gateway, environment, logger, new Metrics());
    reconciliation = new ReconciliationService(
      unitOfWork,
      payments,
      gateway,
      environment,
      logger,
      new Metrics(),
    );
  });
  afterEach(() => refunds.onModuleDestroy());
  afterAll(() => shop.close());

  /** An order that awaits its payment. */
  async function orderAwaitingPayment(method = 'tok_ok') {
    const id = await shop.createOrder([{ product_id, quantity: 1 }]);
    await shop.dataSource.query('UPDATE orders SET payment_method = $2 WHERE id = $1', [id, method]);
    await shop.unitOfWork.inTransaction(async ({ orders, reservations, payments }) => {
      const order = await orders.lockForUpdate(id);
      await reservations.reserve([order], 60);
      await payments.request([id]);
      await orders.awaitPayment([id]);
    });
    return id;
  }
  const cancel = (id: number) =>
    shop.unitOfWork.inTransaction(async ({ orders, reservations }) => {
      const order = await orders.lockForUpdate(id);
      if (order.status !== 'awaiting_payment') return;
      await reservations.release(order);
      await orders.cancel(id, 'requested');
    });
  const paymentOf = async (orderId: number) => {
    const { paymentDetails } = shop.unitOfWork.read;
    const [payment] = await paymentDetails.list({ orderId, limit: 1 });
    return paymentDetails.get(payment!.id);
  };
  const eventsOf = async (orderId: number) =>
    (
      await shop.dataSource.query<{ event: string }[]>(
        `SELECT event FROM outbox WHERE key = $1 AND event LIKE 'payment.%' ORDER BY id`,
        [String(orderId)],
      )
    ).map(({ event }) => event);
  const makeDue = () => shop.dataSource.query('UPDATE payments SET next_check_at = now()');

  it('are charged and published once, however often the request is delivered at the same time', async () => {
    const id = await orderAwaitingPayment();
    const outcomes = await runConcurrently(RACERS, () => payments.charge(id));
    expect(outcomes.filter((outcome) => outcome === 'captured')).toHaveLength(1);
    expect(gateway.chargesOf(id)).toHaveLength(1);
    expect(await paymentOf(id)).toMatchObject({ status: 'captured', captured: 2_490 });
    const published = await eventsOf(id);
    expect(published).toContain('payment.captured');
  });

  it('record why they were declined', async () => {
    const id = await orderAwaitingPayment('tok_declined');
    expect(await payments.charge(id)).toBe('declined');
    expect(await paymentOf(id)).toMatchObject({
      status: 'failed',
      failure: 'declined',
      attempts: [{ outcome: 'declined', detail: 'declined' }],
    });
    expect(await eventsOf(id)).toEqual(['payment.failed']);
  });

  it('follow the gateway if the answer was lost', async () => {
    const id = await orderAwaitingPayment();
    gateway.answer = { type: 'unknown', detail: 'timeout' };
    expect(await payments.charge(id)).toBe('unknown');
    expect(await eventsOf(id)).toEqual([]);
    await makeDue();
    await reconciliation.checkDue();
    expect(await paymentOf(id)).toMatchObject({ status: 'captured', attempts: [{ outcome: 'unknown' }] });
    expect(gateway.chargesOf(id)).toHaveLength(1);
  });

  it('that nobody has charged are charged by the reconciler', async () => {
    const id = await orderAwaitingPayment();
    await makeDue();
    await reconciliation.checkDue();
    expect(await paymentOf(id)).toMatchObject({ status: 'captured' });
  });

  it('of cancelled orders are not charged, unless a charge may be on its way', async () => {
    const [never, asked] = [await orderAwaitingPayment(), await orderAwaitingPayment()];
    gateway.answer = { type: 'unknown', detail: 'timeout' };
    await payments.charge(asked);
    gateway.charges.clear();
    for (const id of [never, asked]) {
      await cancel(id);
      expect(await payments.charge(id)).toBe('cancelled');
    }
    expect(await paymentOf(never)).toMatchObject({ status: 'cancelled' });
    expect(await paymentOf(asked)).toMatchObject({ status: 'requested' });
    expect(gateway.charges.size).toBe(0);
  });

  it('are kept or given back, never both, when the capture meets the cancellation', async () => {
    refunds.onApplicationBootstrap();
    for (let round = 0; round < 10; round++) {
      const id = await orderAwaitingPayment();
      gateway.beforeAnswer = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      await Promise.all([
        payments.charge(id),
        ...Array.from({ length: RACERS - 1 }, async () => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
          await cancel(id);
          await refunds.refundCancelled(id);
        }),
      ]);
      const charged = gateway.chargesOf(id).length * 2_490;
      await until('the refund', () => gateway.refundedOf(id) === charged);
      await until('its record', async () => (await paymentOf(id)).refunded === charged);
      expect((await paymentOf(id)).refunds.length).toBe(charged === 0 ? 0 : 1);
    }
  });

  it('cannot be refunded beyond what was captured', async () => {
    const id = await orderAwaitingPayment();
    await payments.charge(id);
    const request = (cause: string, amount?: number) =>
      shop.unitOfWork.inTransaction(async ({ payments, refunds }) =>
        refunds.request((await payments.lockOfOrder(id))!, cause, amount),
      );
    expect(await request('return 1', 1_000)).toBe(true);
    expect(await request('return 1', 1_000)).toBe(false);
    const racers = await runConcurrently(RACERS, (index) => request(`return ${index + 10}`, 2_000));
    expect(racers.filter(Boolean)).toHaveLength(1);
    expect(await request('rest')).toBe(false);
    const amounts = (await paymentOf(id)).refunds.map(({ amount }) => amount).toSorted((a, b) => a - b);
    expect(amounts).toEqual([1_000, 1_490]);
  });

  it('are compared with the orders by the audit', async () => {
    const audit = new StockAudit(sqlClientOf(shop.dataSource));
    const discrepancies = async () => (await audit.run()).payment_discrepancies;
    const before = await discrepancies();
    expect(before).toEqual([]);
    const [kept, unpaid] = [await orderAwaitingPayment(), await orderAwaitingPayment()];
    await payments.charge(kept);
    await cancel(kept);
    // Until payment-worker has handled the event, the refund is not missing.
    expect(await discrepancies()).toEqual([]);
    await shop.confirmEvents(kept);
    await shop.dataSource.query(`UPDATE orders SET status = 'processed' WHERE id = $1`, [unpaid]);
    const found = await discrepancies();
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { check: 'returned', order_id: kept, expected: 2_490, found: 0 },
        { check: 'captured', order_id: unpaid, expected: 2_490, found: 0 },
      ]),
    );
  });
});
