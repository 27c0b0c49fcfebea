import {
  chargeOf,
  hasEndedUnsold,
  OrderWithoutPayment,
  UnitOfWork,
  type ChargeOutcome,
  type LockedOrder,
  type OpenPayment,
  type PaymentGateway,
  type Transaction,
} from '@estoque/domain';
import { Metrics } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { PAYMENT_GATEWAY } from './gateways/gateway.provider.js';

type Outcome = ChargeOutcome['type'] | 'cancelled' | 'duplicate';

/** A payment that may be charged, with the recorded attempt. */
interface Attempt {
  id: number;
  payment: OpenPayment;
}

/**
 * Charges payments. The gateway is asked between two transactions: the first one records the attempt, the second one the
 * outcome. After a crash in between, the gateway is asked again with the same idempotency key, so it charges once.
 */
@Injectable()
export class PaymentService {
  private readonly outcomes: Counter;

  constructor(
    private readonly unitOfWork: UnitOfWork<'payment-worker'>,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(Metrics) metrics: Pick<Metrics, 'counter'>,
  ) {
    this.outcomes = metrics.counter(
      'estoque_payment_outcomes_total',
      'Answers of the payment gateway to charges',
      {
        outcome: ['captured', 'declined', 'pending', 'unknown'],
      },
    );
  }

  /**
   * Captures the payment of an order that awaits it, and publishes the outcome. Without a clear answer, the reconciler
   * asks the gateway later.
   *
   * @returns `duplicate` if the payment has an outcome, or the gateway decides later; `cancelled` if the order does not
   * await a payment anymore
   * @throws OrderNotFound, OrderWithoutPayment
   */
  async charge(orderId: number): Promise<Outcome> {
    const attempt = await this.begin(orderId);
    if (typeof attempt === 'string') return attempt;
    const outcome = await this.gateway.authorizeAndCapture(chargeOf(attempt.payment));
    this.outcomes.labels(outcome.type).inc();
    return this.record(orderId, outcome, attempt.id);
  }

  /**
   * Stores an outcome and publishes it. Money that was captured for an order that has ended is refunded.
   *
   * @param attemptId the attempt that had this outcome; undefined if the gateway was asked afterwards
   */
  record(orderId: number, outcome: ChargeOutcome, attemptId?: number): Promise<Outcome> {
    return this.unitOfWork.inTransaction<Outcome>(async (transaction) => {
      const { orders, payments } = transaction;
      const order = await orders.lockForUpdate(orderId);
      const payment = await payments.lockOfOrder(orderId);
      if (!payment) throw new OrderWithoutPayment(orderId);
      if (attemptId !== undefined) await payments.finishAttempt(attemptId, outcome);
      if (outcome.type === 'unknown') {
        await payments.noteUnknown(payment.id);
        return 'unknown';
      }
      if (outcome.type === 'pending') {
        await payments.markPending(payment.id, outcome.reference);
        return 'pending';
      }
      // Money that was taken counts, whatever was recorded before.
      if (payment.status === 'captured' || (payment.status === 'failed' && outcome.type === 'declined'))
        return 'duplicate';
      if (outcome.type === 'captured') await recordCapture(order, payment, outcome.reference, transaction);
      else await recordDecline(payment, outcome, transaction);
      return outcome.type;
    });
  }

  /** @returns the recorded attempt, or why the gateway is not asked */
  private begin(orderId: number): Promise<Attempt | 'cancelled' | 'duplicate'> {
    return this.unitOfWork.inTransaction(async (transaction) => {
      const { orders, payments } = transaction;
      const order = await orders.lockForUpdate(orderId);
      const payment = await payments.lockOfOrder(orderId);
      if (!payment) throw new OrderWithoutPayment(orderId);
      const isAwaited = order.status === 'awaiting_payment';
      if (payment.status !== 'requested') {
        // The watchdog asks again if order-worker has lost the outcome.
        if (isAwaited) publishOutcome(payment, transaction);
        return 'duplicate';
      }
      if (isAwaited) return { id: await payments.startAttempt(payment.id), payment };
      // A charge may be on its way: the reconciler asks the gateway until that is ruled out.
      if (await payments.isSettled(payment.id)) await payments.cancel(payment.id);
      return 'cancelled';
    });
  }
}

async function recordCapture(
  order: LockedOrder,
  payment: OpenPayment,
  reference: string,
  { payments, refunds, outbox }: Transaction<'payment-worker'>,
) {
  await payments.capture(payment.id, reference);
  outbox.add('payment.captured', eventOf(payment));
  if (hasEndedUnsold(order.status))
    await refunds.request({ id: payment.id, captured: payment.amount }, `order ${order.status}`);
}

async function recordDecline(
  payment: OpenPayment,
  { reason, reference }: Extract<ChargeOutcome, { type: 'declined' }>,
  { payments, outbox }: Transaction<'payment-worker'>,
) {
  await payments.fail(payment.id, reason, reference);
  outbox.add('payment.failed', { ...eventOf(payment), reason });
}

function publishOutcome(payment: OpenPayment, { outbox }: Transaction<'payment-worker'>) {
  if (payment.status === 'captured') outbox.add('payment.captured', eventOf(payment));
  if (payment.status === 'failed')
    outbox.add('payment.failed', {
      ...eventOf(payment),
      reason: payment.failure as Extract<ChargeOutcome, { type: 'declined' }>['reason'],
    });
}

const eventOf = ({ id, order_id, amount, currency }: OpenPayment) => ({
  payment_id: id,
  order_id,
  amount,
  currency,
});
