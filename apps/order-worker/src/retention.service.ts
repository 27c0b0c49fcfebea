import { UnitOfWork, type Pruned, type Transaction } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 60_000;
const BATCH = 1_000;
/** Between two batches, so that those who take orders have the database to themselves most of the time. */
const PAUSE_MS = 100;

/**
 * Deletes what only grows and is in no book: timelines of orders closed long ago, and mails sent long ago
 * (docs/adr/0012). Several workers share the work.
 */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sweeper: PeriodicTask;
  private readonly days?: number;
  private stopping = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) { RETENTION_DAYS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.days = RETENTION_DAYS;
    this.sweeper = new PeriodicTask('pruning', LOOK_EVERY_MS, () => this.prune(), logger);
  }

  onApplicationBootstrap() {
    if (this.days !== undefined) this.sweeper.start();
  }

  onModuleDestroy() {
    this.stopping = true;
    return this.sweeper.stop();
  }

  /** Deletes all that is older than the retention; nothing where there is none. */
  async prune() {
    const days = this.days;
    if (days === undefined) return;
    const to = await this.unitOfWork.read.retention.lastPlacedBefore(days);
    if (to === undefined) return;
    const entries = await this.inBatches(({ retention }, from) =>
      retention.pruneTimeline(days, { from, to, limit: BATCH }),
    );
    const mails = await this.inBatches(({ retention }, from) =>
      retention.pruneMails(days, { from, to, limit: BATCH }),
    );
    if (entries + mails > 0) this.logger.info({ timeline_entries: entries, notifications: mails }, 'pruned');
  }

  /** Each batch begins where the last one ended: before that lie deleted rows that are not yet vacuumed. @returns how many rows */
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
