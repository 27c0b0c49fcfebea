import type { Channel, ConsumeMessage } from 'amqplib';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { amqplib: '2.3.1' };

/**
 * Acknowledges a delivery whose message is no longer in memory.
 *
 * Upstream behaviour: `Channel.ack` requires the whole message, but reads only `fields.deliveryTag`
 * (lib/channel_model.js). That is undocumented.
 *
 * @param multiple acknowledges all earlier deliveries on this channel as well
 * @throws if the channel is closed
 */
export function acknowledgeByTag(channel: Channel, deliveryTag: number, { multiple = false } = {}) {
  channel.ack({ fields: { deliveryTag } } as ConsumeMessage, multiple);
}
