import { AppError, failSpan, inSpan, kindOf, type Logger, type Metrics } from '@estoque/platform';
import { trace } from '@opentelemetry/api';
import type { ConsumeMessage } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Histogram } from 'prom-client';
import {
  correlationOf,
  decodeEvent,
  MAX_BODY_BYTES,
  type DecodedEvent,
  type EventCatalogue,
} from '../contract/event.js';
import type { Acknowledgements } from './acknowledgements.js';
import { attemptOf, previousDeliveriesOf, decideFailure, requeueOptions } from './failure-policy.js';
import { CircuitBreaker, type Outcome } from './circuit-breaker.js';
import { processSpan } from './message.spans.js';
import type { Publisher } from './publisher.js';
import type { Topology } from './topology.js';

const OUTAGE_WAIT_MS = { first: 250, most: 5_000 };
/** The broker takes back what isn't acknowledged within half an hour, and counts that against the message. */
const MAX_HELD_MS = 600_000;
/**
 * Deliveries after which a message is parked unseen: so often it went back without an answer, which is what happens
 * to one that brings its worker down. Well below the broker's own limit (topology.ts), which tells no reason.
 */
const MAX_DELIVERIES = 5;

export interface SettlementOptions {
  queue: string;
  topology: Topology;
  catalogue: EventCatalogue;
  retryDelaysMs: number[];
}

/** What became of a message: `requeued` is one that will come again as if nobody had seen it. */
const SETTLED = ['done', 'retry', 'dead_letter', 'requeued'] as const;
type Settled = (typeof SETTLED)[number];

/**
 * What becomes of one message that was delivered: handled, put off, parked or given back, and then acknowledged, in
 * this one place and nowhere else.
 */
export class Settlement {
  readonly circuitBreaker: CircuitBreaker;
  private readonly durations: Histogram<'event' | 'outcome'>;

  constructor(
    private readonly options: SettlementOptions,
    private readonly handler: (event: DecodedEvent, message: ConsumeMessage) => Promise<unknown>,
    private readonly publisher: Publisher,
    private readonly log: Logger,
    private readonly closing: AbortSignal,
    metrics: Metrics,
  ) {
    const { queue, topology } = options;
    this.durations = metrics.histogram(
      'estoque_event_handling_duration_seconds',
      'Messages by event and what became of them, from delivery to settlement',
      { event: topology.workQueues[queue] ?? [], outcome: SETTLED },
    );
    this.circuitBreaker = new CircuitBreaker((reason) =>
      log.error({ queue, reason }, 'circuit breaker opened'),
    );
  }

  /**
   * @param deliveredAt by the process's clock that only goes forward, in milliseconds
   * @param isOpen whether the channel it came by still stands
   */
  async settle(message: ConsumeMessage, deliveredAt: number, acks: Acknowledgements, isOpen: () => boolean) {
    const { queue, catalogue } = this.options;
    const { routingKey } = message.fields;
    const settled = await inSpan(
      () => processSpan(message, queue, performance.now() - deliveredAt),
      () => this.settled(message, acks, isOpen),
    );
    const event = Object.hasOwn(catalogue, routingKey) ? routingKey : 'unknown';
    this.durations.labels(event, settled).observe((performance.now() - deliveredAt) / 1_000);
  }

  private async settled(
    message: ConsumeMessage,
    acks: Acknowledgements,
    isOpen: () => boolean,
  ): Promise<Settled> {
    try {
      const settled = await this.work(message, isOpen);
      acks.ack(message);
      return settled;
    } catch (error) {
      // Nothing could be done for it: stopping in an outage, held for too long, or the channel is gone.
      this.log.debug({ reason: (error as Error).message }, 'message requeued');
      failSpan(trace.getActiveSpan(), 'requeued');
      if (isOpen()) await this.giveBack(message, acks);
      return 'requeued';
    }
  }

  /** Handles it, or writes down that it failed. @throws an error of kind `unavailable` where neither was possible */
  private async work(message: ConsumeMessage, isOpen: () => boolean): Promise<Settled> {
    const started = performance.now();
    try {
      assertHarmless(message);
      const judged = (error?: unknown) => outcomeOf(message, error);
      await this.throughOutages(isOpen, () =>
        this.circuitBreaker.run(() => this.handle(message), judged, this.closing),
      );
      return 'done';
    } catch (error) {
      if (kindOf(error) === 'unavailable') throw error;
      return this.throughOutages(isOpen, () => this.fail(error, message, started));
    }
  }

