import { pruneInBatches, recordRun, UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const INTERVAL_MS = 600_000;

/** Deletes entries of the audit log that are older than AUDIT_LOG_RETENTION_DAYS. */
@Injectable()
export class AuditLogPruningService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly days: number;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) { AUDIT_LOG_RETENTION_DAYS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.days = AUDIT_LOG_RETENTION_DAYS;
    this.task = new PeriodicTask('pruning the audit log', INTERVAL_MS, () => this.prune(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  /** Deletes all entries that are older than the retention. */
  async prune() {
    const total = await recordRun(this.unitOfWork, 'audit_log', () =>
      pruneInBatches(
        new Date(0),
        (range) => this.unitOfWork.inTransaction(({ auditLog }) => auditLog.prune(this.days, range)),
        () => this.task.isStopping,
      ),
    );
    if (total > 0) this.logger.info({ audit_log: total }, 'pruned');
  }
}
