import { AppError } from '@estoque/platform';
import type { Channel, ConsumeMessage } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { decodeEvent, type DecodedEvent, type EventCatalogue } from '../contract/event.js';
import type { Publisher } from './publisher.js';
import { withinTime } from './time-limit.js';

/** Names of the queues of feeds start with it: a process that watches events may declare them. */
export const FEED_QUEUE_PREFIX = 'feed_queue.';
/** The broker drops the oldest message of a longer queue. */
const MAX_LENGTH = 1_000;
/** The broker deletes a queue from which nothing was taken for this long, if the process has lost only its channel. */
const EXPIRES_MS = 30_000;
const TIMEOUT_MS = 2_000;

interface FeedOptions {
  exchange: string;
  catalogue: EventCatalogue;
  /** The events to watch. */
  events: readonly string[];
}

/**
 * Copies of events, for watching. While it is open, it has a queue of its own on the broker, which is bounded, belongs to
 * the connection of the publisher and is deleted with it. Events can be lost: no one may depend on them.
 *
 * The copies wait in the queue until `take` is called. If the broker delivered each of them at once, each would cost a write
 * of the broker, a read and an acknowledgement.
 */
export class EventFeed {
  private channel?: Channel;
  private queue = '';
  /** The latest change: opening, taking and closing run one after the other. */
  private lastChange: Promise<unknown> = Promise.resolve();

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

  /**
   * Takes the events that have arrived since the last call: a consumer gets all that are in the queue, and is cancelled.
   *
   * @returns the events, oldest first; none if the feed is not open
   * @throws AppError `broker_unavailable` if the feed was lost; it is closed then
   */
  take(): Promise<DecodedEvent[]> {
    return this.change(async () => {
      const { channel, queue } = this;
      if (!channel) return [];
      try {
        const messages = await withinTime(takeAll(channel, queue), TIMEOUT_MS, 'the broker did not respond');
        return messages.map((message) => this.decode(message)).filter((event) => event !== undefined);
      } catch (error) {
        this.channel = undefined;
        void channel.close().catch(() => undefined);
        throw new AppError('unavailable', 'broker_unavailable', (error as Error).message, { cause: error });
      }
    });
  }

  /** Deletes the queue. Never rejects. */
  close(): Promise<void> {
    return this.change(async () => {
      const { channel, queue } = this;
      this.channel = undefined;
      if (!channel) return;
      const deletion = channel.deleteQueue(queue).then(() => channel.close());
      await withinTime(deletion, TIMEOUT_MS, 'the broker did not respond').catch(() => undefined);
    });
  }

  private change<Result>(work: () => Promise<Result>): Promise<Result> {
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
        durable: false,
        expires: EXPIRES_MS,
        arguments: { 'x-max-length': MAX_LENGTH, 'x-overflow': 'drop-head' },
      });
      for (const event of events) await channel.bindQueue(queue, exchange, event);
      this.queue = queue;
      this.channel = channel;
    } catch (error) {
      await channel.close().catch(() => undefined);
      throw error;
    }
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

async function takeAll(channel: Channel, queue: string): Promise<ConsumeMessage[]> {
  const messages: ConsumeMessage[] = [];
  const onMessage = (message: ConsumeMessage | null) => message && messages.push(message);
  const { consumerTag } = await channel.consume(queue, onMessage, { noAck: true });
  // The broker answers after its last delivery.
  await channel.cancel(consumerTag);
  return messages;
}
