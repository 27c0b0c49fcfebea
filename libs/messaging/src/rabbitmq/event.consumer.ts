import { AppError, kindOf, type Logger } from '@estoque/platform';
import { RmqContext, ServerRMQ } from '@nestjs/microservices';
import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { Channel, ConsumeMessage } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastValueFrom } from 'rxjs';
import { correlationOf, decodeEvent, type DecodedEvent, type EventCatalogue } from '../contract/event.js';
import { attemptOf, judge } from './failures.js';
import { HEARTBEAT_SECONDS, RECONNECT_SECONDS, reconnectSoon, type Publisher } from './publisher.js';
import { declareTopology, type Topology } from './topology.js';

const OUTAGE_WAIT_MS = { first: 250, most: 5_000 };

export interface ConsumerOptions {
  url: string;
  queue: string;
  topology: Topology;
  catalogue: EventCatalogue;
  prefetch: number;
  retryDelaysMs: number[];
}

/**
 * Nest's RMQ transport with what it leaves undone (docs/adr/0003): flat JSON by routing key, one
 * acknowledgement after the handler is done, retries and dead letters by the error's kind, a consumer
 * that comes back from every loss, and a close that finishes what is in flight.
 */
export class EventConsumer extends ServerRMQ {
  private readonly inFlight = new Set<Promise<void>>();
  private readonly closing = new AbortController();
  /** The channel that deliveries come by, from its opening to its loss. */
  private open?: Channel;
  /** Set while the broker delivers to us. */
  private consumerTag?: string;
  private fault = 'not connected yet';

  constructor(
    private readonly consumer: ConsumerOptions,
    private readonly publisher: Publisher,
    private readonly log: Logger,
  ) {
    super({
      urls: [consumer.url],
      queue: consumer.queue,
      noAck: false,
      socketOptions: {
        heartbeatIntervalInSeconds: HEARTBEAT_SECONDS,
        reconnectTimeInSeconds: RECONNECT_SECONDS,
      },
    });
  }

  /** @throws where messages do not reach this process just now, with the reason */
  assertConsuming() {
    if (!this.consumerTag) throw new Error(this.fault);
  }

  override async listen(callback: (error?: unknown) => void) {
    this.assertHandlers();
    await super.listen(callback);
    // Said by setupChannel already; without a listener the event would end the process.
    this.manager.on('connectFailed', ({ err }: { err: Error }) => (this.fault = err.message));
  }

  /** Runs at every connection. What it throws is on the health page, and is tried again. */
  override async setupChannel(channel: Channel, ready: () => void) {
    const { queue, topology, prefetch } = this.consumer;
    this.open = channel;
    channel.once('close', () => this.lost(channel, 'the channel closed'));
    try {
      await declareTopology(channel, topology);
      await channel.prefetch(prefetch);
      const { consumerTag } = await channel.consume(queue, (message) => {
        if (message) this.take(message, channel);
        else this.lost(channel, 'the broker cancelled the consumer');
      });
      this.consumerTag = consumerTag;
      this.log.info({ queue, prefetch }, 'consuming');
      ready();
    } catch (error) {
      const reason = (error as Error).message;
      this.log.error({ queue, reason }, 'the queue can not be consumed');
      this.lost(channel, reason);
      this.fault = reason;
    }
  }

  /** Stop consuming, finish what is in flight, acknowledge it, close. */
  override async close() {
    const { consumerTag } = this;
    this.consumerTag = undefined;
    this.fault = 'stopping';
    this.closing.abort();
    if (consumerTag) await this.open?.cancel(consumerTag).catch(() => undefined);
    await Promise.all(this.inFlight);
    this.open = undefined;
    await super.close();
  }

  private get manager() {
    return this.server as AmqpConnectionManager;
  }

  /** Every event that is bound to the queue has one handler, and every handler gets its event; else it is a mistake of ours. */
  private assertHandlers() {
    const { queue, topology } = this.consumer;
    const bound = topology.work[queue] ?? [];
    const handled = [...this.messageHandlers.keys()];
    const faults = [
      ...bound.filter((event) => !handled.includes(event)).map((event) => `${event} has no handler`),
      ...handled
        .filter((event) => !bound.includes(event))
        .map((event) => `${event} is not bound to the queue`),
      ...handled
        .filter((event) => this.messageHandlers.get(event)?.next)
        .map((event) => `${event} has two handlers`),
    ];
    if (faults.length > 0) throw new Error(`${queue}: ${faults.join('; ')}`);
  }

