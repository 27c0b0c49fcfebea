import {
  FLOW_RESOLUTIONS,
  increaseOf,
  latencyOf,
  totalsOf,
  UnitOfWork,
  type FlowResolution,
} from '@estoque/domain';
import { OutboxRelay } from '@estoque/messaging';
import { LOGGER, PeriodicTask, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FlowService } from './flow.service.js';

/**
 * Stores the history of the flow. Every api looks whether a sample is due, and one of them stores it: the counters come
 * from the reports of all processes, so an order costs nothing more.
 */
@Injectable()
export class FlowSamplerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly flow: FlowService,
    private readonly outbox: OutboxRelay,
    @Inject(LOGGER) logger: Logger,
  ) {
    const intervalMs = FLOW_RESOLUTIONS[0].seconds * 1_000;
    this.task = new PeriodicTask('sampling the flow', intervalMs, () => this.sample(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  /** Stores each sample that is due. */
  async sample() {
    for (const resolution of FLOW_RESOLUTIONS) await this.sampleIfDue(resolution);
  }

  private async sampleIfDue(resolution: FlowResolution) {
    const { flowSamples, processReports, sql } = this.unitOfWork.read;
    const due = await flowSamples.due(resolution);
    if (!due) return;
    const [reports, outbox, lengths] = await Promise.all([
      processReports.list(),
      this.outbox.measure(sql),
      this.flow.queueLengths(),
    ]);
    const totals = totalsOf(reports);
    // After a long pause, or at the first start, nobody knows when the counters grew.
    const last = due.seconds <= resolution.keptSeconds ? due.last : null;
    const sample = {
      seconds: last ? due.seconds : resolution.seconds,
      ...increaseOf(totals, last ?? totals),
      latency: latencyOf(reports),
      queues:
        lengths &&
        Object.fromEntries(Object.entries(lengths).map(([queue, length]) => [queue, length?.messages ?? 0])),
      outbox,
    };
    await this.unitOfWork.inTransaction((transaction) =>
      transaction.flowSamples.add(resolution, due.at, sample, totals),
    );
  }
}
