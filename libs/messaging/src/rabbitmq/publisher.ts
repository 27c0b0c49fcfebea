import { AppError, type Logger } from '@estoque/platform';
import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { Channel, ConfirmChannel } from 'amqplib';
import { boundMessages } from '../adapters/bounded-messages.js';
import { closeConnection, openChannel, reconnectAfterChannelLoss } from '../adapters/channel-recovery.js';
import { coalesceWrites } from '../adapters/coalesced-writes.js';
import { CONNECTION_OPTIONS } from './connection-options.js';
import { withoutPublisherProperties, type MessageProperties } from './failure-policy.js';
import { withinTime } from './time-limit.js';
import type { Topology } from './topology.js';
import { declareTopology } from './topology-declaration.js';

/** A message without a confirm within this time is treated as not published, and its channel is replaced. */
const CONFIRM_TIMEOUT_MS = 10_000;
const DECLARE_TIMEOUT_MS = 5_000;
/**
 * Maximum number of messages that wait for their confirm. A further publish is refused; its message stays in the outbox
 * or the queue.
 */
const MAX_UNCONFIRMED_PUBLISHES = 2_000;

interface UnconfirmedPublish {
  channel: ConfirmChannel;
  /** Time of `performance.now()`. */
  sentAt: number;
  /** Resolves the publish, or rejects it with the error. */
  settle: (error?: Error) => void;
}

/** Publishes with publisher confirms: when `publish` resolves, the broker has stored the message in a queue. */
export class Publisher {
  private readonly connection: AmqpConnectionManager;
  /** Set while the broker is connected and the topology declared. */
  private channel?: ConfirmChannel;
  /** In the order in which they were sent. */
  private readonly unconfirmedPublishes = new Set<UnconfirmedPublish>();
  private readonly confirmTimer: NodeJS.Timeout;
  private closing = false;
  private disconnectReason = 'not connected yet';
  /** Set while the broker blocks publishers, because it is short of memory or disk space. */
  private blockedReason?: string;
  /** Ids of messages that the broker returned as unroutable and has not confirmed yet. */
  private readonly returnedIds = new Set<string>();
  private readonly readyListeners: (() => void)[] = [];

  constructor(
    urls: string[],
    private readonly topology: Topology,
    private readonly logger: Logger,
  ) {
    this.connection = connect(urls, CONNECTION_OPTIONS);
    this.connection.on('disconnect', ({ err }) => this.onDisconnect(err));
    this.connection.on('connectFailed', ({ err }) => this.onDisconnect(err));
    this.connection.on('blocked', ({ reason }) => this.onBlocked(reason));
    this.connection.on('unblocked', () => this.onUnblocked());
    openChannel(this.connection, {
      setup: (channel) => this.setUp(channel),
      isLost: () => this.isChannelLost,
    });
    this.confirmTimer = setInterval(() => this.rejectOverdue(), CONFIRM_TIMEOUT_MS / 10).unref();
  }

  /** Calls `listener` whenever publishing becomes possible, and immediately if it is possible now. */
  onReady(listener: () => void) {
    this.readyListeners.push(listener);
    if (this.ready) listener();
  }

  get ready() {
    return this.channel !== undefined && this.blockedReason === undefined;
  }

  /** Reason why publishing is impossible at the moment, or undefined. */
  get unavailableReason(): string | undefined {
    if (!this.channel) return this.disconnectReason;
    return this.blockedReason && `the broker accepts no messages: ${this.blockedReason}`;
  }

  /**
   * Probe of the readiness endpoint.
   *
   * @returns the reason if the broker is connected, but blocks publishers
   * @throws AppError `broker_unavailable` with the reason if it isn't connected
   */
  assertConnected(): string | undefined {
    if (!this.channel) throw unavailable(this.disconnectReason);
    return this.unavailableReason;
  }

  /**
   * Publishes a persistent message with the flag `mandatory`, and waits for the confirm.
   *
   * @throws AppError `broker_unavailable` if the message is treated as not published. The broker may have stored it.
   *   `message_not_encodable`, kind `invalid`: nothing was sent
   */
  publish(exchange: string, routingKey: string, body: Buffer, options: MessageProperties) {
    return new Promise<void>((resolve, reject) => {
      const channel = this.channel;
      if (!channel) return reject(unavailable(this.disconnectReason));
      // Writes to a blocked connection collect in memory, and each retry would publish the message once more.
      if (this.blockedReason) return reject(unavailable(this.blockedReason));
      if (this.unconfirmedPublishes.size >= MAX_UNCONFIRMED_PUBLISHES)
        return reject(unavailable('too many messages wait for their confirm'));
      const sent: UnconfirmedPublish = {
        channel,
        sentAt: performance.now(),
        settle: (error) => {
          if (!this.unconfirmedPublishes.delete(sent)) return;
          if (error) reject(error);
          else resolve();
        },
      };
      this.unconfirmedPublishes.add(sent);
      try {
        channel.publish(
          exchange,
          routingKey,
          body,
          { persistent: true, mandatory: true, ...options },
          (error) => {
            // The broker returns an unroutable message before it confirms it.
            const isUnroutable = this.returnedIds.delete(options.messageId);
            if (error) sent.settle(unavailable('the broker refused the message'));
            else if (isUnroutable) sent.settle(unavailable(`no queue is bound for ${routingKey}`));
            else sent.settle();
          },
        );
      } catch (error) {
        const { name, message } = error as Error;
        // amqplib throws this error if the channel is closed, and others if it can't encode the properties.
        const isClosed = name === 'IllegalOperationError';
        sent.settle(isClosed ? unavailable(message) : new NotEncodable(message));
      }
    });
  }

