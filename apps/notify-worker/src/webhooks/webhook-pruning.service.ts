import { pruneInBatches, recordRun, UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const INTERVAL_MS = 60_000;

/** Deletes old events of webhooks with their deliveries. Concurrent processes delete different rows. */
@Injectable()
export class WebhookPruningService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  private readonly days: number;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) { WEBHOOK_RETENTION_DAYS }: Environment,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.days = WEBHOOK_RETENTION_DAYS;
    this.task = new PeriodicTask('pruning webhooks', INTERVAL_MS, () => this.prune(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  async prune() {
    await recordRun(this.unitOfWork, 'webhook_events', () =>
      pruneInBatches(
        0,
        (range) =>
          this.unitOfWork.inTransaction(({ webhookDeliveries }) => webhookDeliveries.prune(this.days, range)),
        () => this.task.isStopping,
      ),
    );
  }
}
