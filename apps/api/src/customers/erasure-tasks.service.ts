import { ErasureRunner, recordRun, UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, LOGGER, PeriodicTask, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** Every api process looks for erasures to run: one that it has accepted is started immediately. */
const INTERVAL_MS = 2_000;
const RETENTION_INTERVAL_MS = 60_000;

/** Runs the erasures of personal data: requested ones, and those of orders older than CUSTOMER_RETENTION_DAYS. */
@Injectable()
export class ErasureTasksService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly shutdown = new AbortController();
  private readonly erasures: PeriodicTask;
  private readonly retention?: PeriodicTask;

  constructor(
    runner: ErasureRunner,
    unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) { CUSTOMER_RETENTION_DAYS: days }: Environment,
    @Inject(LOGGER) logger: Logger,
  ) {
    const { signal } = this.shutdown;
    this.erasures = new PeriodicTask('erasures', INTERVAL_MS, () => runner.runAll(signal), logger);
    if (days === undefined) return;
    const eraseOld = async () => {
      const orders = await recordRun(unitOfWork, 'customers', () => runner.eraseOlderThan(days, signal));
      if (orders > 0) logger.info({ orders }, 'customers of old orders erased');
    };
    this.retention = new PeriodicTask('retention of customers', RETENTION_INTERVAL_MS, eraseOld, logger);
  }

  onApplicationBootstrap() {
    this.erasures.start();
    this.retention?.start();
  }

  async onModuleDestroy() {
    this.shutdown.abort();
    await Promise.all([this.erasures.stop(), this.retention?.stop()]);
  }

  runNow() {
    this.erasures.runNow();
  }
}
