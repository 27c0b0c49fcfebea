import { isReadyFor, UnitOfWork, type CompletableShipment } from '@estoque/domain';
import { ENVIRONMENT, kindOf, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** Maximum number of orders that one transaction completes. */
const BATCH = 500;
/** Interval at which a search starts from the oldest shipment, and finds the orders again that were skipped. */
const FULL_SEARCH_MS = 60_000;

/**
 * Completes orders some time after their last shipment, unless they were completed or returned before. Concurrent
 * processes complete different orders.
 */
@Injectable()
export class OrderCompletionService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly afterSeconds: number;
  private position?: CompletableShipment;
  private lastFullSearch = -Infinity;

  constructor(
    private readonly unitOfWork: UnitOfWork<'order-worker'>,
    @Inject(ENVIRONMENT) { COMPLETE_AFTER_SECONDS, POLL_INTERVAL_MS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.afterSeconds = COMPLETE_AFTER_SECONDS;
    this.task = new PeriodicTask('completing orders', POLL_INTERVAL_MS, () => this.completeDue(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  /** Completes all orders that are due, except those that another process has locked. */
  async completeDue() {
    if (performance.now() - this.lastFullSearch >= FULL_SEARCH_MS) {
      this.lastFullSearch = performance.now();
      this.position = undefined;
    }
    let isLast = false;
    while (!isLast && !this.task.isStopping) {
      const { shipments } = this.unitOfWork.read;
      const due = await shipments.findCompletable(this.afterSeconds, BATCH, this.position);
      await this.completeBatch(due.map(({ order_id }) => order_id));
      this.position = due.at(-1) ?? this.position;
      isLast = due.length < BATCH;
    }
  }

  /** Completes the orders in one transaction, or one by one if that fails, so that one order affects no other. */
  private async completeBatch(ids: number[]) {
    try {
      await this.complete(ids);
    } catch (error) {
      if (kindOf(error) === 'unavailable') throw error;
      for (const id of ids) if (!this.task.isStopping) await this.completeOne(id);
    }
  }

  private async completeOne(order_id: number) {
    try {
      await this.complete([order_id]);
    } catch (error) {
      if (kindOf(error) === 'unavailable') throw error;
      this.logger.error({ err: error, order_id }, 'the shipped order was not completed');
    }
  }

  private async complete(ids: number[]) {
    if (ids.length === 0) return;
    await this.unitOfWork.inTransaction(async ({ orders, shipments, outbox }) => {
      const shipped = (await orders.lockUnlocked(ids)).filter(isReadyFor('complete'));
      const shippedIds = shipped.map(({ id }) => id);
      await orders.complete(shippedIds);
      await shipments.endCompletion(shippedIds);
      for (const { id: order_id, items } of shipped) outbox.add('order.completed', { order_id, items });
    });
  }
}
