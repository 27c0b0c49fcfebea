import { AppError, failSpan, inSpan, kindOf, type Logger, type Metrics } from '@estoque/platform';
import { trace } from '@opentelemetry/api';
import type { ConsumeMessage } from 'amqplib';
import type { Histogram } from 'prom-client';
import { defectOf } from '../adapters/bounded-messages.js';
import { correlationOf, decodeEvent, type DecodedEvent, type EventCatalogue } from '../contract/event.js';
import type { Acknowledgements } from './acknowledgements.js';
import { CircuitBreaker, type CallOutcome } from './circuit-breaker.js';
import {
  attemptOf,
  codeOf,
  decideAfterFailure,
  isFirstAttempt,
  previousDeliveriesOf,
  requeueOptions,
} from './failure-policy.js';
import { HandlingStatistics, OUTCOMES, type Outcome } from './handling-statistics.js';
import { eventIdOf, readBodyFields } from './message-body.js';
import { processSpan } from './message.spans.js';
import { retryDuringOutage } from './outage-retry.js';
import type { Publisher } from './publisher.js';
import type { Topology } from './topology.js';

/**
 * Number of unacknowledged deliveries after which a message is dead-lettered without being handled: it has most likely
 * crashed its worker each time. Well below the delivery limit of the broker (topology.ts), whose dead letter would lack
 * this reason.
 */
const MAX_DELIVERIES = 5;

/**
 * A message that waits for a dependency or for the circuit breaker is requeued this long after its delivery. Waiting for
 * the broker, to publish a copy, may take as long again. Together they are below the 30 minutes without an
 * acknowledgement (`consumer_timeout`) after which the broker closes the channel and redelivers all its messages.
 */
const MAX_WAIT_MS = 600_000;

export interface SettlementOptions {
  queue: string;
  topology: Topology;
  catalogue: EventCatalogue;
  /** Delay before each retry. */
  retryDelaysMs: number[];
  /** Time after its delivery at which a waiting message is requeued. Only tests set it. */
  maxWaitMs?: number;
}

/** A delivery that had no effect: the message was handled before, or it failed. */
export interface IneffectiveDelivery {
  queue: string;
  event: string;
  /** As the message states it: it may be any text. */
  eventId?: string;
  /** For example `{order_id: 12}`; empty if the message has none. */
  correlation: Record<string, unknown>;
  outcome: 'duplicate' | 'retried' | 'requeued' | 'dead_lettered';
  /** Code of the error; undefined for a duplicate. */
  code?: string;
  attempt: number;
  startedAt: Date;
  endedAt: Date;
}

/** A message with what is needed to settle it. */
export interface Delivery {
  message: ConsumeMessage;
  /** Time of `performance.now()`. */
  deliveredAt: number;
  acknowledgements: Acknowledgements;
  /** Whether the channel that delivered the message can still acknowledge it. */
  isChannelOpen: () => boolean;
}

/**
 * Settles each delivered message in exactly one way: it is handled, published for a retry, dead-lettered or requeued.
 * Only this class acknowledges messages of a work queue.
 */
export class MessageSettler {
  readonly circuitBreaker: CircuitBreaker;
  readonly statistics = new HandlingStatistics();
  /** Must not throw. */
  onIneffectiveDelivery?: (delivery: IneffectiveDelivery) => void;
  private readonly durations: Histogram<'event' | 'outcome'>;

  constructor(
    private readonly options: SettlementOptions,
    private readonly handler: (event: DecodedEvent, message: ConsumeMessage) => Promise<unknown>,
    private readonly publisher: Publisher,
    private readonly log: Logger,
    private readonly shutdown: AbortSignal,
    metrics: Metrics,
  ) {
    const { queue, topology } = options;
    this.durations = metrics.histogram(
      'estoque_event_handling_duration_seconds',
      'Messages by event and outcome, from delivery to settlement',
      { event: topology.workQueues[queue] ?? [], outcome: OUTCOMES },
    );
    this.circuitBreaker = new CircuitBreaker((reason) =>
      log.error({ queue, reason }, 'circuit breaker opened'),
    );
  }

  /** Never rejects. */
  async settle(delivery: Delivery) {
    const { queue, catalogue } = this.options;
    const { message, deliveredAt } = delivery;
    const { routingKey } = message.fields;
    const outcome = await inSpan(
      () => processSpan(message, queue, performance.now() - deliveredAt),
      () => this.handleAndAcknowledge(delivery),
    );
    const event = Object.hasOwn(catalogue, routingKey) ? routingKey : 'unknown';
    const durationMs = performance.now() - deliveredAt;
    this.durations.labels(event, outcome).observe(durationMs / 1_000);
    this.statistics.record(event, outcome, durationMs);
  }

  private async handleAndAcknowledge(delivery: Delivery): Promise<Outcome> {
    try {
      const outcome = await this.handleWithFailurePolicy(delivery);
      delivery.acknowledgements.ack(delivery.message);
      return outcome;
    } catch (error) {
      // The process shuts down during an outage, the outage lasts too long, a row is locked, the circuit breaker is open,
      // or the channel is lost.
      this.log.debug({ reason: (error as Error).message }, 'message requeued');
      failSpan(trace.getActiveSpan(), 'requeued');
      this.reportIneffective('requeued', delivery.message, delivery.deliveredAt, codeOf(error));
      if (delivery.isChannelOpen()) await this.requeue(delivery, error);
      return 'requeued';
    }
  }

