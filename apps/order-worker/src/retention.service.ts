import { UnitOfWork, type Pruned, type Transaction } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 60_000;
const BATCH = 1_000;
/** Pause between two batches, so that pruning uses little of the database's capacity. */
const PAUSE_MS = 100;

/**
 * Deletes data that is older than the retention and not part of the stock ledger: timelines of closed orders and sent
 * mails (docs/adr/0012). Concurrent workers delete different rows.
 */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly days?: number;
  private stopping = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) { RETENTION_DAYS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.days = RETENTION_DAYS;
    this.task = new PeriodicTask('pruning', INTERVAL_MS, () => this.prune(), logger);
  }

  onApplicationBootstrap() {
    if (this.days !== undefined) this.task.start();
  }

  onModuleDestroy() {
    this.stopping = true;
    return this.task.stop();
  }

  /** Deletes all data that is older than the retention. Does nothing if RETENTION_DAYS is unset. */
  async prune() {
    const days = this.days;
    if (days === undefined) return;
    const to = await this.unitOfWork.read.retention.newestOrderIdOlderThan(days);
    if (to === undefined) return;
    const entries = await this.inBatches(({ retention }, from) =>
      retention.pruneTimeline(days, { from, to, limit: BATCH }),
    );
    const mails = await this.inBatches(({ retention }, from) =>
      retention.pruneMails(days, { from, to, limit: BATCH }),
    );
    if (entries + mails > 0) this.logger.info({ timeline_entries: entries, notifications: mails }, 'pruned');
  }

  /**
   * Runs `prune` until fewer than BATCH rows are deleted. Each batch starts at the last order of the batch before it, so
   * that it does not scan deleted rows that are not yet vacuumed.
   *
   * @returns the number of deleted rows
   */
  private async inBatches(
    prune: (transaction: Transaction, from: number) => Promise<Pruned>,
  ): Promise<number> {
    let total = 0;
    let from = 0;
    while (!this.stopping) {
      const { count, last } = await this.unitOfWork.inTransaction((transaction) => prune(transaction, from));
      total += count;
      if (count < BATCH) break;
      from = last!;
      await sleep(PAUSE_MS);
    }
    return total;
  }
}
