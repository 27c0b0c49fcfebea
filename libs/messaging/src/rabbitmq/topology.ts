import type { Channel } from 'amqplib';
import type { EventCatalogue } from '../contract/event.js';

/** Waits between attempts are spread over this many queues, one for each step, so that a short wait never stands behind a long one. */
export const RETRY_STEPS = 5;

/** Header that tells the return exchange which queue a waiting message came from. */
export const HOME_QUEUE_HEADER = 'home_queue';
/** Header that tells the retry exchange how long a message is to wait. */
export const RETRY_STEP_HEADER = 'retry_step';

/** Where what nobody could handle arrives, and what no queue is bound for. */
export const DEAD_LETTER_QUEUE = 'dead_letter_queue';
export const UNROUTED_QUEUE = 'unrouted_queue';

interface Binding {
  queue: string;
  exchange: string;
  routingKey: string;
  arguments?: Record<string, unknown>;
}

/** Everything that the broker must hold, as data. */
export interface Topology {
  /** Where events are published. */
  events: string;
  /** Where a message that failed for now is published, to wait for its next attempt. */
  retry: string;
  /** Where a message is published that is to go to one queue only, which its header names. */
  return: string;
  /** Where a message that nobody can handle is published, to be parked. */
  dead: string;
  /** The queues that workers consume, each with the events that are bound to it. */
  workQueues: Record<string, string[]>;
  exchanges: { name: string; type: 'topic' | 'fanout' | 'headers'; alternate?: string }[];
  queues: { name: string; arguments: Record<string, unknown> }[];
  bindings: Binding[];
}

const QUORUM = { 'x-queue-type': 'quorum' };

/** Dead-letters that survive the loss of a node on the way: at-least-once needs a quorum queue that refuses when full. */
const deadLetterTo = (exchange: string) => ({
  'x-dead-letter-exchange': exchange,
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
});

/**
 * A message that brought its worker down this often is given up by the broker. Generous, for it counts
 * what the neighbours of such a message suffered as well; our own count of attempts is in the message.
 */
const DELIVERY_LIMIT = 20;

/**
 * The topology for a catalogue of events:
 *
 * - `<exchange>`: events; work queues are bound to it by routing key; what no queue is bound for goes to
 *   `unrouted_queue` through the alternate exchange.
 * - `<exchange>.retry` -> `retry_queue_1..5` (wait until expiry) -> `<exchange>.return` -> the home queue.
 *   Both find their way by headers, so the routing key stays the event's own.
 * - `<exchange>.dead` -> `dead_letter_queue`: what was parked, by us with a reason or by the broker.
 */
export function topologyOf(exchange: string, catalogue: EventCatalogue): Topology {
  const [retry, back, dead, unrouted] = ['retry', 'return', 'dead', 'unrouted'].map(
    (part) => `${exchange}.${part}`,
  ) as [string, string, string, string];
  const work: Record<string, string[]> = {};
  for (const { name, consumedBy } of Object.values(catalogue)) {
    for (const queue of consumedBy) (work[queue] ??= []).push(name);
  }
  const steps = Array.from({ length: RETRY_STEPS }, (_, index) => index + 1);
  return {
    events: exchange,
    retry,
    return: back,
    dead,
    workQueues: work,
    exchanges: [
      { name: unrouted, type: 'fanout' },
      { name: exchange, type: 'topic', alternate: unrouted },
      { name: retry, type: 'headers' },
      { name: back, type: 'headers' },
      { name: dead, type: 'fanout' },
    ],
    queues: [
      ...Object.keys(work).map((name) => ({
        name,
        arguments: { ...QUORUM, ...deadLetterTo(dead), 'x-delivery-limit': DELIVERY_LIMIT },
      })),
      ...steps.map((step) => ({
        name: `retry_queue_${step}`,
        arguments: { ...QUORUM, ...deadLetterTo(back) },
      })),
      { name: DEAD_LETTER_QUEUE, arguments: QUORUM },
      { name: UNROUTED_QUEUE, arguments: QUORUM },
    ],
    bindings: [
      ...Object.entries(work).flatMap(([queue, events]) =>
        events.map((routingKey) => ({ queue, exchange, routingKey })),
      ),
      ...Object.keys(work).map((queue) => ({
        queue,
        exchange: back,
        routingKey: '',
        arguments: { 'x-match': 'all', [HOME_QUEUE_HEADER]: queue },
      })),
      ...steps.map((step) => ({
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

/** Declares all of it. Every process does so at each connection, so the order of start doesn't matter and a lost binding comes back. */
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
