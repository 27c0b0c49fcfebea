import { FEED_QUEUE_PREFIX } from './event-feed.js';
import { DEAD_LETTER_QUEUE, UNROUTED_QUEUE, type OwnTopology, type Topology } from './topology.js';

/** What a process does with the broker. Its user has exactly the permissions for that. */
export interface BrokerUse {
  /** Work queue that it consumes. */
  queue?: string;
  publishesEvents: boolean;
  /** Whether it restores lost bindings of all work queues, and not only of its own. */
  restoresBindings: boolean;
  /** Whether it collects dead letters. Then it also declares what belongs to no worker: all exchanges, the other queues. */
  collectsDeadLetters: boolean;
  /** Whether it may open feeds of events (EventFeed): each has a queue with a random name. */
  watchesEvents?: boolean;
}

/** @returns the part of the topology that a process with this use declares */
export function ownTopologyOf({ workQueues, exchanges, queues }: Topology, use: BrokerUse): OwnTopology {
  const common = queues.map(({ name }) => name).filter((name) => !Object.hasOwn(workQueues, name));
  const declared = [...(use.queue ? [use.queue] : []), ...(use.collectsDeadLetters ? common : [])];
  return {
    exchanges: use.collectsDeadLetters ? exchanges.map(({ name }) => name) : [],
    queues: declared,
    boundQueues: use.restoresBindings ? [...new Set([...declared, ...Object.keys(workQueues)])] : declared,
  };
}

/** Permissions of a RabbitMQ user: regular expressions for the names of exchanges and queues. */
export interface BrokerPermissions {
  configure: string;
  write: string;
  read: string;
}

/**
 * The permissions that a process needs. RabbitMQ requires:
 *
 * - to declare: configure. If an exchange has an alternate exchange: read on it, write on the alternate one. To create a
 *   queue with a dead-letter exchange: read on the queue, write on that exchange.
 * - to bind: write on the queue, read on the exchange
 * - to publish: write on the exchange; to consume: read on the queue
 */
export function permissionsOf(topology: Topology, use: BrokerUse): BrokerPermissions {
  const { eventsExchange, retryExchange, returnExchange, deadLetterExchange, unroutedExchange } = topology;
  const own = ownTopologyOf(topology, use);
  const declaredExchanges = topology.exchanges.filter(({ name }) => own.exchanges.includes(name));
  const withAlternate = declaredExchanges.filter(({ alternate }) => alternate !== undefined);
  const withDeadLetters = topology.queues
    .filter(({ name }) => own.queues.includes(name))
    .map(({ name, arguments: args }) => ({ name, exchange: args['x-dead-letter-exchange'] as string }))
    .filter(({ exchange }) => exchange !== undefined);
  const bindings = topology.bindings.filter(({ queue }) => own.boundQueues.includes(queue));
  const feeds = use.watchesEvents ? [`${FEED_QUEUE_PREFIX}*`] : [];
  return {
    configure: oneOf([...own.exchanges, ...own.queues, ...feeds]),
    write: oneOf([
      ...(use.publishesEvents ? [eventsExchange] : []),
      // A worker publishes the messages that it could not handle.
      ...(use.queue ? [retryExchange, deadLetterExchange] : []),
      // Replays, and messages that no queue was bound for or that were delivered too often.
      ...(use.collectsDeadLetters
        ? [eventsExchange, returnExchange, deadLetterExchange, unroutedExchange]
        : []),
      ...withAlternate.map(({ alternate }) => alternate!),
      ...withDeadLetters.map(({ exchange }) => exchange),
      ...bindings.map(({ queue }) => queue),
      ...feeds,
    ]),
    read: oneOf([
      ...(use.queue ? [use.queue] : []),
      ...(use.collectsDeadLetters ? [DEAD_LETTER_QUEUE, UNROUTED_QUEUE] : []),
      ...withAlternate.map(({ name }) => name),
      ...withDeadLetters.map(({ name }) => name),
      ...bindings.map(({ exchange }) => exchange),
      ...(use.watchesEvents ? [...feeds, eventsExchange] : []),
    ]),
  };
}

/** @param names an asterisk stands for any characters */
const oneOf = (names: string[]) => {
  const escaped = [...new Set(names)]
    .toSorted()
    .map((name) => name.replaceAll('.', '[.]').replaceAll('*', '.+'));
  return escaped.length === 0 ? '^$' : `^(${escaped.join('|')})$`;
};
