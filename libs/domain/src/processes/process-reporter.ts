import { MonitorClient } from '@estoque/database';
import { EventTransport } from '@estoque/messaging';
import {
  ENVIRONMENT,
  HealthChecks,
  LOGGER,
  Metrics,
  PeriodicTask,
  type Environment,
  type Logger,
} from '@estoque/platform';
import {
  Inject,
  Injectable,
  Optional,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ProcessReportRepository, type ProcessState } from './process-report.repository.js';
import { ThisProcess } from './this-process.js';

/** Time between two reports of a process. */
export const REPORT_INTERVAL_MS = 5_000;

/**
 * Reports every 5 s what this process does. It uses the connection for health probes, so that no order waits for it, and
 * reports of a busy process do not wait for orders. A report that fails is left out: the next one replaces it anyway.
 */
@Injectable()
export class ProcessReporter implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly reports: ProcessReportRepository;
  private readonly task: PeriodicTask;
  private isRegistered = false;
  private isStopping = false;

  constructor(
    monitor: MonitorClient,
    private readonly process: ThisProcess,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly health: HealthChecks,
    @Optional() private readonly transport?: EventTransport,
  ) {
    this.reports = new ProcessReportRepository(monitor);
    this.task = new PeriodicTask('reporting', REPORT_INTERVAL_MS, () => this.report(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
    this.task.runNow();
  }

  /** Reports that the process drains: finishing its messages may take long. */
  async onModuleDestroy() {
    this.isStopping = true;
    await this.task.stop();
    await this.report();
  }

  /** Runs when the messages in flight are settled. */
  async onApplicationShutdown() {
    await this.ignoringFailures(this.reports.remove(this.process.instance));
  }

  private async report() {
    const { id, instance, app, startedAt: started_at } = this.process;
    const process = { instance, app, version: this.environment.VERSION, started_at };
    const report = await this.state();
    if (!this.isRegistered)
      await this.ignoringFailures(
        this.reports.register({ id, ...process }).then(() => void (this.isRegistered = true)),
      );
    await this.ignoringFailures(this.reports.save({ ...process, report }));
  }

  private async state(): Promise<ProcessState> {
    const consumer = this.transport?.report;
    const isDraining = this.isStopping || 'process' in this.health.refusalReasons;
    return {
      state: isDraining ? 'draining' : (consumer?.state ?? 'serving'),
      consumer,
      orders: await this.metrics.totals('estoque_orders_total'),
      published: await this.metrics.totals('estoque_events_published_total'),
    };
  }

  /** The health probe reports an outage of the database. */
  private async ignoringFailures(statement: Promise<void>) {
    await statement.catch((error: Error) => this.logger.debug({ reason: error.message }, 'not reported'));
  }
}
