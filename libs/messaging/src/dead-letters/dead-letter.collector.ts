import type { Logger, Metrics } from '@estoque/platform';
import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { Channel, ConsumeMessage } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counter } from 'prom-client';
import type { EventCatalogue } from '../contract/event.js';
import { attemptOf, copyOf, ownHeaders, DEAD_LETTER_HEADERS } from '../rabbitmq/failure-policy.js';
import { CONNECTION, reconnectSoon, type Publisher } from '../rabbitmq/publisher.js';
import { DEAD_LETTER_QUEUE, declareTopology, UNROUTED_QUEUE, type Topology } from '../rabbitmq/topology.js';
import type { DeadLetters, NewDeadLetter } from './dead-letters.js';

/** Bodies may be large; so many are held at once. */
const PREFETCH = 5;
const WAIT_MS = { first: 250, most: 30_000 };
/** On an event that found no queue though one should be bound: how often it was sent again. */
const REROUTED_HEADER = 'rerouted';
const MAX_REROUTES = 5;
/**
 * Before the topology is declared anew. A queue that is declared again while the broker (3.10) still ends the one of
 * that name inherits its consumers without their being told: it counts them, and delivers nothing (observed at 40 ms).
 */
const DECLARE_AFTER_MS = 2_000;
/** What found no queue before this is over found none before the last declaration, and is just sent again. */
const DECLARED_LATELY_MS = 5_000;

/**
 * Brings what arrives in the broker's dead-letter queue to the database, where people can look at it, without
 * reading a byte of the body: what no code of ours could handle gets there too. An event of ours that found no queue
 * is no dead letter: its binding was missing, so the topology is declared anew and the event sent again.
 */
export class DeadLetterCollector {
  private connection?: AmqpConnectionManager;
  private open?: Channel;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly closing = new AbortController();
  private declaring?: Promise<void>;
  private declaredAt = -Infinity;
  private readonly collected: Counter<'queue'>;

  constructor(
    private readonly urls: string[],
    private readonly topology: Topology,
    private readonly catalogue: EventCatalogue,
    private readonly letters: DeadLetters,
    private readonly publisher: Publisher,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.collected = metrics.counter(
      'estoque_dead_letters_collected_total',
      'Dead letters that were brought to the database, by the queue that they were in',
      { queue: Object.keys(topology.workQueues) },
    );
  }

  start() {
    this.connection = connect(this.urls, CONNECTION);
    // Its publisher, on the same broker, has said so already.
    this.connection.on('connectFailed', () => undefined);
    this.connection
      .createChannel({ setup: (channel: Channel) => this.setUp(channel) })
      .on('error', () => undefined);
  }

  async stop() {
    this.closing.abort();
    await Promise.all(this.inFlight);
    this.open = undefined;
    await this.connection?.close();
  }

  private async setUp(channel: Channel) {
    this.open = channel;
    channel.once('close', () => this.lost(channel));
    await declareTopology(channel, this.topology);
    await channel.prefetch(PREFETCH);
    const consume = (queue: string, settle: (message: ConsumeMessage) => Promise<void>) =>
      channel.consume(queue, (message) => {
        if (message) this.take(message, channel, settle);
        else this.lost(channel);
      });
    await consume(DEAD_LETTER_QUEUE, (message) => this.collect(letterOf(message)));
    await consume(UNROUTED_QUEUE, (message) => this.reroute(message, channel));
  }

  private async collect(letter: NewDeadLetter) {
    await this.letters.record(letter);
    const { queue } = letter;
    // Its name is on the message, where a stranger may write what they like.
    const isOurs = Object.hasOwn(this.topology.workQueues, queue) || queue === UNROUTED_QUEUE;
    this.collected.inc({ queue: isOurs ? queue : 'unknown' });
  }

  private lost(channel: Channel) {
    if (this.open !== channel || this.closing.signal.aborted) return;
    this.open = undefined;
    reconnectSoon(this.connection!, () => !this.open && !this.closing.signal.aborted);
  }

  private take(
    message: ConsumeMessage,
    channel: Channel,
    settle: (message: ConsumeMessage) => Promise<void>,
  ) {
    const work = this.settle(message, channel, settle).finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
  }

  /** Tried until it works, whatever stands in the way: there is no place behind this one. */
  private async settle(
    message: ConsumeMessage,
    channel: Channel,
    settle: (message: ConsumeMessage) => Promise<void>,
  ) {
    for (let wait = WAIT_MS.first; this.open === channel; wait = Math.min(wait * 2, WAIT_MS.most)) {
      try {
        await settle(message);
        return channel.ack(message);
      } catch (error) {
        if (this.closing.signal.aborted) return;
        this.logger.warn({ reason: (error as Error).message }, 'dead letter not recorded yet, retrying');
        await sleep(wait, undefined, { signal: this.closing.signal }).catch(() => undefined);
      }
    }
  }

  private async reroute(message: ConsumeMessage, channel: Channel) {
    const { routingKey } = message.fields;
    const times = Number(message.properties.headers?.[REROUTED_HEADER] ?? 0);
    if (!Object.hasOwn(this.catalogue, routingKey) || !(times < MAX_REROUTES)) {
      const error = `no queue is bound for ${routingKey}`;
      return this.collect({
        ...letterOf(message),
        queue: UNROUTED_QUEUE,
        reason: 'unroutable',
        error,
      });
    }
    const isBound = times === 0 && performance.now() - this.declaredAt < DECLARED_LATELY_MS;
    if (!isBound) await this.declareAnew(channel);
    const options = copyOf(message, { [REROUTED_HEADER]: times + 1 });
    await this.publisher.publish(this.topology.events, routingKey, message.content, options);
    this.logger.warn({ event: routingKey }, 'no queue was bound: bindings redeclared, event republished');
  }

  /** Once for all that wait for it. */
  private declareAnew(channel: Channel): Promise<void> {
    const declare = async () => {
      await sleep(DECLARE_AFTER_MS, undefined, { signal: this.closing.signal });
      await declareTopology(channel, this.topology);
      this.declaredAt = performance.now();
    };
    this.declaring ??= declare().finally(() => (this.declaring = undefined));
    return this.declaring;
  }
}

/** By what is written on it: ours says why it parked it, the broker at least that it gave it up. */
function letterOf(message: ConsumeMessage): NewDeadLetter {
  const headers = (message.properties.headers ?? {}) as Record<string, unknown>;
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const death = (headers['x-death'] as { queue?: string; reason?: string }[] | undefined)?.[0];
  const { contentType, contentEncoding, type, timestamp, appId, correlationId } = copyOf(message);
  const messageId = message.properties.messageId as string | undefined;
  return {
    queue: text(DEAD_LETTER_HEADERS.from) ?? death?.queue ?? 'unknown',
    routingKey: message.fields.routingKey,
    reason: text(DEAD_LETTER_HEADERS.code) ?? death?.reason ?? 'unknown',
    error:
      text(DEAD_LETTER_HEADERS.reason) ?? `given up by the broker: ${death?.reason ?? 'it does not say why'}`,
    attempts: attemptOf(message),
    properties: { contentType, contentEncoding, messageId, type, timestamp, appId, correlationId },
    headers: ownHeaders(headers),
    body: message.content,
  };
}
