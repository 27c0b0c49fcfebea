import { chargeOf, UnitOfWork, type OpenPayment, type PaymentGateway } from '@estoque/domain';
import {
  ENVIRONMENT,
  kindOf,
  LOGGER,
  Metrics,
  PeriodicTask,
  sampled,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PAYMENT_GATEWAY } from './gateways/gateway.provider.js';
import { PaymentService } from './payment.service.js';

/** Payments that one run checks at the same time. */
const BATCH = 10;
const OVERDUE_SECONDS = 300;
const MAX_COUNTED = 10_000;

/**
 * Asks the gateway for payments without an outcome: those whose answer was lost, whose process crashed, or that the gateway
 * decides later. The record follows the gateway, so it does not matter whether a webhook arrives once, twice or never.
 */
@Injectable()
export class ReconciliationService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly unitOfWork: UnitOfWork<'payment-worker'>,
    private readonly payments: PaymentService,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(ENVIRONMENT) { POLL_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.task = new PeriodicTask('checking payments', POLL_INTERVAL_MS, () => this.checkDue(), logger);
    metrics.gauge(
      'estoque_payments_without_outcome',
      `Payments that have had no outcome for ${OVERDUE_SECONDS} s, counted up to ${MAX_COUNTED}`,
      sampled(() => unitOfWork.read.payments.countWithoutOutcome(OVERDUE_SECONDS, MAX_COUNTED)),
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  async checkDue() {
    while (!this.task.isStopping) {
      const due = await this.unitOfWork.inTransaction(({ payments }) => payments.claimDue(BATCH));
      await Promise.all(due.map((payment) => this.check(payment)));
      if (due.length < BATCH) return;
    }
  }

  /** A payment that cannot be checked is due again later, and affects no other. */
  private async check(payment: OpenPayment) {
    const { order_id } = payment;
    try {
      const outcome = await this.gateway.findByIdempotencyKey(chargeOf(payment));
      if (outcome) await this.payments.record(order_id, outcome);
      else await this.payments.charge(order_id);
    } catch (error) {
      if (kindOf(error) === 'unavailable')
        this.logger.warn({ order_id, reason: (error as Error).message }, 'the payment was not checked');
      else this.logger.error({ err: error, order_id }, 'checking the payment failed');
    }
  }
}
