import type { Channel, ConsumeMessage } from 'amqplib';
import { Acknowledgements } from './acknowledgements.js';

/** `isolated`: the broker delivers one message at a time. `full`: as many as the setting PREFETCH allows. */
export type PrefetchMode = 'isolated' | 'full';

interface SubscriptionOptions {
  queue: string;
  /** Maximum number of unacknowledged messages in mode `full`. */
  prefetch: number;
  onMessage: (message: ConsumeMessage) => void;
  /** Called once, if the channel or a consumer on it is lost before the shutdown. */
  onLost: (reason: string) => void;
  /** After it aborts, no consumer is registered and no loss is reported. */
  shutdown: AbortSignal;
}

/**
 * Subscription to a queue on one channel, with a prefetch mode that can be switched.
 *
 * The prefetch of a registered AMQP consumer can't be changed. Therefore the subscription has a consumer with prefetch
 * 1 and, in mode `full`, a second one with the rest of the prefetch.
 */
export class QueueSubscription {
  readonly acknowledgements: Acknowledgements;
  private lost = false;
  /** Tag of the consumer with prefetch 1. */
  private consumerTag?: string;
  /** Tag of the second consumer; set in mode `full`. */
  private secondConsumerTag?: string;
  private lastChange: Promise<void> = Promise.resolve();

  constructor(
    private readonly channel: Channel,
    private readonly options: SubscriptionOptions,
  ) {
    this.acknowledgements = new Acknowledgements(channel);
    channel.once('close', () => this.reportLoss('the channel closed'));
  }

  get isLost() {
    return this.lost;
  }

  get isConsuming() {
    return this.consumerTag !== undefined && !this.lost;
  }

  get mode(): PrefetchMode {
    return this.secondConsumerTag || this.options.prefetch === 1 ? 'full' : 'isolated';
  }

  /** Registers the first consumer, in mode `isolated`. @throws if the broker refuses it */
  start(): Promise<void> {
    this.lastChange = this.consume(1).then((tag) => {
      if (!this.lost) this.consumerTag = tag;
    });
    return this.lastChange;
  }

  /** Requests a mode. Changes of the mode run one after the other. */
  switchTo(mode: PrefetchMode) {
    const { prefetch, shutdown } = this.options;
    if (mode === this.mode || prefetch === 1) return;
    this.lastChange = this.lastChange.then(async () => {
      if (mode === this.mode || this.lost || shutdown.aborted) return;
      try {
        if (mode === 'full') this.secondConsumerTag = await this.consume(prefetch - 1);
        else await this.cancelSecondConsumer();
      } catch (error) {
        this.reportLoss((error as Error).message);
      }
    });
  }

  /** Cancels all consumers. Waits for a change of the mode in progress, because it may register a consumer. */
  async cancel() {
    await this.lastChange.catch(() => undefined);
    if (this.lost) return;
    const tags = [this.consumerTag, this.secondConsumerTag].filter((tag) => tag !== undefined);
    this.consumerTag = undefined;
    for (const tag of tags) await this.channel.cancel(tag).catch(() => undefined);
  }

  reportLoss(reason: string) {
    if (this.lost || this.options.shutdown.aborted) return;
    this.lost = true;
    this.options.onLost(reason);
  }

  /** Marks this subscription as lost without a report, because another one on a new channel replaces it. */
  markReplaced() {
    this.lost = true;
  }

  private async cancelSecondConsumer() {
    const tag = this.secondConsumerTag!;
    this.secondConsumerTag = undefined;
    await this.channel.cancel(tag);
  }

  private async consume(prefetch: number): Promise<string | undefined> {
    const { queue, onMessage, shutdown } = this.options;
    if (shutdown.aborted) return undefined;
    await this.channel.prefetch(prefetch);
    const { consumerTag } = await this.channel.consume(queue, (message) => {
      if (message) onMessage(message);
      else this.reportLoss('the broker cancelled the consumer');
    });
    return consumerTag;
  }
}
