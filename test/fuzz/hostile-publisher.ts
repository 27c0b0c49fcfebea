import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { FuzzMessage } from './messages.js';

/** Publishes with confirms. The broker closes the channel after some hostile values; the next message opens another. */
export class HostilePublisher {
  private connection?: ChannelModel;
  private channel?: ConfirmChannel;

  constructor(private readonly url: string) {}

  /** @returns `published`, `refused` by the broker, or `not encodable` by the client library */
  async publish({ exchange, routingKey, body, options }: FuzzMessage): Promise<string> {
    const channel = await this.open();
    try {
      channel.publish(exchange, routingKey, body, options);
      await channel.waitForConfirms();
      return 'published';
    } catch (error) {
      const isOpen = this.channel === channel;
      return isOpen && (error instanceof TypeError || error instanceof RangeError)
        ? 'not encodable'
        : 'refused';
    }
  }

  async close() {
    await this.connection?.close().catch(() => undefined);
  }

  private async open(): Promise<ConfirmChannel> {
    if (this.channel) return this.channel;
    if (!this.connection) {
      const connection = await connect(this.url);
      connection.on('error', () => undefined);
      connection.on('close', () => (this.connection = this.channel = undefined));
      this.connection = connection;
    }
    const channel = await this.connection.createConfirmChannel();
    channel.on('error', () => undefined);
    channel.on('close', () => (this.channel = undefined));
    return (this.channel = channel);
  }
}
