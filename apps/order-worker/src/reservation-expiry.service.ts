import { hasReservedStock, UnitOfWork, type ExpiryPosition } from '@estoque/domain';
import {
  ENVIRONMENT,
  HealthChecks,
  isLockTimeout,
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
  /**
   * `never` after a lock timeout, until the next full search: while a transaction waits for the stock of one product, it
   * has locked the stock of others, whose orders then wait as well.
   */
  private waitForStock: 'briefly' | 'never' = 'briefly';
  /** Orders that could not be cancelled since the last full search began. */
  private readonly failed = new Set<number>();

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
      sampled(() => unitOfWork.read.activeReservations.count(MAX_RESERVATIONS_COUNTED)),
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
    return this.task.stop();
  }

  /** Cancels all orders with expired reservations, except those that another process has locked. */
  async expireReservations() {
    if (performance.now() - this.lastFullSearch >= FULL_SEARCH_MS) {
      this.lastFullSearch = performance.now();
      this.position = undefined;
      this.waitForStock = 'briefly';
      this.failed.clear();
    }
    let isLast = false;
    while (!isLast && !this.task.isStopping) {
      const found = await this.unitOfWork.read.activeReservations.findExpired(BATCH, this.position);
      await this.expireBatch(found.orders);
      this.position = found.next;
      isLast = found.isLast;
    }
  }

  /**
   * Cancels the orders in one transaction, or one by one if that fails, so that one order affects no other. Orders with
   * locked stock are skipped if the transaction would wait for it too long. A lock timeout after that is caused by a lock
   * that skipping does not find, for example on a reservation.
   */
  private async expireBatch(ids: number[]): Promise<void> {
    try {
      await this.expire(ids, this.waitForStock);
    } catch (error) {
      if (isLockTimeout(error) && this.waitForStock === 'briefly') {
        this.waitForStock = 'never';
        return this.expireBatch(ids);
      }
      if (isOutage(error)) throw error;
      for (const id of ids) if (!this.task.isStopping) await this.expireOne(id);
    }
  }

  private async expireOne(order_id: number) {
    try {
      await this.expire([order_id], 'never');
    } catch (error) {
      if (isOutage(error)) throw error;
      this.failed.add(order_id);
      this.logger.error({ err: error, order_id }, 'the order with an expired reservation was not cancelled');
    }
  }

  /** Locks orders before stock, as the handlers of messages do. */
  private async expire(ids: number[], wait: 'briefly' | 'never') {
    if (ids.length === 0) return;
    const cancelled = await this.unitOfWork.inTransaction(async ({ orders, reservations, outbox }) => {
      const locked = await orders.lockUnlocked(ids);
      // The status of others has changed since their reservations were found expired.
      const reserved = locked.filter(({ status }) => hasReservedStock(status));
      const releasable = await reservations.lockForRelease(reserved, wait);
      await reservations.release(releasable, 'expired');
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

/** A lock timeout concerns the rows that the transaction needs, and not the database. */
const isOutage = (error: unknown) => kindOf(error) === 'unavailable' && !isLockTimeout(error);
