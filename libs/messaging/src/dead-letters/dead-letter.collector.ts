import { kindOf, type Logger, type Metrics } from '@estoque/platform';
import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { Channel, ConsumeMessage } from 'amqplib';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counter } from 'prom-client';
import { boundMessages } from '../adapters/bounded-messages.js';
import { closeConnection, openChannel, reconnectAfterChannelLoss } from '../adapters/channel-recovery.js';
import type { EventCatalogue } from '../contract/event.js';
import { CONNECTION_OPTIONS } from '../rabbitmq/connection-options.js';
import { previousDeliveriesOf, publisherProperties } from '../rabbitmq/failure-policy.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import { DEAD_LETTER_QUEUE, HOME_QUEUE_HEADER, UNROUTED_QUEUE, type Topology } from '../rabbitmq/topology.js';
import { declareTopology } from '../rabbitmq/topology-declaration.js';
import { BODY_TOO_LARGE } from './dead-letter.entity.js';
import type { DeadLetters } from './dead-letters.js';
import type { NewDeadLetter } from './new-dead-letter.js';
import {
  deathQueueOf,
  defectHeaders,
  readDeadLetter,
  reducedDeadLetter,
  unroutableDeadLetter,
} from './received-dead-letter.js';
import { Rerouter } from './rerouting.js';

/** Low, because a body has up to 1 MiB (`boundMessages`), and as much again while it is stored. */
const PREFETCH = 5;
/**
 * Above the maximum of the workers, because a dead letter has further headers. Below the 64 KiB that amqplib can encode.
 */
const MAX_HEADER_BYTES = 60 * 1024;
const WAIT_MS = { first: 250, max: 30_000 };
/**
 * Number of deliveries without an acknowledgement after which a message is replaced by a copy, which the broker counts
 * from 0 again. RabbitMQ 4 drops a message after 20 of them, because these queues were declared by earlier releases
 * without a delivery limit and without a dead-letter exchange, and arguments of a queue cannot be changed
 * (docs/adr/0025).
 */
const MAX_DELIVERIES = 5;

/**
 * Stores the messages of the dead letter queue in the database, where they can be listed, replayed and discarded. The
 * body of a dead letter may have any content. It is read only to find the correlation of the event.
 *
 * A message is unroutable if no queue is bound for it. If one should be, the message is rerouted, up to five times
 * before it is stored as a dead letter.
 *
 * No message stops the collection. One that cannot be stored as it is, because any client can publish any headers, is
 * stored in a reduced form.
 */
export class DeadLetterCollector {
  private connection?: AmqpConnectionManager;
  /** Set while the deliveries of this channel can be acknowledged. */
  private channel?: Channel;
  private isConsuming = false;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly shutdown = new AbortController();
  private readonly rerouter: Rerouter;
  private readonly collectedTotal: Counter<'queue'>;
  /** Last error of each message that could not be settled. */
  private readonly failures = new Map<ConsumeMessage, string>();

  constructor(
    private readonly urls: string[],
    private readonly topology: Topology,
    private readonly catalogue: EventCatalogue,
    private readonly deadLetters: DeadLetters,
    private readonly publisher: Publisher,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    // Each message that could not be settled yet adds a listener.
    setMaxListeners(0, this.shutdown.signal);
    this.rerouter = new Rerouter(topology, catalogue, publisher, logger, this.shutdown.signal, (channel) =>
      this.declareTopology(channel),
    );
    this.collectedTotal = metrics.counter(
      'estoque_dead_letters_collected_total',
      'Dead letters stored in the database, by the queue that they were consumed from',
      { queue: Object.keys(topology.workQueues) },
    );
    metrics.gauge(
      'estoque_dead_letters_not_collected',
      'Messages that the collector holds because it could not store or reroute them yet',
      () => this.failures.size,
    );
  }

  /** Reason why dead letters are not stored at the moment, or undefined. */
  get unavailableReason(): string | undefined {
    if (!this.isConsuming) return 'dead letters are not collected: not connected';
    const [reason] = this.failures.values();
    return reason && `${this.failures.size} dead letters are not stored: ${reason}`;
  }

  /** Connection errors are not logged: the publisher, which uses the same broker, logs them. */
  start() {
    this.connection = connect(this.urls, CONNECTION_OPTIONS);
    openChannel(this.connection, {
      setup: (channel) => this.setUp(channel),
      isLost: () => this.isChannelLost,
    });
  }

  async stop() {
    this.shutdown.abort();
    await Promise.all(this.inFlight);
    this.channel = undefined;
    if (this.connection) await closeConnection(this.connection);
  }

