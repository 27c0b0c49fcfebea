import type { Logger, Metrics } from '@estoque/platform';
import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { Channel, ConsumeMessage } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counter } from 'prom-client';
import { openChannel, reconnectAfterChannelLoss } from '../adapters/channel-recovery.js';
import { correlationOf, type EventCatalogue } from '../contract/event.js';
import { CONNECTION_OPTIONS } from '../rabbitmq/connection-options.js';
import {
  attemptOf,
  DEAD_LETTER_HEADERS,
  publisherHeaders,
  publisherProperties,
} from '../rabbitmq/failure-policy.js';
import { readBodyFields } from '../rabbitmq/message-body.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import {
  DEAD_LETTER_QUEUE,
  declareTopology,
  REROUTED_HEADER,
  UNROUTED_QUEUE,
  type Topology,
} from '../rabbitmq/topology.js';
import type { DeadLetters, NewDeadLetter } from './dead-letters.js';

/** Low, because the bodies of dead letters may be large. */
const PREFETCH = 5;
const WAIT_MS = { first: 250, max: 30_000 };
const MAX_REROUTES = 5;
/**
 * Delay before the topology is redeclared. If a queue is declared while RabbitMQ 3.10 is still deleting a queue of the
 * same name, the new queue counts the consumers of the old one but delivers nothing to them, and the consumers are not
 * notified. This was observed 40 ms after the deletion.
 */
const REDECLARE_DELAY_MS = 2_000;
/**
 * Events that arrive within this time after a redeclaration are rerouted without declaring again: they were unroutable
 * before it.
 */
const REDECLARATION_VALID_MS = 5_000;

/**
 * Stores the messages of the dead letter queue in the database, where they can be listed, replayed and discarded. The
 * body of a dead letter may have any content. It is read only to find the correlation of the event.
 *
 * An unroutable event of the catalogue is rerouted up to five times before it is stored as a dead letter, because only its binding was missing: the collector
 * redeclares the topology and reroutes the event.
 */
export class DeadLetterCollector {
  private connection?: AmqpConnectionManager;
  /** Set while the deliveries of this channel can be acknowledged. */
  private channel?: Channel;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly shutdown = new AbortController();
  private redeclaration?: Promise<void>;
  /** Time of the latest redeclaration, by `performance.now()`. */
  private redeclaredAt = -Infinity;
  private readonly collectedTotal: Counter<'queue'>;

  constructor(
    private readonly urls: string[],
    private readonly topology: Topology,
    private readonly catalogue: EventCatalogue,
    private readonly deadLetters: DeadLetters,
    private readonly publisher: Publisher,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.collectedTotal = metrics.counter(
      'estoque_dead_letters_collected_total',
      'Dead letters stored in the database, by the queue that they were consumed from',
      { queue: Object.keys(topology.workQueues) },
    );
  }

  /** Connection errors are not logged: the publisher, which uses the same broker, logs them. */
  start() {
    this.connection = connect(this.urls, CONNECTION_OPTIONS);
    openChannel(this.connection, { setup: (channel) => this.setUp(channel) });
  }

  async stop() {
    this.shutdown.abort();
    await Promise.all(this.inFlight);
    this.channel = undefined;
    await this.connection?.close();
  }

  private async setUp(channel: Channel) {
    this.channel = channel;
    channel.once('close', () => this.onChannelLost(channel));
    await declareTopology(channel, this.topology);
    await channel.prefetch(PREFETCH);
    const consume = (queue: string, handle: (message: ConsumeMessage) => Promise<void>) =>
      channel.consume(queue, (message) => {
        if (message) this.receive(message, channel, handle);
        else this.onChannelLost(channel);
      });
    await consume(DEAD_LETTER_QUEUE, (message) => this.store(this.toDeadLetter(message)));
    await consume(UNROUTED_QUEUE, (message) => this.reroute(message, channel));
  }