  private async handle(message: ConsumeMessage) {
    const started = performance.now();
    const { catalogue } = this.options;
    const decoded = decodeEvent(catalogue, message.content, message.fields.routingKey);
    const outcome = await this.handler(decoded, message);
    // What it says is put together for whoever reads it.
    if (!this.log.isLevelEnabled('info')) return;
    this.log.info(
      {
        event: decoded.event,
        ...correlationOf(catalogue, decoded.event, decoded.payload),
        event_id: decoded.eventId,
        outcome,
        attempt: attemptOf(message),
        duration_ms: millisecondsSince(started),
      },
      'handled',
    );
  }

  /** Puts a message where it waits for another try, or where it is parked. */
  private async fail(error: unknown, message: ConsumeMessage, started: number): Promise<Settled> {
    const { queue, topology, retryDelaysMs, catalogue } = this.options;
    const { decision, exchange, options, code, reason } = decideFailure(
      error,
      message,
      queue,
      topology,
      retryDelaysMs,
    );
    const { routingKey } = message.fields;
    await this.publisher.publish(exchange, routingKey, message.content, options);
    const unexpected = code === 'bug' ? { err: error } : {};
    const attempt = attemptOf(message);
    const body = bodyOf(message);
    const subject = correlationOf(catalogue, routingKey, body);
    const about = { event: routingKey, ...subject, event_id: idOf(body), queue, code, reason, attempt };
    this.log.warn({ ...about, duration_ms: millisecondsSince(started), ...unexpected }, decision);
    failSpan(trace.getActiveSpan(), code);
    return decision === 'dead-lettered' ? 'dead_letter' : 'retry';
  }

  /**
   * While a neighbour is out, a message is tried again in place and uses up no attempt. With all of the
   * prefetch window waiting, nothing more is delivered: the consumer stands still until the neighbour is back.
   */
  private async throughOutages<Result>(isOpen: () => boolean, work: () => Promise<Result>): Promise<Result> {
    const end = performance.now() + MAX_HELD_MS;
    for (let wait = OUTAGE_WAIT_MS.first; ; wait = Math.min(wait * 2, OUTAGE_WAIT_MS.most)) {
      try {
        return await work();
      } catch (error) {
        // The kill switch's wait was cut short.
        if ((error as Error).name === 'AbortError')
          throw new AppError('unavailable', 'stopping', 'stopping', { cause: error });
        if (kindOf(error) !== 'unavailable' || !isOpen() || performance.now() > end) throw error;
        this.log.warn({ reason: (error as Error).message, retry_in_ms: wait }, 'waiting for a dependency');
        await sleep(wait, undefined, { signal: this.closing }).catch(() => {
          throw error;
        });
      }
    }
  }

  /** As if it had never been delivered: a copy goes to the end of the queue, for the broker counts every return. */
  private async giveBack(message: ConsumeMessage, acks: Acknowledgements) {
    try {
      const { queue, topology } = this.options;
      await this.publisher.publish(
        topology.retry,
        message.fields.routingKey,
        message.content,
        requeueOptions(message, queue),
      );
      acks.ack(message);
    } catch {
      try {
        acks.reject(message);
      } catch {
        // The channel closed, and the broker has taken back what was delivered on it.
      }
    }
  }
}

const millisecondsSince = (started: number) => Math.round((performance.now() - started) * 10) / 10;

function assertHarmless(message: ConsumeMessage) {
  const deliveries = previousDeliveriesOf(message);
  if (deliveries < MAX_DELIVERIES) return;
  throw new AppError(
    'invalid',
    'crashes_worker',
    `delivered ${deliveries} times, and each time the worker was gone before it answered`,
  );
}

/** First tries only: a message that fails again says nothing new. */
function outcomeOf(message: ConsumeMessage, error: unknown): Outcome {
  if (error === undefined) return 'well';
  const kind = kindOf(error);
  return kind === 'unavailable' || kind === 'invalid' || attemptOf(message) > 1 ? 'ignored' : 'failed';
}

/** A stranger's may be of any kind and any length. */
const idOf = ({ event_id }: Record<string, unknown>) =>
  typeof event_id === 'string' ? event_id.slice(0, 200) : undefined;

function bodyOf(message: ConsumeMessage): Record<string, unknown> {
  if (message.content.length > MAX_BODY_BYTES) return {};
  try {
    return (JSON.parse(message.content.toString()) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
