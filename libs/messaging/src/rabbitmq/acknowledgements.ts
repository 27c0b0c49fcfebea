import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * Acknowledges what is done on one channel, by as few frames as there can be: a batch that is done in the order in
 * which it was delivered by a single one. Nothing waits for a neighbour: what is done out of its turn has a frame of
 * its own in the same turn of the event loop.
 */
export class Acknowledgements {
  /** Delivery tags, in their order. */
  private readonly open = new Set<number>();
  private readonly done = new Set<number>();

  constructor(private readonly channel: Channel) {}

  delivered({ fields }: ConsumeMessage) {
    this.open.add(fields.deliveryTag);
  }

  ack({ fields }: ConsumeMessage) {
    if (this.done.size === 0) process.nextTick(() => this.flush());
    this.done.add(fields.deliveryTag);
  }

  /** Back to the queue. @throws where the channel is closed */
  reject(message: ConsumeMessage) {
    this.open.delete(message.fields.deliveryTag);
    this.channel.reject(message, true);
  }

  flush() {
    let upTo = 0;
    for (const tag of this.open) {
      if (!this.done.delete(tag)) break;
      this.open.delete(tag);
      upTo = tag;
    }
    try {
      if (upTo > 0) this.channel.ack(tagged(upTo), true);
      for (const tag of this.done) {
        this.open.delete(tag);
        this.channel.ack(tagged(tag));
      }
    } catch {
      // The channel closed, and the broker has taken back what was delivered on it.
    }
    this.done.clear();
  }
}

/** All that amqplib reads of a message to acknowledge it. */
const tagged = (deliveryTag: number) => ({ fields: { deliveryTag } }) as ConsumeMessage;
