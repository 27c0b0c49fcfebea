import { recordRun, UnitOfWork } from '@estoque/domain';
import { DeadLetterJobRunner, DeadLetterJobs, DeadLetterRetention, DryRuns } from '@estoque/messaging';
import { LOGGER, PeriodicTask, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** Every api process looks for jobs to run: one that it created is started immediately. */
const JOB_INTERVAL_MS = 2_000;
const PRUNING_INTERVAL_MS = 600_000;

/** Runs the jobs that replay or discard dead letters, and deletes old dead letters and abandoned dry runs. */
@Injectable()
export class DeadLetterTasksService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly shutdown = new AbortController();
  private readonly tasks: PeriodicTask[];

  constructor(
    jobs: DeadLetterJobs,
    runner: DeadLetterJobRunner,
    retention: DeadLetterRetention,
    dryRuns: DryRuns,
    unitOfWork: UnitOfWork,
    @Inject(LOGGER) logger: Logger,
  ) {
    const { signal } = this.shutdown;
    const runJobs = new PeriodicTask(
      'dead letter jobs',
      JOB_INTERVAL_MS,
      () => runner.runAll(signal),
      logger,
    );
    const prune = async () => {
      await dryRuns.remove([]);
      const count = await recordRun(unitOfWork, 'closed_dead_letters', () => retention.prune(signal));
      if (count > 0) logger.info({ dead_letters: count }, 'pruned');
    };
    jobs.onCreated(() => runJobs.runNow());
    this.tasks = [runJobs, new PeriodicTask('pruning of dead letters', PRUNING_INTERVAL_MS, prune, logger)];
  }

  onApplicationBootstrap() {
    for (const task of this.tasks) task.start();
  }

  async onModuleDestroy() {
    this.shutdown.abort();
    await Promise.all(this.tasks.map((task) => task.stop()));
  }
}
