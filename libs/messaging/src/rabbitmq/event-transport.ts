import { AppError, type Logger, type Metrics } from '@estoque/platform';
import type { Channel, ConsumeMessage } from 'amqplib';
import { setMaxListeners } from 'node:events';
import { boundMessages } from '../adapters/bounded-messages.js';
import { reconnectAfterChannelLoss } from '../adapters/channel-recovery.js';
import { coalesceWrites } from '../adapters/coalesced-writes.js';
import { NestRmqServer } from '../adapters/nest-rmq-server.js';
import type { DecodedEvent } from '../contract/event.js';
import { CONNECTION_OPTIONS } from './connection-options.js';
import { previousDeliveriesOf } from './failure-policy.js';
import type { EventHandling } from './handling-statistics.js';
import type { Publisher } from './publisher.js';
import { QueueSubscription } from './queue-subscription.js';
import { MessageSettler, type IneffectiveDelivery, type SettlementOptions } from './settlement.js';
import { declareTopology } from './topology-declaration.js';

export interface TransportOptions extends SettlementOptions {
  urls: string[];
  /** Maximum number of unacknowledged messages. */
  prefetch: number;
}

export type TransportState = 'connecting' | 'isolated' | 'consuming' | 'draining' | 'closed';

/** What a process with a queue reports about itself. */
export interface TransportReport {
  queue: string;
  state: TransportState | 'circuit_open';
  /** Messages delivered and not settled. */
  in_flight: number;
  events: Record<string, EventHandling>;
}

/**
 * Nest's RMQ transport with features that it lacks (docs/adr/0003): flat JSON that is matched to handlers by routing
 * key, one acknowledgement after the handler has finished, retries and dead letters by the kind of the error, recovery
 * from the loss of a connection, channel or consumer, and a graceful shutdown that finishes the messages in flight.
 *
 * A redelivered message may have crashed its worker. It is handled in isolation, so that no other message is
 * redelivered because of it: it waits for all messages in flight, later messages wait for it, and the broker delivers
 * one message at a time until it delivers one that was not delivered before.
 *
 * States:
 *
 *                consumer registered              message that was not delivered before
 *   connecting ----------------------> isolated ---------------------------------------> consuming
 *       ^                               |    ^                                             |    |
 *       |                               |    +---------------------------------------------+    |
 *       |                               |                 redelivered message                   |
 *       +-------------------------------+-------------------------------------------------------+
 *                        connection, channel or consumer lost
 *
 *                                     close()            messages in flight settled
 *   connecting, isolated, consuming ----------> draining ---------------------------> closed
 *
 * - connecting: not connected, or the queue can't be consumed. Tries again about every second.
 * - isolated: prefetch 1.
 * - consuming: full prefetch. With PREFETCH=1 the transport is never `isolated`.
 * - draining: no new deliveries.
 */
export class EventTransport extends NestRmqServer {
  private readonly settler: MessageSettler;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly shutdown = new AbortController();
  /** Subscription on the latest channel. */
  private subscription?: QueueSubscription;
  /** Settlement of the latest redelivered message; messages delivered after it wait for it. */
  private lastIsolated: Promise<void> = Promise.resolve();
  /** Whether the latest message was redelivered. */
  private isAfterRedelivery = false;
  private connectionError = 'not connected yet';
  private isClosed = false;

  constructor(
    private readonly transportOptions: TransportOptions,
    publisher: Publisher,
    private readonly log: Logger,
    metrics: Metrics,
  ) {
    const { urls, queue } = transportOptions;
    super({ urls, queue, noAck: false, socketOptions: CONNECTION_OPTIONS });
    const handler = (event: DecodedEvent, message: ConsumeMessage) => this.handle(event, message);
    const { signal } = this.shutdown;
    // Every waiting message listens to it.
    setMaxListeners(0, signal);
    this.settler = new MessageSettler(transportOptions, handler, publisher, log, signal, metrics);
    metrics.gauge('estoque_consumer_up', 'Whether messages are consumed from the queue', () =>
      Number(!this.unavailableReason),
    );
    metrics.gauge(
      'estoque_consumer_in_flight',
      'Messages delivered and not settled',
      () => this.inFlight.size,
    );
  }

  /** @param listener must not throw */
  onIneffectiveDelivery(listener: (delivery: IneffectiveDelivery) => void) {
    this.settler.onIneffectiveDelivery = listener;
  }

  /** What this process does at the moment, for its report about itself. */
  get report(): TransportReport {
    const { statistics } = this.settler;
    return {
      queue: this.transportOptions.queue,
      state: this.reportedState,
      in_flight: this.inFlight.size,
      events: statistics.byEventName(),
    };
  }

  /** Before its first message, the transport is `isolated` although nothing is wrong. */
  private get reportedState(): TransportReport['state'] {
    const { state } = this;
    if (state !== 'isolated' && state !== 'consuming') return state;
    if (this.settler.circuitBreaker.openReason !== undefined) return 'circuit_open';
    return this.isAfterRedelivery ? state : 'consuming';
  }

