import { AppError, type Logger, type Metrics } from '@estoque/platform';
import { RmqContext, ServerRMQ } from '@nestjs/microservices';
import type { AmqpConnectionManager, ChannelWrapper } from 'amqp-connection-manager';
import type { Channel, ConsumeMessage } from 'amqplib';
import { isObservable, lastValueFrom } from 'rxjs';
import type { DecodedEvent } from '../contract/event.js';
import { Acknowledgements } from './acknowledgements.js';
import { previousDeliveriesOf } from './failure-policy.js';
import { coalesceWrites } from '../adapters/coalesced-writes.js';
import { CONNECTION, reconnectSoon, type Publisher } from './publisher.js';
import { Settlement, type SettlementOptions } from './settlement.js';
import { declareTopology } from './topology.js';

export interface TransportOptions extends SettlementOptions {
  urls: string[];
  prefetch: number;
}

/**
 * Nest's RMQ transport with what it leaves undone (docs/adr/0003): flat JSON by routing key, one
 * acknowledgement after the handler is done, retries and dead letters by the error's kind, a consumer
 * that comes back from every loss, and a close that finishes what is in flight.
 *
 * A message that was delivered before may have brought its worker down. It is handled alone, and until one comes that
 * was not, only one at a time is taken from the queue: so none of its neighbours goes down with it.
 */
export class EventTransport extends ServerRMQ {
  private readonly settlement: Settlement;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly closing = new AbortController();
  /** The channel that deliveries come by, from its opening to its loss. */
  private open?: Channel;
  /** Of the same channel. */
  private acks?: Acknowledgements;
  /** Set while the broker delivers to us, one at a time. */
  private consumerTag?: string;
  /** Set while it delivers more at a time, by a second consumer: one that stands can't be given another prefetch. */
  private wideTag?: string;
  private fault = 'not connected yet';
  private changingPace: Promise<void> = Promise.resolve();
  /** The last suspect taken; what comes after it waits for it. */
  private suspect: Promise<void> = Promise.resolve();

  constructor(
    private readonly consumer: TransportOptions,
    publisher: Publisher,
    private readonly log: Logger,
    metrics: Metrics,
  ) {
    super({
      urls: consumer.urls,
      queue: consumer.queue,
      noAck: false,
      socketOptions: CONNECTION,
    });
    const handler = (event: DecodedEvent, message: ConsumeMessage) => this.callHandler(event, message);
    this.settlement = new Settlement(consumer, handler, publisher, log, this.closing.signal, metrics);
    metrics.gauge('estoque_consumer_up', 'Whether messages are taken from the queue', () =>
      Number(!this.amiss),
    );
    metrics.gauge(
      'estoque_consumer_in_flight',
      'Messages delivered and not settled',
      () => this.inFlight.size,
    );
  }

  /** @throws where messages are not handled by this process just now, with the reason */
  assertConsuming() {
    if (this.amiss) throw new Error(this.amiss);
  }

  override async listen(callback: (error?: unknown) => void) {
    this.assertHandlers();
    await super.listen(callback);
    this.manager.on('connectFailed', ({ err }: { err: Error }) => (this.fault = err.message));
    // A connection that goes while a channel is opened on it; without a listener the event would end the process.
    this.manager.once('connect', () =>
      (this.channel as ChannelWrapper | null)?.on('error', ({ message }) => (this.fault = message)),
    );
  }

  /** Runs at every connection. What it throws is on the health page, and is tried again. */
  override async setupChannel(channel: Channel, ready: () => void) {
    const { queue, topology } = this.consumer;
    this.open = channel;
    this.acks = new Acknowledgements(channel);
    coalesceWrites(channel);
    channel.once('close', () => this.lost(channel, 'the channel closed'));
    try {
      await declareTopology(channel, topology);
      // Close waits for it: one that stops while it starts must not leave a consumer behind that nobody cancels.
      this.changingPace = this.startConsuming(channel);
      await this.changingPace;
      this.log.info({ queue }, 'consuming');
      ready();
    } catch (error) {
      const reason = (error as Error).message;
      this.log.error({ queue, reason }, 'the queue cannot be consumed');
      this.lost(channel, reason);
      // The channel's own end, which was told first, says less.
      this.fault = reason;
    }
  }

  /** Stop consuming, finish what is in flight, acknowledge it, close. */
  override async close() {
    this.closing.abort();
    await this.changingPace.catch(() => undefined);
    const tags = [this.consumerTag, this.wideTag].filter((tag) => tag !== undefined);
    this.consumerTag = undefined;
    this.fault = 'stopping';
    for (const tag of tags) await this.open?.cancel(tag).catch(() => undefined);
    await Promise.all(this.inFlight);
    this.acks?.flush();
    this.open = undefined;
    await super.close();
  }

  private get amiss(): string | undefined {
    return this.consumerTag ? this.settlement.circuitBreaker.fault : this.fault;
  }

  private get manager() {
    return this.server as AmqpConnectionManager;
  }

  /** Every event that is bound to the queue has one handler, and every handler gets its event; else it is a mistake of ours. */
  private assertHandlers() {
    const { queue, topology } = this.consumer;
    const bound = topology.workQueues[queue] ?? [];
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

  private async startConsuming(channel: Channel) {
    const tag = await this.consume(channel, 1);
    if (this.open === channel) [this.consumerTag, this.wideTag] = [tag, undefined];
  }

  private async consume(channel: Channel, prefetch: number): Promise<string | undefined> {
    if (this.closing.signal.aborted) return undefined;
    const acks = this.acks!;
    await channel.prefetch(prefetch);
    const { consumerTag } = await channel.consume(this.consumer.queue, (message) => {
      if (message) this.take(message, channel, acks);
      else this.lost(channel, 'the broker cancelled the consumer');
    });
    return consumerTag;
  }

  private changePace(channel: Channel, careful: boolean) {
    this.changingPace = this.changingPace.then(async () => {
      const { wideTag } = this;
      if (careful === !wideTag || this.open !== channel || this.closing.signal.aborted) return;
      try {
        if (wideTag) {
          this.wideTag = undefined;
          await channel.cancel(wideTag);
        } else {
          this.wideTag = await this.consume(channel, this.consumer.prefetch - 1);
        }
      } catch (error) {
        this.lost(channel, (error as Error).message);
      }
    });
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

  private take(message: ConsumeMessage, channel: Channel, acks: Acknowledgements) {
    const isSuspect = previousDeliveriesOf(message) > 0;
    const deliveredAt = performance.now();
    acks.delivered(message);
    const before = isSuspect ? Promise.all(this.inFlight) : this.suspect;
    const work = before
      .then(() => this.settlement.settle(message, deliveredAt, acks, () => this.open === channel))
      .finally(() => this.inFlight.delete(work));
    this.inFlight.add(work);
    if (isSuspect) this.suspect = work;
    // 0 would mean: as many as there are.
    const canWiden = this.consumer.prefetch > 1;
    if (isSuspect ? this.wideTag : !this.wideTag && canWiden) this.changePace(channel, isSuspect);
  }

  private async callHandler({ event, payload }: DecodedEvent, message: ConsumeMessage): Promise<unknown> {
    // Not getHandlerByPattern: it tries each pattern as JSON first, a thrown error for each message of ours.
    const handler = this.messageHandlers.get(event);
    if (!handler)
      throw new AppError('invalid', 'unknown_event', `${this.consumer.queue} does not handle ${event}`);
    const result: unknown = await handler(payload, new RmqContext([message, {}, event]));
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  }
}
