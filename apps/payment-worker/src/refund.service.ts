import {
  refundOrderOf,
  UnitOfWork,
  type DueRefund,
  type PaymentGateway,
  type RefundOutcome,
} from '@estoque/domain';
import {
  ENVIRONMENT,
  LOGGER,
  Metrics,
  PeriodicTask,
  sampled,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { PAYMENT_GATEWAY } from './gateways/gateway.provider.js';

const { queue: QUEUE } = appManifest('payment-worker');

/** Refunds that one run makes at the same time. */
const BATCH = 10;
const MAX_COUNTED = 10_000;

/**
 * Makes the refunds that any app has requested. Without a clear answer of the gateway, a refund is made again
 * with the same idempotency key, so the money goes back once.
 */
@Injectable()
export class RefundService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly unitOfWork: UnitOfWork<'payment-worker'>,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(ENVIRONMENT) { POLL_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Metrics) metrics: Pick<Metrics, 'gauge'>,
  ) {
    this.task = new PeriodicTask('making refunds', POLL_INTERVAL_MS, () => this.makeDue(), logger);
    metrics.gauge(
      'estoque_refunds_failed',
      `Refunds that the payment gateway refused, counted up to ${MAX_COUNTED}`,
      sampled(() => unitOfWork.read.refunds.countFailed(MAX_COUNTED)),
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  /**
   * Requests the refund of all that was captured for a cancelled order, and confirms the event. If the charge is still on
   * its way, the money is refunded when the capture is recorded.
   *
   * @returns `duplicate` if an earlier delivery was handled, or if the order has no payment
   */
  async refundCancelled(orderId: number): Promise<'refund_requested' | 'confirmed' | 'duplicate'> {
    const outcome = await this.unitOfWork.inTransaction(async ({ orders, payments, refunds }) => {
      const confirmed = await orders.confirm({ event: 'order.cancelled' }, QUEUE, [orderId]);
      if (!confirmed.has(orderId)) return 'duplicate';
      const payment = await payments.lockOfOrder(orderId);
      if (payment?.status !== 'captured') return 'confirmed';
      const isRequested = await refunds.request(payment, 'order cancelled');
      return isRequested ? 'refund_requested' : 'confirmed';
    });
    if (outcome === 'refund_requested') this.task.runNow();
    return outcome;
  }

  private async makeDue() {
    while (!this.task.isStopping) {
      const due = await this.unitOfWork.inTransaction(({ refunds }) => refunds.claimDue(BATCH));
      await Promise.all(due.map((refund) => this.make(refund)));
      if (due.length < BATCH) return;
    }
  }

  /** A refund that fails is due again later, and affects no other. */
  private async make(refund: DueRefund) {
    const { id: refund_id, payment } = refund;
    try {
      const outcome = await this.gateway.refund(refundOrderOf(refund));
      await this.record(refund, outcome);
      if (outcome.type === 'refused')
        this.logger.error(
          { refund_id, order_id: payment.order_id, reason: outcome.detail },
          'the payment gateway refused a refund',
        );
    } catch (error) {
      this.logger.error({ err: error, refund_id, order_id: payment.order_id }, 'the refund was not made');
    }
  }

  private async record({ id, amount, payment }: DueRefund, outcome: RefundOutcome) {
    await this.unitOfWork.inTransaction(async ({ refunds, outbox }) => {
      if (outcome.type === 'unknown') return refunds.noteUnknown(id, outcome.detail);
      if (outcome.type === 'refused') return refunds.fail(id, outcome.detail);
      if (!(await refunds.succeed(id))) return;
      const { id: payment_id, order_id, currency } = payment;
      outbox.add('payment.refunded', { order_id, payment_id, refund_id: id, amount, currency });
    });
  }
}
