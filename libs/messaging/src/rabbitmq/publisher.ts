import { AppError, type Logger } from '@estoque/platform';
import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel, Options } from 'amqplib';
import { coalesceWrites } from '../adapters/coalesced-writes.js';
import { declareTopology, type Topology } from './topology.js';

const RECONNECT_SECONDS = 1;

/** Of all connections of a process. A dead peer is noticed after two heartbeats, in the third, or while it is greeted. */
export const CONNECTION = {
  heartbeatIntervalInSeconds: 4,
  reconnectTimeInSeconds: RECONNECT_SECONDS,
  connectionOptions: { timeout: 5_000 },
};

/** After so long without an answer nobody knows what became of a message, and the channel it went by is given up. */
const CONFIRM_TIMEOUT_MS = 10_000;
/** Publishes that wait for their confirm at once; more are refused, and stay where they are safe. */
const MAX_IN_FLIGHT = 2_000;

/** Published, and its confirm still to come. */
interface Unconfirmed {
  channel: ConfirmChannel;
  /** In milliseconds, of the process's clock that only goes forward. */
  sentAt: number;
  settle: (error?: Error) => void;
}

/** Publishes so that 'done' means: the broker has it, on disk, in a queue. */
export class Publisher {
  private readonly connection: AmqpConnectionManager;
  private channel?: ConfirmChannel;
  /** The oldest first. */
  private readonly unconfirmed = new Set<Unconfirmed>();
  private readonly watch: NodeJS.Timeout;
  private closing = false;
  /** Why the broker takes nothing, while it is out of memory or disk. */
  private blocked?: string;
  private readonly returned = new Set<string>();
  private readonly readyListeners: (() => void)[] = [];
  private fault = 'not connected yet';

  constructor(
    urls: string[],
    private readonly topology: Topology,
    private readonly logger: Logger,
  ) {
    this.connection = connect(urls, CONNECTION);
    this.connection.on('disconnect', ({ err }) => this.lost(err));
    this.connection.on('connectFailed', ({ err }) => this.lost(err));
    this.connection.on('blocked', ({ reason }) => this.block(reason));
    this.connection.on('unblocked', () => this.unblock());
    this.connection
      .createChannel({ confirm: true, setup: (channel: ConfirmChannel) => this.setUp(channel) })
      // Said by setUp already; without a listener the event would end the process.
      .on('error', () => undefined);
    this.watch = setInterval(() => this.giveUpOnSilence(), CONFIRM_TIMEOUT_MS / 10).unref();
  }

  /** Called whenever publishing has become possible, and now if it is. */
  onReady(listener: () => void) {
    this.readyListeners.push(listener);
    if (this.ready) listener();
  }

  get ready() {
    return this.channel !== undefined && this.blocked === undefined;
  }

  /** What holds publishing up, where anything does. */
  get holdUp(): string | undefined {
    if (!this.channel) return this.fault;
    return this.blocked && `the broker accepts no messages: ${this.blocked}`;
  }

  /**
   * @returns what holds it up, where the broker is there and takes nothing
   * @throws AppError `broker_unavailable`, with what keeps the broker away
   */
  assertReady(): string | undefined {
    if (!this.channel) throw unavailable(this.fault);
    return this.holdUp;
  }

  /**
   * Persistent, mandatory, confirmed.
   *
   * @throws AppError of kind `unavailable`: not published as far as we know, though it may have arrived
   */
  publish(
    exchange: string,
    routingKey: string,
    body: Buffer,
    options: Options.Publish & { messageId: string },
  ) {
    return new Promise<void>((resolve, reject) => {
      const channel = this.channel;
      if (!channel) return reject(unavailable(this.fault));
      // What is written to a blocked connection piles up in memory, and goes out once more for each try.
      if (this.blocked) return reject(unavailable(this.blocked));
      if (this.unconfirmed.size >= MAX_IN_FLIGHT)
        return reject(unavailable('too many messages wait for their confirm'));
      const sent: Unconfirmed = {
        channel,
        sentAt: performance.now(),
        settle: (error) => {
          if (!this.unconfirmed.delete(sent)) return;
          if (error) reject(error);
          else resolve();
        },
      };
      this.unconfirmed.add(sent);
      try {
        channel.publish(
          exchange,
          routingKey,
          body,
          { persistent: true, mandatory: true, ...options },
          (error) => {
            // The broker sends the return before the confirm of the same message.
            const unroutable = this.returned.delete(options.messageId);
            if (error) sent.settle(unavailable('the broker refused the message'));
            else if (unroutable) sent.settle(unavailable(`no queue takes ${routingKey}`));
            else sent.settle();
          },
        );
      } catch (error) {
        sent.settle(unavailable((error as Error).message));
      }
    });
  }

  async close() {
    this.closing = true;
    clearInterval(this.watch);
    this.channel = undefined;
    await this.connection.close();
  }

  /** Runs at every connection; where it fails the channel is useless, and another connection is tried. */
  private async setUp(channel: ConfirmChannel) {
    coalesceWrites(channel);
    channel.once('close', () => {
      for (const sent of this.unconfirmed)
        if (sent.channel === channel) sent.settle(unavailable('the channel closed before the confirm'));
      this.giveUp(channel, 'the channel closed');
    });
    try {
      await declareTopology(channel, this.topology);
    } catch (error) {
      this.lost(error);
      reconnectSoon(this.connection, () => !this.channel && !this.closing);
      throw error;
    }
    channel.on('return', ({ properties }) => this.returned.add(String(properties.messageId)));
    this.returned.clear();
    this.blocked = undefined;
    this.channel = channel;
    this.tellReady();
  }

  private giveUpOnSilence() {
    const late = performance.now() - CONFIRM_TIMEOUT_MS;
    for (const { channel, sentAt, settle } of this.unconfirmed) {
      if (sentAt > late) return;
      settle(unavailable('no confirm in time'));
      this.giveUp(channel, 'no confirm in time');
    }
  }

  /** A channel that closed by itself, or went silent, is not opened again by the connection manager. */
  private giveUp(channel: ConfirmChannel, fault: string) {
    if (this.channel !== channel || this.closing) return;
    this.lost(new Error(fault));
    reconnectSoon(this.connection, () => !this.channel && !this.closing);
  }

  private block(reason: string) {
    this.blocked = reason;
    this.logger.warn({ reason }, 'the broker accepts no messages');
  }

  private unblock() {
    this.blocked = undefined;
    if (this.ready) this.tellReady();
  }

  private tellReady() {
    for (const listener of this.readyListeners) listener();
  }

  private lost(error: unknown) {
    if (this.closing) return;
    this.channel = undefined;
    this.fault = error instanceof Error ? error.message : 'the connection was lost';
    this.logger.warn({ reason: this.fault }, 'the broker is unavailable');
  }
}

/** Opens the connection anew where it stands but what we had on it is lost; one that is down the manager brings back. */
export function reconnectSoon(connection: AmqpConnectionManager, stillLost: () => boolean) {
  setTimeout(() => {
    if (stillLost() && connection.isConnected()) connection.reconnect();
  }, RECONNECT_SECONDS * 1_500).unref();
}

const unavailable = (message: string) => new AppError('unavailable', 'broker_unavailable', message);
