import { hasReservedStock, UnitOfWork, type ExpiryPosition } from '@estoque/domain';
import {
  ENVIRONMENT,
  HealthChecks,
  kindOf,
  LOGGER,
  Metrics,
  PeriodicTask,
  sampled,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Counter } from 'prom-client';

/** Maximum number of reservations that one transaction releases. */
const BATCH = 500;
/** Interval at which a search starts from the earliest expiry, and finds the orders again that were skipped. */
const FULL_SEARCH_MS = 60_000;
const MAX_RESERVATIONS_COUNTED = 100_000;
/** SQLSTATE lock_not_available. */
const LOCK_TIMEOUT = '55P03';

/**
 * Cancels orders whose reservations have expired and makes their stock available again. It depends on the database
 * only. During an outage of the broker the event waits in the outbox. Concurrent processes release different orders.
 */
@Injectable()
export class ReservationExpiryService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly expired: Counter;
  private position?: ExpiryPosition;
  private lastFullSearch = -Infinity;
  /** Orders that could not be cancelled since the last full search began. */
  private readonly failed = new Set<number>();
  private stopping = false;

  constructor(
    private readonly unitOfWork: UnitOfWork<'order-worker'>,
    @Inject(ENVIRONMENT) { POLL_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthChecks,
    metrics: Metrics,
  ) {
    this.expired = metrics.counter(
      'estoque_orders_expired_total',
      'Orders cancelled because their reservation expired',
    );
    metrics.gauge(
      'estoque_reservations_active',
      `Active reservations, one for each order line, counted up to ${MAX_RESERVATIONS_COUNTED}`,
      sampled(() => unitOfWork.read.stock.countActiveReservations(MAX_RESERVATIONS_COUNTED)),
    );
    metrics.gauge(
      'estoque_orders_failed_to_expire',
      'Orders that could not be cancelled in the last minute although their reservation expired',
      () => this.failed.size,
    );
    health.add('expiry', () =>
      this.failed.size > 0 ? `orders that could not be cancelled: ${this.failed.size}` : undefined,
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
    this.stopping = true;
    return this.task.stop();
  }

  /** Cancels all orders with expired reservations, except those that another process has locked. */
  async expireReservations() {
    if (performance.now() - this.lastFullSearch >= FULL_SEARCH_MS) {
      this.lastFullSearch = performance.now();
      this.position = undefined;
      this.failed.clear();
    }
    let isLast = false;
    while (!isLast && !this.stopping) {
      const found = await this.unitOfWork.read.stock.findExpired(BATCH, this.position);
      await this.expireBatch(found.orders);
      this.position = found.next;
      isLast = found.isLast;
    }
  }

  /** Cancels the orders in one transaction, or one by one if that fails, so that one order affects no other. */
  private async expireBatch(ids: number[]) {
    try {
      await this.expire(ids, 'briefly');
    } catch (error) {
      if ((error as { code?: string }).code === LOCK_TIMEOUT) return this.expire(ids, 'never');
      if (kindOf(error) === 'unavailable') throw error;
      for (const id of ids) await this.expireOne(id);
    }
  }

  private async expireOne(order_id: number) {
    try {
      await this.expire([order_id], 'never');
    } catch (error) {
      if (kindOf(error) === 'unavailable') throw error;
      this.failed.add(order_id);
      this.logger.error({ err: error, order_id }, 'the order with an expired reservation was not cancelled');
    }
  }

  /** Locks orders before stock, as the handlers of messages do. */
  private async expire(ids: number[], wait: 'briefly' | 'never') {
    if (ids.length === 0) return;
    const cancelled = await this.unitOfWork.inTransaction(async ({ orders, stock, outbox }) => {
      const locked = await orders.lockUnlocked(ids);
      // The status of others has changed since their reservations were found expired.
      const reserved = locked.filter(({ status }) => hasReservedStock(status));
      const releasable = await stock.lockForRelease(reserved, wait);
      await stock.release(releasable, 'expired');
      await orders.cancelAll(
        releasable.map(({ id }) => id),
        'expired',
      );
      for (const { id: order_id, items } of releasable)
        outbox.add('order.cancelled', { order_id, items, reason: 'expired' });
      return releasable;
    });
    this.expired.inc(cancelled.length);
    for (const { id: order_id } of cancelled) this.logger.info({ order_id }, 'reservation expired');
  }
}