  /**
   * Publishes a copy of a received message. If its properties can't be encoded again (not every value that can be
   * received can be sent), those that the publisher of the message set are omitted.
   *
   * @throws AppError `broker_unavailable`, as `publish`
   */
  async publishCopy(exchange: string, routingKey: string, body: Buffer, options: MessageProperties) {
    try {
      await this.publish(exchange, routingKey, body, options);
    } catch (error) {
      if (!(error instanceof NotEncodable)) throw error;
      await this.publish(exchange, routingKey, body, withoutPublisherProperties(options));
    }
  }

  /**
   * Declares the topology again, because a binding may be lost. The broker returns a message only if it reaches no queue
   * at all, so the loss of one of several bindings is not noticed.
   */
  async redeclareTopology() {
    // On a blocked connection the broker would not respond.
    if (!this.channel || !this.ready) return;
    const declaration = this.declareTopology(this.channel);
    await withinTime(declaration, DECLARE_TIMEOUT_MS, 'the topology was not declared in time');
  }

  /** Opens a further channel on the connection; the caller closes it. @throws AppError `broker_unavailable` */
  async openChannel(): Promise<Channel> {
    // On a blocked connection the broker would not respond.
    if (!this.ready) throw unavailable(this.unavailableReason!);
    const channel = await this.connection.connection!.createChannel();
    // The error is also the rejection of the request.
    channel.on('error', () => undefined);
    return channel;
  }

  async close() {
    this.closing = true;
    clearInterval(this.confirmTimer);
    this.channel = undefined;
    await closeConnection(this.connection);
  }

  /** Runs for the channel of each new connection. If it fails, the connection is replaced. */
  private async setUp(channel: ConfirmChannel) {
    coalesceWrites(channel);
    boundMessages(channel);
    channel.once('close', () => {
      for (const sent of this.unconfirmedPublishes)
        if (sent.channel === channel) sent.settle(unavailable('the channel closed before the confirm'));
      this.abandon(channel, 'the channel closed');
    });
    try {
      await this.declareTopology(channel);
    } catch (error) {
      this.onDisconnect(error);
      this.reconnect();
      throw error;
    }
    channel.on('return', ({ properties }) => this.returnedIds.add(String(properties.messageId)));
    this.returnedIds.clear();
    this.blockedReason = undefined;
    this.channel = channel;
    this.notifyReady();
  }

  /** A queue that does not exist yet prevents no publication: its messages wait in `unrouted_queue`. */
  private async declareTopology(channel: ConfirmChannel) {
    const missing = await declareTopology(channel, this.topology, () =>
      this.connection.connection!.createChannel(),
    );
    if (missing.length > 0)
      this.logger.warn({ missing }, 'queues do not exist, and this user may not create them');
  }

  private rejectOverdue() {
    const latestOverdue = performance.now() - CONFIRM_TIMEOUT_MS;
    for (const { channel, sentAt, settle } of this.unconfirmedPublishes) {
      if (sentAt > latestOverdue) return;
      settle(unavailable('no confirm in time'));
      this.abandon(channel, 'no confirm in time');
    }
  }

  /** Replaces a channel that closed or stopped confirming. */
  private abandon(channel: ConfirmChannel, reason: string) {
    if (this.channel !== channel || this.closing) return;
    this.onDisconnect(new Error(reason));
    this.reconnect();
  }

  private reconnect() {
    reconnectAfterChannelLoss(this.connection, () => this.isChannelLost);
  }

  private get isChannelLost() {
    return !this.channel && !this.closing;
  }

  private onBlocked(reason: string) {
    this.blockedReason = reason;
    this.logger.warn({ reason }, 'the broker accepts no messages');
  }

  private onUnblocked() {
    this.blockedReason = undefined;
    if (this.ready) this.notifyReady();
  }

  private notifyReady() {
    for (const listener of this.readyListeners) listener();
  }

  private onDisconnect(error: unknown) {
    if (this.closing) return;
    this.channel = undefined;
    this.disconnectReason = error instanceof Error ? error.message : 'the connection was lost';
    this.logger.warn({ reason: this.disconnectReason }, 'the broker is unavailable');
  }
}

/** amqplib can't encode the properties of the message. Nothing was sent. */
class NotEncodable extends AppError {
  constructor(reason: string) {
    super('invalid', 'message_not_encodable', `The properties of the message cannot be encoded: ${reason}`);
  }
}

const unavailable = (message: string) => new AppError('unavailable', 'broker_unavailable', message);
