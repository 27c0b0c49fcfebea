import { UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 60_000;
const BATCH = 1_000;
/** Pause between two batches, so that pruning uses little of the database's capacity. */
const PAUSE_MS = 100;

/** Deletes stored answers that are older than IDEMPOTENCY_RETENTION_HOURS. Concurrent processes delete different rows. */
@Injectable()
export class IdempotencyPruningService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly hours: number;
  private stopping = false;

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
    this.stopping = true;
    return this.task.stop();
  }

  /** Deletes all stored answers that are older than the retention, in batches. */
  async prune() {
    let total = 0;
    // Each batch starts where the previous one ended: a scan from the start would read rows that are not vacuumed yet.
    let from = new Date(0);
    while (!this.stopping) {
      const { count, last } = await this.unitOfWork.inTransaction(({ idempotency }) =>
        idempotency.prune(this.hours, { from, limit: BATCH }),
      );
      total += count;
      if (count < BATCH) break;
      from = last!;
      await sleep(PAUSE_MS);
    }
    if (total > 0) this.logger.info({ idempotency_keys: total }, 'pruned');
  }
}