  private async setUp(channel: Channel) {
    this.channel = channel;
    boundMessages(channel, { maxHeaderBytes: MAX_HEADER_BYTES });
    channel.once('close', () => this.onChannelLost(channel));
    await this.declareTopology(channel);
    await channel.prefetch(PREFETCH);
    const { deadLetterExchange, unroutedExchange } = this.topology;
    const consume = (queue: string, exchange: string, handle: (message: ConsumeMessage) => Promise<void>) =>
      channel.consume(queue, (message) => {
        if (!message) return this.onChannelLost(channel);
        const isNearLimit = previousDeliveriesOf(message) >= MAX_DELIVERIES;
        const replace = () => this.publishReplacement(message, exchange);
        this.receive(message, channel, isNearLimit ? replace : handle);
      });
    await consume(DEAD_LETTER_QUEUE, deadLetterExchange, (message) => this.collect(message, channel));
    await consume(UNROUTED_QUEUE, unroutedExchange, (message) => this.collectUnrouted(message, channel));
    this.isConsuming = true;
  }

  /** @returns what does not exist and could not be created */
  private declareTopology(channel: Channel): Promise<string[]> {
    return declareTopology(channel, this.topology, () => this.connection!.connection!.createChannel());
  }

  private get isChannelLost() {
    return !this.channel && !this.shutdown.signal.aborted;
  }

  private onChannelLost(channel: Channel) {
    if (this.channel !== channel || this.shutdown.signal.aborted) return;
    this.channel = undefined;
    this.isConsuming = false;
    reconnectAfterChannelLoss(this.connection!, () => this.isChannelLost);
  }

  private receive(
    message: ConsumeMessage,
    channel: Channel,
    handle: (message: ConsumeMessage) => Promise<void>,
  ) {
    const settled = this.settle(message, channel, handle).finally(() => this.inFlight.delete(settled));
    this.inFlight.add(settled);
  }

  /** Retries after any error until it succeeds: there is no dead letter queue for dead letters. */
  private async settle(
    message: ConsumeMessage,
    channel: Channel,
    handle: (message: ConsumeMessage) => Promise<void>,
  ) {
    for (let wait = WAIT_MS.first; this.channel === channel; wait = Math.min(wait * 2, WAIT_MS.max)) {
      try {
        await this.handleOrReduce(message, handle);
        this.failures.delete(message);
        return channel.ack(message);
      } catch (error) {
        if (this.shutdown.signal.aborted) return;
        const reason = (error as Error).message;
        this.failures.set(message, reason);
        this.logger.warn({ reason }, 'message not settled yet, retrying');
        await sleep(wait, undefined, { signal: this.shutdown.signal }).catch(() => undefined);
      }
    }
    // The broker delivers the message again.
    this.failures.delete(message);
  }

  /** Publishes a copy with all headers but the delivery counters of the broker. */
  private publishReplacement(message: ConsumeMessage, exchange: string) {
    const headers = { ...message.properties.headers, ...defectHeaders(message) };
    for (const name of ['x-delivery-count', 'x-acquired-count']) delete headers[name];
    const options = { ...publisherProperties(message), headers };
    return this.publisher.publishCopy(exchange, message.fields.routingKey, message.content, options);
  }

  private async handleOrReduce(message: ConsumeMessage, handle: (message: ConsumeMessage) => Promise<void>) {
    try {
      await handle(message);
    } catch (error) {
      if (kindOf(error) === 'unavailable' || this.shutdown.signal.aborted) throw error;
      this.logger.error({ err: error }, 'dead letter stored in a reduced form');
      await this.store(reducedDeadLetter(message, error as Error));
    }
  }

  /** Stores a dead letter. A message that the return exchange could not route is rerouted first. */
  private async collect(message: ConsumeMessage, channel: Channel) {
    const homeQueue: unknown = message.properties.headers?.[HOME_QUEUE_HEADER];
    const deadLetter = readDeadLetter(message, this.catalogue);
    const deathQueue = deathQueueOf(message) ?? '';
    // A worker removes the header. If the broker dead-lettered the message, it was in a work queue.
    const wasConsumed = typeof homeQueue !== 'string' || Object.hasOwn(this.topology.workQueues, deathQueue);
    if (wasConsumed) return this.store(deadLetter);
    const isComplete = deadLetter.reason !== BODY_TOO_LARGE;
    if (isComplete && (await this.rerouter.rerouteToHomeQueue(message, channel, homeQueue))) return;
    const error = `there is no queue ${homeQueue.slice(0, 200)}`;
    return this.store(unroutableDeadLetter(deadLetter, homeQueue, error));
  }

  /** Reroutes an unroutable event, or else stores it as a dead letter. */
  private async collectUnrouted(message: ConsumeMessage, channel: Channel) {
    const deadLetter = readDeadLetter(message, this.catalogue);
    const isComplete = deadLetter.reason !== BODY_TOO_LARGE;
    if (isComplete && (await this.rerouter.rerouteEvent(message, channel))) return;
    const error = `no queue is bound for ${message.fields.routingKey}`;
    return this.store(unroutableDeadLetter(deadLetter, UNROUTED_QUEUE, error));
  }

  private async store(deadLetter: NewDeadLetter) {
    await this.deadLetters.record(deadLetter);
    const { queue } = deadLetter;
    // An external client may have set any queue in the header, but the number of label values of a metric must be
    // limited.
    const isKnown = Object.hasOwn(this.topology.workQueues, queue) || queue === UNROUTED_QUEUE;
    this.collectedTotal.inc({ queue: isKnown ? queue : 'unknown' });
  }
}
