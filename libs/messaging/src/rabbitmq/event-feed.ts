import type { Channel, ConsumeMessage } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { acknowledgeByTag } from '../adapters/acknowledge-by-tag.js';
import { decodeEvent, type DecodedEvent, type EventCatalogue } from '../contract/event.js';
import type { Publisher } from './publisher.js';

/** Names of the queues of feeds start with it: a process that watches events may declare them. */
export const FEED_QUEUE_PREFIX = 'feed_queue.';
/** The broker drops the oldest message of a longer queue. */
const MAX_LENGTH = 1_000;
const PREFETCH = 200;

interface FeedOptions {
  exchange: string;
  catalogue: EventCatalogue;
  /** The events to watch. */
  events: readonly string[];
  onEvent: (event: DecodedEvent) => void;
}

/**
 * Copies of events, for watching. While it is open, it has a queue of its own on the broker, which is bounded, belongs to
 * the connection of the publisher and is deleted with it. Events can be lost: no one may depend on them.
 */
export class EventFeed {
  private channel?: Channel;
  /** The latest change: opening and closing run one after the other. */
  private lastChange: Promise<void> = Promise.resolve();
  private lastTag = 0;

  constructor(
    private readonly publisher: Pick<Publisher, 'openChannel'>,
    private readonly options: FeedOptions,
  ) {}

  get isOpen() {
    return this.channel !== undefined;
  }

  /** Does nothing if it is open. @throws AppError `broker_unavailable`, or the error of the broker */
  open(): Promise<void> {
    return this.change(() => this.start());
  }

  /** Deletes the queue. Never rejects. */
  close(): Promise<void> {
    return this.change(async () => {
      const { channel } = this;
      this.channel = undefined;
      await channel?.close().catch(() => undefined);
    });
  }

  private change(work: () => Promise<void>): Promise<void> {
    const result = this.lastChange.then(work);
    this.lastChange = result.catch(() => undefined);
    return result;
  }

  private async start() {
    if (this.channel) return;
    const { exchange, events } = this.options;
    const channel = await this.publisher.openChannel();
    channel.once('close', () => {
      if (this.channel === channel) this.channel = undefined;
    });
    try {
      const { queue } = await channel.assertQueue(FEED_QUEUE_PREFIX + randomUUID(), {
        exclusive: true,
        autoDelete: true,
        durable: false,
        arguments: { 'x-max-length': MAX_LENGTH, 'x-overflow': 'drop-head' },
      });
      for (const event of events) await channel.bindQueue(queue, exchange, event);
      await channel.prefetch(PREFETCH);
      await channel.consume(queue, (message) => this.receive(channel, message));
      this.channel = channel;
    } catch (error) {
      await channel.close().catch(() => undefined);
      throw error;
    }
  }

  private receive(channel: Channel, message: ConsumeMessage | null) {
    if (!message) return;
    this.acknowledge(channel, message);
    const event = this.decode(message);
    if (event) this.options.onEvent(event);
  }

  /** One acknowledgement for all messages that arrive in a turn of the event loop. */
  private acknowledge(channel: Channel, { fields: { deliveryTag } }: ConsumeMessage) {
    if (this.lastTag === 0)
      setImmediate(() => {
        const tag = this.lastTag;
        this.lastTag = 0;
        try {
          acknowledgeByTag(channel, tag, { multiple: true });
        } catch {
          // The channel is closed, and its queue deleted.
        }
      });
    this.lastTag = deliveryTag;
  }

  /** @returns undefined for a message that is no event: any client can publish any message */
  private decode({ content, fields }: ConsumeMessage): DecodedEvent | undefined {
    try {
      return decodeEvent(this.options.catalogue, content, fields.routingKey);
    } catch {
      return undefined;
    }
  }
}