  /**
   * Handles the message. If that fails, publishes it for a retry or as a dead letter.
   *
   * @throws an error of kind `unavailable` if a dependency was unavailable until the waiting ended
   */
  private async handleWithFailurePolicy({ message, deliveredAt, isChannelOpen }: Delivery): Promise<Outcome> {
    const startedAt = performance.now();
    const { maxWaitMs = MAX_WAIT_MS } = this.options;
    const deadline = deliveredAt + maxWaitMs;
    const waiting = {
      shouldContinue: isChannelOpen,
      onWait: ({ message: reason }: Error, retry_in_ms: number) =>
        this.log.warn({ reason, retry_in_ms }, 'waiting for a dependency'),
      signal: this.shutdown,
      deadline,
    };
    try {
      assertComplete(message);
      assertBelowDeliveryLimit(message);
      const handle = () => this.handle(message);
      const counts = isFirstAttempt(message);
      const call = { handle, classify: classifyForCircuitBreaker, counts, deadline };
      await retryDuringOutage(() => this.circuitBreaker.run(call, this.shutdown), waiting);
      return 'done';
    } catch (error) {
      if (kindOf(error) === 'unavailable') throw error;
      const publishing = { ...waiting, deadline: deadline + maxWaitMs };
      return retryDuringOutage(() => this.retryOrDeadLetter(error, message, startedAt), publishing);
    }
  }

  private async handle(message: ConsumeMessage) {
    const startedAt = performance.now();
    const { catalogue } = this.options;
    const decoded = decodeEvent(catalogue, message.content, message.fields.routingKey);
    const outcome = await this.handler(decoded, message);
    if (outcome === 'duplicate') this.reportIneffective('duplicate', message, startedAt);
    if (!this.log.isLevelEnabled('info')) return;
    this.log.info(
      {
        event: decoded.event,
        ...correlationOf(catalogue, decoded.event, decoded.payload),
        event_id: decoded.eventId,
        outcome,
        attempt: attemptOf(message),
        duration_ms: millisecondsSince(startedAt),
      },
      'handled',
    );
  }

  private async retryOrDeadLetter(
    error: unknown,
    message: ConsumeMessage,
    startedAt: number,
  ): Promise<Outcome> {
    const { queue, topology, retryDelaysMs, catalogue } = this.options;
    const failure = decideAfterFailure(error, message, queue, topology, retryDelaysMs);
    const { decision, exchange, options, code, reason } = failure;
    const { routingKey } = message.fields;
    await this.publisher.publishCopy(exchange, routingKey, message.content, options);
    const body = readBodyFields(message.content);
    const unexpectedError = code === 'bug' ? { err: error } : {};
    this.log.warn(
      {
        event: routingKey,
        ...correlationOf(catalogue, routingKey, body),
        event_id: eventIdOf(body),
        queue,
        code,
        reason,
        attempt: attemptOf(message),
        duration_ms: millisecondsSince(startedAt),
        ...unexpectedError,
      },
      decision,
    );
    failSpan(trace.getActiveSpan(), code);
    const outcome = decision === 'dead-lettered' ? 'dead_lettered' : 'retried';
    this.reportIneffective(outcome, message, startedAt, code);
    return outcome;
  }

  /** @param startedAt time of `performance.now()` */
  private reportIneffective(
    outcome: IneffectiveDelivery['outcome'],
    message: ConsumeMessage,
    startedAt: number,
    code?: string,
  ) {
    const { queue, catalogue } = this.options;
    const { routingKey: event } = message.fields;
    const body = readBodyFields(message.content);
    this.onIneffectiveDelivery?.({
      queue,
      event,
      eventId: eventIdOf(body),
      correlation: correlationOf(catalogue, event, body),
      outcome,
      code,
      attempt: attemptOf(message),
      startedAt: new Date(Date.now() - millisecondsSince(startedAt)),
      endedAt: new Date(),
    });
  }

  /**
   * Publishes a copy, because the broker counts a delivery that is rejected or not acknowledged. If that fails, rejects
   * the message.
   */
  private async requeue({ message, acknowledgements }: Delivery, reason: unknown) {
    const { queue, topology } = this.options;
    const { fields, content } = message;
    try {
      const options = requeueOptions(message, queue, reason);
      await this.publisher.publishCopy(topology.retryExchange, fields.routingKey, content, options);
      acknowledgements.ack(message);
    } catch {
      try {
        acknowledgements.reject(message);
      } catch {
        // The channel is closed. The broker has requeued its deliveries.
      }
    }
  }
}

const millisecondsSince = (startedAt: number) => Math.round((performance.now() - startedAt) * 10) / 10;

function assertBelowDeliveryLimit(message: ConsumeMessage) {
  const deliveries = previousDeliveriesOf(message);
  if (deliveries < MAX_DELIVERIES) return;
  throw new AppError(
    'invalid',
    'crashes_worker',
    `delivered ${deliveries} times without an acknowledgement: the message may crash its worker`,
  );
}

/** @throws AppError of kind `invalid` if a part of the message was removed when it was received */
function assertComplete(message: ConsumeMessage) {
  const defect = defectOf(message);
  if (defect) throw new AppError('invalid', defect.code, defect.reason);
}

/**
 * Only an unexpected error indicates that this worker is the cause. An error of kind `invalid`, `missing` or `conflict`
 * is a statement about the message: any client can publish messages about orders that do not exist (docs/adr/0025).
 */
function classifyForCircuitBreaker(error?: unknown): CallOutcome {
  if (error === undefined) return 'succeeded';
  return kindOf(error) === 'bug' ? 'failed' : 'ignored';
}
