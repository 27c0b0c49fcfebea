import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsOptionalNotNull } from '../http/fields.decorators.js';
import { OutboxDto } from './operations.dto.js';

export const QUEUE_KINDS = ['work', 'retry', 'dead_letter', 'unrouted'] as const;
export const PROCESS_STATES = [
  'serving',
  'connecting',
  'isolated',
  'consuming',
  'circuit_open',
  'draining',
  'closed',
] as const;
export const FLOW_PROBLEM_CODES = [
  'broker_unavailable',
  'queue_missing',
  'queue_without_consumer',
  'queue_waiting',
  'process_silent',
  'process_connecting',
  'process_isolated',
  'circuit_open',
  'outbox_lag',
  'dead_letters_open',
] as const;

/** The periods of the charts. */
export const FLOW_PERIODS = ['15m', '24h'] as const;
export type FlowPeriod = (typeof FLOW_PERIODS)[number];

export class FlowQueueDto {
  /** @example "order_queue" */
  name!: string;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  @IsIn(QUEUE_KINDS)
  kind!: (typeof QUEUE_KINDS)[number];
  /** App that consumes it; null unless it is a work queue. @example "order-worker" */
  app!: string | null;
  /** Events that are bound to it. @example ["order.created", "payment.captured"] */
  events!: string[];
  /** Messages that are ready to be delivered. Null if the broker is unavailable or the queue does not exist. @example 0 */
  messages!: number | null;
  /** Null as for `messages`. @example 2 */
  consumers!: number | null;
  /** Messages that were delivered and are being handled, according to the processes. @example 12 */
  in_flight!: number;
  /** Messages a second that the system published to the queue, or returned to it for a retry. Null if it is not known. @example 41.5 */
  rate_in!: number | null;
  /** Messages a second that left the queue. Null if it is not known. @example 41.5 */
  rate_out!: number | null;
  /** Age of the oldest event that the consumer of the queue has not handled, according to the orders. Null if the queue is empty, for other queues than work queues, and if only messages wait that no order waits for. @example 0.2 */
  oldest_message_seconds!: number | null;
}

export class FlowEventDto {
  /** @example "order.created" */
  event!: string;
  /** Messages that were handled since the start of the process. @example 1200 */
  done!: number;
  /** Messages that return for another attempt. @example 3 */
  retried!: number;
  /** @example 0 */
  dead_lettered!: number;
  /** Messages that return without using up an attempt, because a dependency was unavailable. @example 0 */
  requeued!: number;
  /** Median time from delivery to settlement within the last minute. Null if there was no message. @example 14.2 */
  p50_ms!: number | null;
  /** @example 31.7 */
  p95_ms!: number | null;
}

export class FlowProcessDto {
  /** Unique for each start of a process. @example "order-worker-1f0c2a9e@order-worker-7d4b9" */
  instance!: string;
  /** @example "order-worker" */
  app!: string;
  /** @example "1.4.0" */
  version!: string;
  @IsIn(PROCESS_STATES)
  state!: (typeof PROCESS_STATES)[number];
  /** Whether no report has arrived for 20 seconds: the process has most likely ended without a shutdown. @example false */
  is_silent!: boolean;
  /** @example "2026-01-15T12:00:00.000Z" */
  started_at!: string;
  /** @example "2026-01-15T12:30:00.000Z" */
  reported_at!: string;
  /** Queue that it consumes; null for an api. @example "order_queue" */
  queue!: string | null;
  /** Messages that it handles at the moment. @example 12 */
  in_flight!: number;
  events!: FlowEventDto[];
}

export class FlowProblemDto {
  @IsIn(FLOW_PROBLEM_CODES)
  code!: (typeof FLOW_PROBLEM_CODES)[number];
  /** Queue, process or part of the system that has the problem. @example "order_queue" */
  subject!: string;
  /** @example "12 messages wait, and no process consumes the queue." */
  detail!: string;
  /** Chapter of docs/operations.md with the next step. @example "estoqueconsumerdown" */
  runbook!: string;
}

export class FlowDto {
  /** @example "2026-01-15T12:30:02.000Z" */
  at!: string;
  /** Work queues, retry queues by delay, then the queues for dead letters and for events that no queue is bound for. */
  queues!: FlowQueueDto[];
  processes!: FlowProcessDto[];
  outbox!: OutboxDto;
  /** Dead letters that are neither replayed nor discarded. @example 0 */
  open_dead_letters!: number;
  /** Most serious first. */
  problems!: FlowProblemDto[];
}

export class FlowHistoryQuery {
  /** Default: `15m`. @example "15m" */
  @IsOptionalNotNull()
  @IsIn(FLOW_PERIODS)
  period?: FlowPeriod;
}

const COUNTS = (example: Record<string, number>) => ({
  type: 'object' as const,
  additionalProperties: { type: 'integer' as const, minimum: 0 },
  example,
});

export class FlowLatencyDto {
  /** @example "order.created" */
  event!: string;
  /** @example 14.2 */
  p50_ms!: number;
  /** @example 31.7 */
  p95_ms!: number;
}

export class FlowSampleDto {
  /** End of the interval. @example "2026-01-15T12:30:00.000Z" */
  at!: string;
  /** Duration of the interval. @example 10 */
  seconds!: number;
  /** Orders that entered each status within the interval; a status without orders is left out. */
  @ApiProperty(COUNTS({ pending: 420, processed: 415, rejected: 5 }))
  orders!: Record<string, number>;
  /** Events that were published within the interval. */
  @ApiProperty(COUNTS({ 'order.created': 420, 'stock.reserve': 418 }))
  published!: Record<string, number>;
  /** Handling times within the last minute, of the slowest process. */
  latency!: FlowLatencyDto[];
  /** Messages in each queue at the end of the interval. Null if the broker was unavailable. */
  @ApiProperty({ ...COUNTS({ order_queue: 0, stock_queue: 3 }), nullable: true })
  queues!: Record<string, number> | null;
  outbox!: OutboxDto;
}

export class FlowHistoryDto {
  @IsIn(FLOW_PERIODS)
  period!: FlowPeriod;
  /** Time between two samples. @example 10 */
  step_seconds!: number;
  /** Oldest first. */
  samples!: FlowSampleDto[];
}
