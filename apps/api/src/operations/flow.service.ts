import {
  catalogue,
  EXCHANGE,
  FLOW_RESOLUTIONS,
  UnitOfWork,
  type FlowSample,
  type ProcessReport,
  type StoredFlowSample,
} from '@estoque/domain';
import {
  DEAD_LETTER_QUEUE,
  DeadLetters,
  OutboxRelay,
  Publisher,
  QueueLengths,
  topologyOf,
  UNROUTED_QUEUE,
  type QueueLength,
} from '@estoque/messaging';
import { sampled } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import { WORKERS } from '../../../manifest.js';
import { problemsOf } from './flow-problems.js';
import type {
  FlowDto,
  FlowHistoryDto,
  FlowPeriod,
  FlowProcessDto,
  FlowQueueDto,
  FlowSampleDto,
} from './flow.dto.js';

/** Four reports are missing. */
const SILENT_AFTER_SECONDS = 20;
const PERIODS: Record<FlowPeriod, { seconds: number; resolution: (typeof FLOW_RESOLUTIONS)[number] }> = {
  '15m': { seconds: 900, resolution: FLOW_RESOLUTIONS[0] },
  '24h': { seconds: 86_400, resolution: FLOW_RESOLUTIONS[1] },
};

const topology = topologyOf(EXCHANGE, catalogue);

type Lengths = Record<string, QueueLength | null> | null;

/** Shows how messages move through the system. */
@Injectable()
export class FlowService {
  private readonly lengths: QueueLengths;
  /** However many callers watch, the system is measured every two seconds at most. */
  private readonly measureSampled = sampled(() => this.measure());

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: OutboxRelay,
    private readonly deadLetters: DeadLetters,
    publisher: Publisher,
  ) {
    this.lengths = new QueueLengths(publisher, topology.queues);
  }

  current(): Promise<FlowDto> {
    return this.measureSampled();
  }

  async history(period: FlowPeriod): Promise<FlowHistoryDto> {
    const { seconds, resolution } = PERIODS[period];
    const samples = await this.unitOfWork.read.flowSamples.list(resolution, seconds);
    return { period, step_seconds: resolution.seconds, samples: samples.map(toSampleDto) };
  }

  /** @returns null while the broker is unavailable */
  queueLengths(): Promise<Lengths> {
    return this.lengths.read().catch(() => null);
  }

  private async measure(): Promise<FlowDto> {
    const { processReports, flowSamples, openOrders, sql } = this.unitOfWork.read;
    const [reports, latest, outbox, open_dead_letters, lengths, ages] = await Promise.all([
      processReports.list(),
      flowSamples.latest(),
      this.outbox.measure(sql),
      this.deadLetters.within(sql).countOpen(),
      this.queueLengths(),
      openOrders.oldestUnhandled(),
    ]);
    const processes = reports.map(toProcessDto);
    const queues = topology.queues.map(({ name }) =>
      toQueueDto(name, lengths, reports, ages, latest?.sample),
    );
    const flow = { queues, processes, outbox, open_dead_letters };
    return { at: new Date().toISOString(), ...flow, problems: problemsOf(flow) };
  }
}

const isSilent = ({ age_seconds }: ProcessReport) => age_seconds > SILENT_AFTER_SECONDS;

function toProcessDto(reported: ProcessReport): FlowProcessDto {
  const { instance, app, version, started_at, reported_at, report } = reported;
  return {
    instance,
    app,
    version,
    state: report.state,
    is_silent: isSilent(reported),
    started_at: started_at.toISOString(),
    reported_at: reported_at.toISOString(),
    queue: report.consumer?.queue ?? null,
    in_flight: report.consumer?.in_flight ?? 0,
    events: Object.entries(report.consumer?.events ?? {}).map(([event, handling]) => ({
      event,
      ...handling,
    })),
  };
}

function kindOf(queue: string): FlowQueueDto['kind'] {
  if (Object.hasOwn(topology.workQueues, queue)) return 'work';
  if (queue === DEAD_LETTER_QUEUE) return 'dead_letter';
  return queue === UNROUTED_QUEUE ? 'unrouted' : 'retry';
}

function toQueueDto(
  name: string,
  lengths: Lengths,
  reports: ProcessReport[],
  ages: Map<string, number>,
  sample: FlowSample | undefined,
): FlowQueueDto {
  const events = topology.workQueues[name] ?? [];
  const kind = kindOf(name);
  const length = lengths?.[name] ?? null;
  const consumers = reports
    .filter((reported) => reported.report.consumer?.queue === name && !isSilent(reported))
    .map(({ report }) => report.consumer!);
  const in_flight = consumers.reduce((total, consumer) => total + consumer.in_flight, 0);
  const age = ages.get(name);
  const hasRates = kind === 'work' && sample !== undefined;
  return {
    name,
    kind,
    app: WORKERS.find(({ queue }) => queue === name)?.name ?? null,
    events,
    messages: length?.messages ?? null,
    consumers: length?.consumers ?? null,
    in_flight,
    rate_in: hasRates
      ? perSecond(
          events.reduce((total, event) => total + (sample.published[event] ?? 0), sample.returned[name] ?? 0),
          sample,
        )
      : null,
    rate_out: hasRates ? perSecond(sample.settled[name] ?? 0, sample) : null,
    oldest_message_seconds:
      length && length.messages + in_flight > 0 && age !== undefined ? Math.round(age * 10) / 10 : null,
  };
}

const perSecond = (count: number, { seconds }: FlowSample) => Math.round((count / seconds) * 10) / 10;

const toSampleDto = ({ at, sample }: StoredFlowSample): FlowSampleDto => ({
  at: at.toISOString(),
  seconds: sample.seconds,
  orders: sample.orders,
  published: sample.published,
  latency: Object.entries(sample.latency).map(([event, latency]) => ({ event, ...latency })),
  queues: sample.queues,
  outbox: sample.outbox,
});
