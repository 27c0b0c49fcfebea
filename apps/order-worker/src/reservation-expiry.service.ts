import { hasReservedStock, UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, Metrics, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Counter } from 'prom-client';

const BATCH = 100;

/**
 * Cancels orders whose reservations have expired and makes their stock available again. It depends on the database
 * only. During an outage of the broker the event waits in the outbox.
 */
@Injectable()
export class ReservationExpiryService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly expired: Counter;

  constructor(
    private readonly unitOfWork: UnitOfWork<'order-worker'>,
    @Inject(ENVIRONMENT) { POLL_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.expired = metrics.counter(
      'estoque_orders_expired_total',
      'Orders cancelled because their reservation expired',
    );
    metrics.gauge('estoque_reservations_active', 'Active reservations, one for each order line', () =>
      unitOfWork.read.stock.countActiveReservations(),
    );
    this.task = new PeriodicTask(
      'expiring reservations',
      POLL_INTERVAL_MS,
      () => this.expireReservations(),
      logger,
    );
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  /** Cancels the orders of one batch, each in a transaction of its own. */
  async expireReservations() {
    for (const id of await this.unitOfWork.read.stock.ordersWithExpiredReservations(BATCH)) {
      if (!(await this.expire(id))) continue;
      this.expired.inc();
      this.logger.info({ order_id: id }, 'reservation expired');
    }
  }

  /** @returns false if the order's status has changed since its reservations were found expired */
  private expire(order_id: number): Promise<boolean> {
    return this.unitOfWork.inTransaction(async ({ orders, stock, outbox }) => {
      const order = await orders.lockForUpdate(order_id);
      if (!hasReservedStock(order.status)) return false;
      await stock.release(order, 'expired');
      await orders.cancel(order_id, 'expired');
      outbox.add('order.cancelled', { order_id, items: order.items, reason: 'expired' });
      return true;
    });
  }
}
