import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { RECONNECT_SECONDS } from '../rabbitmq/connection-options.js';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { 'amqp-connection-manager': '5.0.0' };

/** Longer than the manager's own reconnect delay, so that a connection that closed as well is not opened twice. */
const RECONNECT_DELAY_MS = RECONNECT_SECONDS * 1_500;

interface ChannelSetup {
  /** Runs for the channel of every new connection. Its rejection is not logged here. */
  setup: (channel: ConfirmChannel) => Promise<unknown>;
}

/**
 * Opens a channel on every connection of the manager.
 *
 * Upstream behaviour: `ChannelWrapper` emits `error` if a channel can't be opened or if its setup fails. Without a
 * listener for `error`, Node ends the process.
 */
export function openChannel(connection: AmqpConnectionManager, { setup }: ChannelSetup) {
  connection.createChannel({ confirm: true, setup }).on('error', () => undefined);
}

/**
 * Replaces the connection, and so opens a new channel, if the channel or its consumer was lost.
 *
 * Upstream behaviour: `ChannelWrapper` opens a new channel only on a new connection. If a channel closes and its
 * connection stays open, it waits forever. `reconnect()` is public, but throws after `close()`.
 *
 * @param isStillLost is checked after the delay; false if the manager has reconnected meanwhile, or was closed
 */
export function reconnectAfterChannelLoss(connection: AmqpConnectionManager, isStillLost: () => boolean) {
  setTimeout(() => {
    // The manager itself opens a lost connection again.
    if (isStillLost() && connection.isConnected()) connection.reconnect();
  }, RECONNECT_DELAY_MS).unref();
}
