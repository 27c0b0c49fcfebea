import { UnitOfWork, type OrderStatus, type OverdueOrder, type Transaction } from '@estoque/domain';
import {
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Metrics,
  PeriodicTask,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const BATCH = 100;
const MAX_COUNTED = 1_000;

/** The event that brings an order on from its state; for a final one, the event that tells the customer. */
const EVENT_OF = {
  pending: 'order.created',
  reserved: 'stock.reserve',
  processed: 'order.processed',
  rejected: 'order.rejected',
  cancelled: 'order.cancelled',
} as const satisfies Record<OrderStatus, string>;

/**
 * Watches for orders that stay too long where they are, and publishes the event of their state again, which does
 * nothing twice (docs/adr/0001). Where that doesn't help, it says so.
 */
@Injectable()
export class WatchdogService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeper: PeriodicTask;
  private stuck = 0;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthChecks,
    metrics: Metrics,
  ) {
    const { POLL_INTERVAL_MS } = environment;
    this.sweeper = new PeriodicTask('watching over orders', POLL_INTERVAL_MS, () => this.watch(), logger);
    health.add('orders', () => (this.stuck > 0 ? `${this.stuck} are stuck` : undefined));
    metrics.gauge('estoque_orders_stuck', 'Orders that nudging has not helped', () => this.stuck);
    metrics.gauge(
      'estoque_orders_open',
      'Orders that are on their way',
      () => unitOfWork.read.openOrders.countOpen(),
      'status',
    );
  }

  onApplicationBootstrap() {
    this.sweeper.start();
  }

  onModuleDestroy() {
    return this.sweeper.stop();
  }

  private async watch() {
    const { STUCK_AFTER_SECONDS: limits } = this.environment;
    const nudged = await this.unitOfWork.inTransaction(async (transaction) => {
      const overdue = await transaction.openOrders.claimOverdue(limits, BATCH);
      for (const order of overdue) await this.republish(order, transaction);
      return overdue;
    });
    for (const { id, status, republish_count: republish_count } of nudged)
      this.logger.warn({ order_id: id, status, republish_count }, 'event republished by the watchdog');
    this.stuck = (await this.unitOfWork.read.openOrders.stuck(MAX_COUNTED)).length;
  }

  private async republish(order: OverdueOrder, { orders, outbox }: Transaction) {
    const items = await orders.items(order.id);
    // What an event doesn't hold is left out by its definition.
    const payload = { order_id: order.id, items, reasons: order.rejection!, reason: order.cancellation! };
    outbox.add(EVENT_OF[order.status], payload);
  }
}
