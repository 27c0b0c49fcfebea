import type { Channel, ConsumeMessage } from 'amqplib';
import { acknowledgeByTag } from '../adapters/acknowledge-by-tag.js';

/**
 * Acknowledges the deliveries of one channel with few frames. A batch that finishes in the order of its deliveries
 * needs one frame. No acknowledgement waits for another delivery: one that is out of order gets its own frame in the
 * same turn of the event loop.
 */
export class Acknowledgements {
  /** Delivery tags that are not acknowledged yet, in the order of delivery. */
  private readonly unacknowledged = new Set<number>();
  /** Delivery tags to acknowledge with the next flush. */
  private readonly finished = new Set<number>();

  constructor(private readonly channel: Channel) {}

  /** Call for every delivery, in the order of delivery. */
  addDelivery({ fields }: ConsumeMessage) {
    this.unacknowledged.add(fields.deliveryTag);
  }

  /** Acknowledges the message at the end of this turn of the event loop. */
  ack({ fields }: ConsumeMessage) {
    if (this.finished.size === 0) process.nextTick(() => this.flush());
    this.finished.add(fields.deliveryTag);
  }

  /** Requeues the message. @throws if the channel is closed */
  reject(message: ConsumeMessage) {
    this.unacknowledged.delete(message.fields.deliveryTag);
    this.channel.reject(message, true);
  }

  /** Sends all pending acknowledgements now. */
  flush() {
    let lastOfFinishedPrefix = 0;
    for (const tag of this.unacknowledged) {
      if (!this.finished.delete(tag)) break;
      this.unacknowledged.delete(tag);
      lastOfFinishedPrefix = tag;
    }
    try {
      if (lastOfFinishedPrefix > 0) acknowledgeByTag(this.channel, lastOfFinishedPrefix, { multiple: true });
      for (const tag of this.finished) {
        this.unacknowledged.delete(tag);
        acknowledgeByTag(this.channel, tag);
      }
    } catch {
      // The channel is closed. The broker has requeued its deliveries.
    }
    this.finished.clear();
  }
}
