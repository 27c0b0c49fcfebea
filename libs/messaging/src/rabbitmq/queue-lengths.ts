import type { Channel } from 'amqplib';
import type { Publisher } from './publisher.js';
import { withinTime } from './time-limit.js';
import type { Topology } from './topology.js';

const TIMEOUT_MS = 3_000;

export interface QueueLength {
  /** Messages that are ready to be delivered. */
  messages: number;
  consumers: number;
}

/** Reads the lengths of all queues, on a channel of its own on the publisher's connection. It needs no permission. */
export class QueueLengths {
  constructor(
    private readonly publisher: Pick<Publisher, 'openChannel'>,
    private readonly queues: Topology['queues'],
  ) {}

  /** @returns the length of each queue, null if it does not exist @throws AppError `broker_unavailable` */
  async read(): Promise<Record<string, QueueLength | null>> {
    return withinTime(this.readAll(), TIMEOUT_MS, 'the broker did not return the lengths in time');
  }

  private async readAll(): Promise<Record<string, QueueLength | null>> {
    const lengths: Record<string, QueueLength | null> = {};
    let channel: Channel | undefined;
    for (const { name } of this.queues) {
      channel ??= await this.publisher.openChannel();
      try {
        const { messageCount, consumerCount } = await channel.checkQueue(name);
        lengths[name] = { messages: messageCount, consumers: consumerCount };
      } catch {
        // The broker closes the channel if the queue does not exist.
        lengths[name] = null;
        channel = undefined;
      }
    }
    await channel?.close().catch(() => undefined);
    return lengths;
  }
}
