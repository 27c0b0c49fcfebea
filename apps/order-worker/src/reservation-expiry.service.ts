import { UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, Sweeper, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const BATCH = 100;

/**
 * Ends reservations that nobody has turned into a sale in time. It needs the database only: whatever becomes of the
 * broker, stock is given back, and the event waits in the outbox.
 */
@Injectable()
export class ReservationExpiryService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeper: Sweeper;

  constructor(
    private readonly work: UnitOfWork,
    @Inject(ENVIRONMENT) { SWEEP_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.sweeper = new Sweeper('ending reservations', SWEEP_INTERVAL_MS, () => this.endExpired(), logger);
  }

  onApplicationBootstrap() {
    this.sweeper.start();
  }

  onModuleDestroy() {
    return this.sweeper.stop();
  }

  async endExpired() {
    for (const id of await this.work.read.stock.expired(BATCH)) {
      if (await this.end(id)) this.logger.info({ order_id: id }, 'reservation expired');
    }
  }

  /** `reserved -> cancelled`, stock given back. @returns false where the order has gone on meanwhile */
  private end(order_id: number): Promise<boolean> {
    return this.work.inTransaction(async ({ orders, stock, outbox }) => {
      const order = await orders.hold(order_id);
      if (order.status !== 'reserved') return false;
      await stock.release(order);
      await orders.cancel(order_id, 'expired');
      outbox.add('order.cancelled', { order_id, items: order.items, reason: 'expired' });
      return true;
    });
  }
}