  private onChannelLost(channel: Channel) {
    if (this.channel !== channel || this.shutdown.signal.aborted) return;
    this.channel = undefined;
    reconnectAfterChannelLoss(this.connection!, () => !this.channel && !this.shutdown.signal.aborted);
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
        await handle(message);
        return channel.ack(message);
      } catch (error) {
        if (this.shutdown.signal.aborted) return;
        this.logger.warn({ reason: (error as Error).message }, 'message not settled yet, retrying');
        await sleep(wait, undefined, { signal: this.shutdown.signal }).catch(() => undefined);
      }
    }
  }

  private async store(deadLetter: NewDeadLetter) {
    await this.deadLetters.record(deadLetter);
    const { queue } = deadLetter;
    // An external client may have set any queue in the header, but the number of label values of a metric must be
    // limited.
    const isKnown = Object.hasOwn(this.topology.workQueues, queue) || queue === UNROUTED_QUEUE;
    this.collectedTotal.inc({ queue: isKnown ? queue : 'unknown' });
  }

  /** Publishes the event again if a queue should be bound for it; otherwise stores it as a dead letter. */
  private async reroute(message: ConsumeMessage, channel: Channel) {
    const { routingKey } = message.fields;
    const reroutes = Number(message.properties.headers?.[REROUTED_HEADER] ?? 0);
    if (!Object.hasOwn(this.catalogue, routingKey) || !(reroutes < MAX_REROUTES)) {
      const error = `no queue is bound for ${routingKey}`;
      const deadLetter = this.toDeadLetter(message);
      return this.store({ ...deadLetter, queue: UNROUTED_QUEUE, reason: 'unroutable', error });
    }
    const isRedeclared = reroutes === 0 && performance.now() - this.redeclaredAt < REDECLARATION_VALID_MS;
    if (!isRedeclared) await this.redeclareTopology(channel);
    const options = publisherProperties(message, { [REROUTED_HEADER]: reroutes + 1 });
    await this.publisher.publish(this.topology.eventsExchange, routingKey, message.content, options);
    this.logger.warn({ event: routingKey }, 'no queue was bound: bindings redeclared, event rerouted');
  }

  /** Redeclares the topology once for all events that wait for it. */
  private redeclareTopology(channel: Channel): Promise<void> {
    const redeclare = async () => {
      await sleep(REDECLARE_DELAY_MS, undefined, { signal: this.shutdown.signal });
      await declareTopology(channel, this.topology);
      this.redeclaredAt = performance.now();
    };
    this.redeclaration ??= redeclare().finally(() => (this.redeclaration = undefined));
    return this.redeclaration;
  }

  /**
   * Reads the reason from the headers of the worker that dead-lettered the message, or else from those of the broker.
   */
  private toDeadLetter(message: ConsumeMessage): NewDeadLetter {
    const headers = (message.properties.headers ?? {}) as Record<string, unknown>;
    const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
    const death = (headers['x-death'] as { queue?: string; reason?: string }[] | undefined)?.[0];
    const { contentType, contentEncoding, type, timestamp, appId, correlationId } =
      publisherProperties(message);
    const messageId = message.properties.messageId as string | undefined;
    const { routingKey } = message.fields;
    return {
      queue: text(DEAD_LETTER_HEADERS.from) ?? death?.queue ?? 'unknown',
      routingKey,
      reason: text(DEAD_LETTER_HEADERS.code) ?? death?.reason ?? 'unknown',
      error:
        text(DEAD_LETTER_HEADERS.reason) ??
        `dead-lettered by the broker: ${death?.reason ?? 'unknown reason'}`,
      attempts: attemptOf(message),
      properties: { contentType, contentEncoding, messageId, type, timestamp, appId, correlationId },
      headers: publisherHeaders(headers),
      body: message.content,
      subject: correlationOf(this.catalogue, routingKey, readBodyFields(message.content)),
    };
  }
}
