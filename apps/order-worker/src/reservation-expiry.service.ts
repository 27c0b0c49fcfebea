import { UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, Metrics, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Counter } from 'prom-client';

const BATCH = 100;

/**
 * Ends reservations that nobody has turned into a sale in time. It needs the database only: whatever becomes of the
 * broker, stock is given back, and the event waits in the outbox.
 */
@Injectable()
export class ReservationExpiryService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeper: PeriodicTask;
  private readonly expired: Counter;

  constructor(
    private readonly unitOfWork: UnitOfWork<'order-worker'>,
    @Inject(ENVIRONMENT) { POLL_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.expired = metrics.counter(
      'estoque_reservations_expired_total',
      'Orders cancelled because their reservation ended',
    );
    metrics.gauge('estoque_reservations_active', 'Order lines that hold stock', () =>
      unitOfWork.read.stock.countActiveReservations(),
    );
    this.sweeper = new PeriodicTask('ending reservations', POLL_INTERVAL_MS, () => this.endExpired(), logger);
  }

  onApplicationBootstrap() {
    this.sweeper.start();
  }

  onModuleDestroy() {
    return this.sweeper.stop();
  }

  async endExpired() {
    for (const id of await this.unitOfWork.read.stock.ordersWithExpiredReservations(BATCH)) {
      if (!(await this.end(id))) continue;
      this.expired.inc();
      this.logger.info({ order_id: id }, 'reservation expired');
    }
  }

  /** `reserved -> cancelled`, stock given back. @returns false where the order has gone on meanwhile */
  private end(order_id: number): Promise<boolean> {
    return this.unitOfWork.inTransaction(async ({ orders, stock, outbox }) => {
      const order = await orders.lockForUpdate(order_id);
      if (order.status !== 'reserved') return false;
      await stock.release(order);
      await orders.cancel(order_id, 'expired');
      outbox.add('order.cancelled', { order_id, items: order.items, reason: 'expired' });
      return true;
    });
  }
}
