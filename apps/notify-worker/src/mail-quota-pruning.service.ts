import { pruneInBatches, UnitOfWork } from '@estoque/domain';
import { LOGGER, PeriodicTask, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const INTERVAL_MS = 60_000;

/** Deletes the quotas of recipients who have got no mail for an hour. Concurrent processes delete different rows. */
@Injectable()
export class MailQuotaPruningService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.task = new PeriodicTask('pruning mail quotas', INTERVAL_MS, () => this.prune(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  async prune() {
    await pruneInBatches(
      new Date(0),
      (range) => this.unitOfWork.inTransaction(({ mailQuotas }) => mailQuotas.prune(range)),
      () => this.task.isStopping,
    );
  }
}