  /** A connection that is lost comes back by itself; one whose channel or consumer is gone has to be made anew. */
  private lost(channel: Channel, fault: string) {
    if (this.open !== channel || this.closing.signal.aborted) return;
    this.open = undefined;
    this.consumerTag = undefined;
    this.fault = fault;
    this.log.warn({ queue: this.consumer.queue, reason: fault }, 'no longer consuming');
    reconnectSoon(this.manager, () => !this.open && !this.closing.signal.aborted);
  }

  private take(message: ConsumeMessage, channel: Channel) {
    const work = this.settle(message, channel).finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
  }

  /** The one place that acknowledges: when the work, or the note that it failed, is safe. */
  private async settle(message: ConsumeMessage, channel: Channel) {
    try {
      await this.throughOutages(channel, () => this.handle(message)).catch((error: unknown) =>
        this.throughOutages(channel, () => this.fail(error, message)),
      );
      channel.ack(message);
    } catch (error) {
      // Nothing could be done for it: stopping in an outage, or the channel is gone. It goes back to the queue.
      this.log.debug({ reason: (error as Error).message }, 'left to the queue');
      this.giveBack(message, channel);
    }
  }

  private giveBack(message: ConsumeMessage, channel: Channel) {
    try {
      channel.reject(message, true);
    } catch {
      // The channel closed, and the broker has taken back what was delivered on it.
    }
  }

  private async handle(message: ConsumeMessage) {
    const started = performance.now();
    const decoded = decodeEvent(this.consumer.catalogue, message.content, message.fields.routingKey);
    const outcome = await this.callHandler(decoded, message);
    this.log.info(
      {
        event: decoded.event,
        ...correlationOf(this.consumer.catalogue, decoded.event, decoded.payload),
        event_id: decoded.eventId,
        outcome,
        attempt: attemptOf(message),
        duration_ms: Math.round((performance.now() - started) * 10) / 10,
      },
      'handled',
    );
  }

  private async callHandler({ event, payload }: DecodedEvent, message: ConsumeMessage): Promise<unknown> {
    const handler = this.getHandlerByPattern(event);
    if (!handler)
      throw new AppError('invalid', 'unknown_event', `${this.consumer.queue} does not handle ${event}`);
    const result: unknown = await handler(payload, new RmqContext([message, {}, event]));
    return lastValueFrom(this.transformToObservable(result), { defaultValue: undefined });
  }

  /** Puts a message where it waits for another try, or where it is parked. */
  private async fail(error: unknown, message: ConsumeMessage) {
    // Only stopping leaves an outage's error over; the queue keeps the message.
    if (kindOf(error) === 'unavailable') throw error;
    const { queue, topology, retryDelaysMs } = this.consumer;
    const { decision, exchange, options, code, reason } = judge(
      error,
      message,
      queue,
      topology,
      retryDelaysMs,
    );
    await this.publisher.publish(exchange, message.fields.routingKey, message.content, options);
    const unexpected = code === 'bug' ? { err: error } : {};
    const attempt = attemptOf(message);
    const order = correlationOf(this.consumer.catalogue, message.fields.routingKey, bodyOf(message));
    this.log.warn(
      { event: message.fields.routingKey, ...order, queue, code, reason, attempt, ...unexpected },
      decision,
    );
  }

  /**
   * While a neighbour is out, a message is tried again in place and uses up no attempt. With all of the
   * prefetch window waiting, nothing more is delivered: the consumer stands still until the neighbour is back.
   */
  private async throughOutages<Result>(channel: Channel, work: () => Promise<Result>): Promise<Result> {
    for (let wait = OUTAGE_WAIT_MS.first; ; wait = Math.min(wait * 2, OUTAGE_WAIT_MS.most)) {
      try {
        return await work();
      } catch (error) {
        const hopeless = this.closing.signal.aborted || this.open !== channel;
        if (kindOf(error) !== 'unavailable' || hopeless) throw error;
        this.log.warn({ reason: (error as Error).message, retry_in_ms: wait }, 'waiting for a neighbour');
        await sleep(wait, undefined, { signal: this.closing.signal });
      }
    }
  }
}

function bodyOf(message: ConsumeMessage): Record<string, unknown> {
  try {
    return (JSON.parse(message.content.toString()) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