  get state(): TransportState {
    if (this.isClosed) return 'closed';
    if (this.shutdown.signal.aborted) return 'draining';
    if (!this.subscription?.isConsuming) return 'connecting';
    return this.subscription.mode === 'isolated' ? 'isolated' : 'consuming';
  }

  /** Probe of the readiness endpoint. @throws Error with the reason if no messages are handled at the moment */
  assertConsuming() {
    if (this.unavailableReason) throw new Error(this.unavailableReason);
  }

  override async listen(callback: (error?: unknown) => void) {
    this.assertOneHandlerPerEvent();
    await super.listen(callback);
  }

  /** Called by the connection manager for the channel of each new connection. Never rejects. */
  override async setupChannel(channel: Channel, ready: () => void) {
    const { queue, topology, prefetch } = this.transportOptions;
    this.subscription?.markReplaced();
    const subscription: QueueSubscription = new QueueSubscription(channel, {
      queue,
      prefetch,
      onMessage: (message) => this.receive(message, subscription),
      onLost: (reason) => this.reconnect(reason),
      shutdown: this.shutdown.signal,
    });
    this.subscription = subscription;
    coalesceWrites(channel);
    boundMessages(channel);
    try {
      await declareTopology(channel, topology, () => this.connectionManager.connection!.createChannel());
      await subscription.start();
      this.log.info({ queue }, 'consuming');
      ready();
    } catch (error) {
      const reason = (error as Error).message;
      this.log.error({ queue, reason }, 'the queue cannot be consumed');
      subscription.reportLoss(reason);
      // Replaces the less precise 'the channel closed', which was reported first.
      this.connectionError = reason;
    }
  }

  /** Graceful shutdown: stops consuming, finishes and acknowledges the messages in flight, closes the connection. */
  override async close() {
    this.shutdown.abort();
    await this.subscription?.cancel();
    await Promise.all(this.inFlight);
    this.subscription?.acknowledgements.flush();
    await super.close();
    this.isClosed = true;
  }

  protected override onConnectionError({ message }: Error) {
    this.connectionError = message;
    reconnectAfterChannelLoss(this.connectionManager, () => this.isConsumerLost);
  }

  private get unavailableReason(): string | undefined {
    switch (this.state) {
      case 'connecting':
        return this.connectionError;
      case 'isolated':
      case 'consuming':
        return this.settler.circuitBreaker.openReason;
      case 'draining':
      case 'closed':
        return 'stopping';
    }
  }

  /** Each event that is bound to the queue must have one handler, and each handler must get its event. @throws Error */
  private assertOneHandlerPerEvent() {
    const { queue, topology } = this.transportOptions;
    const bound = topology.workQueues[queue] ?? [];
    const handlers = [...this.getHandlers()];
    const problems = [
      ...bound.filter((event) => !this.hasHandler(event)).map((event) => `${event} has no handler`),
      ...handlers
        .filter(([event]) => !bound.includes(event))
        .map(([event]) => `${event} is not bound to the queue`),
      ...handlers.filter(([, handler]) => handler.next).map(([event]) => `${event} has two handlers`),
    ];
    if (problems.length > 0) throw new Error(`${queue}: ${problems.join('; ')}`);
  }

  private reconnect(reason: string) {
    this.connectionError = reason;
    this.log.warn({ queue: this.transportOptions.queue, reason }, 'no longer consuming');
    reconnectAfterChannelLoss(this.connectionManager, () => this.isConsumerLost);
  }

  private get isConsumerLost() {
    return this.subscription?.isLost !== false && !this.shutdown.signal.aborted;
  }

  private receive(message: ConsumeMessage, subscription: QueueSubscription) {
    const isRedelivered = previousDeliveriesOf(message) > 0;
    this.isAfterRedelivery = isRedelivered;
    const deliveredAt = performance.now();
    const { acknowledgements } = subscription;
    acknowledgements.addDelivery(message);
    const isChannelOpen = () => !subscription.isLost;
    const earlierMessages = isRedelivered ? Promise.all(this.inFlight) : this.lastIsolated;
    const settled = earlierMessages
      .then(() => this.settler.settle({ message, deliveredAt, acknowledgements, isChannelOpen }))
      .finally(() => this.inFlight.delete(settled));
    this.inFlight.add(settled);
    if (isRedelivered) this.lastIsolated = settled;
    subscription.switchTo(isRedelivered ? 'isolated' : 'full');
  }

  private async handle({ event, payload }: DecodedEvent, message: ConsumeMessage): Promise<unknown> {
    if (this.hasHandler(event)) return this.callHandler(event, payload, message);
    const { queue } = this.transportOptions;
    throw new AppError('invalid', 'unknown_event', `${queue} does not handle ${event}`);
  }
}
