import { pruneInBatches, recordRun, UnitOfWork, type PruneRange } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const INTERVAL_MS = 60_000;

type Range = Omit<PruneRange, 'to'>;

/**
 * Deletes data that is older than the retention and not part of the stock ledger: timelines of closed orders and sent
 * mails (docs/adr/0012). Concurrent workers delete different rows.
 */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly days?: number;

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
    return this.task.stop();
  }

  /** Deletes all data that is older than the retention. Does nothing if RETENTION_DAYS is unset. */
  async prune() {
    const days = this.days;
    if (days === undefined) return;
    await recordRun(this.unitOfWork, 'timelines_and_mails', () => this.pruneOlderThan(days));
  }

  private async pruneOlderThan(days: number): Promise<number> {
    const to = await this.unitOfWork.read.retention.newestOrderIdOlderThan(days);
    if (to === undefined) return 0;
    const isStopping = () => this.task.isStopping;
    const pruneTimeline = (range: Range) =>
      this.unitOfWork.inTransaction(({ retention }) => retention.pruneTimeline(days, { ...range, to }));
    const pruneMails = (range: Range) =>
      this.unitOfWork.inTransaction(({ retention }) => retention.pruneMails(days, { ...range, to }));
    const entries = await pruneInBatches(0, pruneTimeline, isStopping);
    const mails = await pruneInBatches(0, pruneMails, isStopping);
    if (entries + mails > 0) this.logger.info({ timeline_entries: entries, notifications: mails }, 'pruned');
    return entries + mails;
  }
}
