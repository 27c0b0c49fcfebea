import { MAX_RETRIES } from '@estoque/platform';
import type { Channel } from 'amqplib';
import type { EventCatalogue } from '../contract/event.js';

/** Header by which the return exchange routes a message to the work queue that it was consumed from. */
export const HOME_QUEUE_HEADER = 'home_queue';
/** Header by which the retry exchange routes a message to a retry queue: 1 for the first retry. */
export const RETRY_STEP_HEADER = 'retry_step';

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
  events: string;
  /** Exchange for messages that wait for a retry. */
  retry: string;
  /** Exchange for messages that go to a single work queue, named in their header. */
  return: string;
  /** Exchange for dead-lettered messages. */
  dead: string;
  /** Names of the events that are bound to each queue that a worker consumes. */
  workQueues: Record<string, string[]>;
  exchanges: { name: string; type: 'topic' | 'fanout' | 'headers'; alternate?: string }[];
  queues: { name: string; arguments: Record<string, unknown> }[];
  bindings: Binding[];
}

const QUORUM = { 'x-queue-type': 'quorum' };

/**
 * Dead-lettering by the broker that loses no message if a node fails. The at-least-once strategy requires a quorum
 * queue with the overflow behaviour `reject-publish`.
 */
const deadLetterTo = (exchange: string) => ({
  'x-dead-letter-exchange': exchange,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

/**
 * Deliveries after which the broker itself dead-letters a message that was never acknowledged. It is high, because the
 * broker also counts the messages that were in flight beside the one that crashed the worker. docs/attempts.md lists
 * every counter of attempts.
 */
const DELIVERY_LIMIT = 20;

/**
 * The topology for a catalogue of events:
 *
 * - `<exchange>`: events. Work queues are bound to it by routing key. An event for which no queue is bound goes to
 *   `unrouted_queue` through the alternate exchange.
 * - `<exchange>.retry` -> `retry_queue_<n>` -> `<exchange>.return` -> home queue. A message waits in a retry queue
 *   until its expiration. There is one retry queue for each retry, so a short wait never queues behind a long one. Both
 *   exchanges route by headers, so the routing key stays the name of the event.
 * - `<exchange>.dead` -> `dead_letter_queue`: dead letters, published by a worker with a reason, or by the broker.
 */
export function topologyOf(exchange: string, catalogue: EventCatalogue): Topology {
  const [retry, returning, dead, unrouted] = ['retry', 'return', 'dead', 'unrouted'].map(
    (suffix) => `${exchange}.${suffix}`,
  ) as [string, string, string, string];
  const workQueues: Record<string, string[]> = {};
  for (const { name, consumedBy } of Object.values(catalogue)) {
    for (const queue of consumedBy) (workQueues[queue] ??= []).push(name);
  }
  const retrySteps = Array.from({ length: MAX_RETRIES }, (_, index) => index + 1);
  return {
    events: exchange,
    retry,
    return: returning,
    dead,
    workQueues,
    exchanges: [
      { name: unrouted, type: 'fanout' },
      { name: exchange, type: 'topic', alternate: unrouted },
      { name: retry, type: 'headers' },
      { name: returning, type: 'headers' },
      { name: dead, type: 'fanout' },
    ],
    queues: [
      ...Object.keys(workQueues).map((name) => ({
        name,
        arguments: { ...QUORUM, ...deadLetterTo(dead), 'x-delivery-limit': DELIVERY_LIMIT },
      })),
      ...retrySteps.map((step) => ({
        name: `retry_queue_${step}`,
        arguments: { ...QUORUM, ...deadLetterTo(returning) },
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
        exchange: returning,
        routingKey: '',
        arguments: { 'x-match': 'all', [HOME_QUEUE_HEADER]: queue },
      })),
      ...retrySteps.map((step) => ({
        queue: `retry_queue_${step}`,
        exchange: retry,
        routingKey: '',
        arguments: { 'x-match': 'all', [RETRY_STEP_HEADER]: step },
      })),
      { queue: DEAD_LETTER_QUEUE, exchange: dead, routingKey: '' },
      { queue: UNROUTED_QUEUE, exchange: unrouted, routingKey: '' },
    ],
  };
}

/**
 * Declares the whole topology. Every process does this on each connection, so processes can start in any order and a
 * lost queue or binding is restored.
 *
 * @throws if a queue or exchange exists with other arguments; the broker then closes the channel
 */
export async function declareTopology(channel: Channel, topology: Topology) {
  for (const { name, type, alternate } of topology.exchanges) {
    await channel.assertExchange(name, type, { durable: true, alternateExchange: alternate });
  }
  for (const { name, arguments: args } of topology.queues) {
    await channel.assertQueue(name, { durable: true, arguments: args });
  }
  for (const { queue, exchange, routingKey, arguments: args } of topology.bindings) {
    await channel.bindQueue(queue, exchange, routingKey, args);
  }
}
