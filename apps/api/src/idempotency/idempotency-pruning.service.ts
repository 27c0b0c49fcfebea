import { pruneInBatches, recordRun, UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const INTERVAL_MS = 60_000;

/** Deletes stored answers that are older than IDEMPOTENCY_RETENTION_HOURS. Concurrent processes delete different rows. */
@Injectable()
export class IdempotencyPruningService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly hours: number;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) { IDEMPOTENCY_RETENTION_HOURS }: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.hours = IDEMPOTENCY_RETENTION_HOURS;
    this.task = new PeriodicTask('pruning idempotency keys', INTERVAL_MS, () => this.prune(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  /** Deletes all stored answers that are older than the retention. */
  async prune() {
    const total = await recordRun(this.unitOfWork, 'idempotency_keys', () =>
      pruneInBatches(
        new Date(0),
        (range) => this.unitOfWork.inTransaction(({ idempotency }) => idempotency.prune(this.hours, range)),
        () => this.task.isStopping,
      ),
    );
    if (total > 0) this.logger.info({ idempotency_keys: total }, 'pruned');
  }
}
