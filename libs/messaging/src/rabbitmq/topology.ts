import type { EventCatalogue } from '../contract/event.js';

/** Header by which the return exchange routes a message to its home queue: the work queue that it was consumed from. */
export const HOME_QUEUE_HEADER = 'home_queue';
/** Header by which the retry exchange routes a message to a retry queue. The value is the step of the queue, from 1. */
export const RETRY_STEP_HEADER = 'retry_step';

/**
 * Header of a replayed dead letter and of its retries: its failure says nothing about this worker, so it does not count
 * for the circuit breaker. A publisher that sets it only prevents its own failures from being counted.
 */
export const REPLAYED_HEADER = 'replayed';

/** Header of an unroutable event with the number of times that it was rerouted. */
export const REROUTED_HEADER = 'rerouted';

export const DEAD_LETTER_QUEUE = 'dead_letter_queue';
/** Receives events for which no queue is bound. */
export const UNROUTED_QUEUE = 'unrouted_queue';

interface Binding {
  queue: string;
  exchange: string;
  routingKey: string;
  arguments?: Record<string, unknown>;
}

/** Exchanges, queues and bindings of the broker, as data. */
export interface Topology {
  /** Exchange for events. */
  eventsExchange: string;
  /** Exchange for messages that wait for a retry. */
  retryExchange: string;
  /** Exchange for messages to a single work queue, which their header `home_queue` contains. */
  returnExchange: string;
  /** Exchange for dead-lettered messages. */
  deadLetterExchange: string;
  /** Exchange for events for which no queue is bound. */
  unroutedExchange: string;
  /** Names of the events that are bound to each queue that a worker consumes. */
  workQueues: Record<string, string[]>;
  exchanges: { name: string; type: 'topic' | 'fanout' | 'headers'; alternate?: string }[];
  queues: { name: string; arguments: Record<string, unknown> }[];
  bindings: Binding[];
  /** The part that this process declares. It only checks that the rest exists. Unset: everything. */
  own?: OwnTopology;
}

/** Names of the exchanges and queues that a process declares, and of the queues whose bindings it restores. */
export interface OwnTopology {
  exchanges: readonly string[];
  queues: readonly string[];
  boundQueues: readonly string[];
}

const QUORUM = { 'x-queue-type': 'quorum' };

/**
 * Arguments of a queue whose messages the broker dead-letters, such that no message is lost if a node fails. The
 * at-least-once strategy requires a quorum queue with the overflow behaviour `reject-publish`.
 */
const deadLetterTo = (exchange: string) => ({
  'x-dead-letter-exchange': exchange,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

/**
 * Number of unacknowledged deliveries after which the broker itself dead-letters a message. It is high, because a crash
 * of a worker also counts as a delivery of all other messages in flight. docs/attempts.md lists every counter of
 * attempts.
 */
const DELIVERY_LIMIT = 20;

/**
 * Number of unacknowledged deliveries after which the broker drops a message of a queue without a dead-letter exchange:
 * never. RabbitMQ 4 treats -1 as unlimited; 3.10 accepts it, but drops a message that is requeued once. Without the
 * argument, RabbitMQ 4 drops it after 20.
 */
const UNLIMITED_DELIVERIES = 1_000_000_000;

/**
 * The retry queues by the maximum time that a message waits in them, shortest first. A message that was published
 * without an expiration would otherwise wait forever, and all later messages behind it: the broker expires messages at
 * the head of a queue only.
 */
const RETRY_QUEUES = [
  { name: 'retry_queue_2s', maxWaitMs: 2_000 },
  { name: 'retry_queue_10s', maxWaitMs: 10_000 },
  { name: 'retry_queue_1m', maxWaitMs: 60_000 },
  { name: 'retry_queue_5m', maxWaitMs: 300_000 },
  // The longest delay that RETRY_DELAYS_MS allows, with jitter, is 3 h 20 min.
  { name: 'retry_queue_4h', maxWaitMs: 14_400_000 },
];

/** Returns the value of `retry_step` for the retry queue with the shortest maximum wait that is enough for the delay. */
export function retryStepFor(delayMs: number): number {
  const index = RETRY_QUEUES.findIndex(({ maxWaitMs }) => delayMs <= maxWaitMs);
  return index === -1 ? RETRY_QUEUES.length : index + 1;
}

/**
 * The topology for a catalogue of events:
 *
 * - `<exchange>`: events. Work queues are bound to it by routing key. An event for which no queue is bound goes to
 *   `unrouted_queue` through the alternate exchange.
 * - `<exchange>.retry.v2` -> `retry_queue_<max wait>` -> `<exchange>.return.v2` -> home queue. A message waits in a retry
 *   queue until its expiration. There are several retry queues, so that no message waits behind one with a much longer
 *   delay. Both exchanges route by headers, so the routing key stays the name of the event. Whatever they cannot route
 *   is a dead letter. (Arguments of an existing exchange or queue cannot be changed: docs/adr/0025.)
 * - `<exchange>.dead` -> `dead_letter_queue`: dead letters, published by a worker with a reason, or by the broker.
 */
export function topologyOf(exchange: string, catalogue: EventCatalogue): Topology {
  const retryExchange = `${exchange}.retry.v2`;
  const returnExchange = `${exchange}.return.v2`;
  const deadLetterExchange = `${exchange}.dead`;
  const unroutedExchange = `${exchange}.unrouted`;
  const workQueues: Record<string, string[]> = {};
  for (const { name, consumedBy } of Object.values(catalogue)) {
    for (const queue of consumedBy) (workQueues[queue] ??= []).push(name);
  }
  return {
    eventsExchange: exchange,
    retryExchange,
    returnExchange,
    deadLetterExchange,
    unroutedExchange,
    workQueues,
    exchanges: [
      { name: unroutedExchange, type: 'fanout' },
      { name: exchange, type: 'topic', alternate: unroutedExchange },
      { name: deadLetterExchange, type: 'fanout' },
      { name: retryExchange, type: 'headers', alternate: deadLetterExchange },
      { name: returnExchange, type: 'headers', alternate: deadLetterExchange },
    ],
    queues: [
      ...Object.keys(workQueues).map((name) => ({
        name,
        arguments: { ...QUORUM, ...deadLetterTo(deadLetterExchange), 'x-delivery-limit': DELIVERY_LIMIT },
      })),
      ...RETRY_QUEUES.map(({ name, maxWaitMs }) => ({
        name,
        arguments: {
          ...QUORUM,
          ...deadLetterTo(returnExchange),
          'x-message-ttl': maxWaitMs,
          'x-delivery-limit': UNLIMITED_DELIVERIES,
        },
      })),
      { name: DEAD_LETTER_QUEUE, arguments: QUORUM },
      { name: UNROUTED_QUEUE, arguments: QUORUM },
    ],
    bindings: [
      ...Object.entries(workQueues).flatMap(([queue, events]) =>
        events.map((routingKey) => ({ queue, exchange, routingKey })),
      ),
      ...Object.keys(workQueues).map((queue) => ({
        queue,
        exchange: returnExchange,
        routingKey: '',
        arguments: { 'x-match': 'all', [HOME_QUEUE_HEADER]: queue },
      })),
      ...RETRY_QUEUES.map(({ name }, index) => ({
        queue: name,
        exchange: retryExchange,
        routingKey: '',
        arguments: { 'x-match': 'all', [RETRY_STEP_HEADER]: index + 1 },
      })),
      { queue: DEAD_LETTER_QUEUE, exchange: deadLetterExchange, routingKey: '' },
      { queue: UNROUTED_QUEUE, exchange: unroutedExchange, routingKey: '' },
    ],
  };
}
