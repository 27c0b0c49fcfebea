import type { AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { 'amqp-connection-manager': '5.0.0' };

/** Together with the manager's own delay (`RECONNECT_SECONDS`), 1.5 s until a new connection is opened. */
const CLOSE_DELAY_MS = 500;
/** A connection that is lost while it is closed does not delay the shutdown of the process longer than this. */
const CLOSE_TIMEOUT_MS = 5_000;

interface ChannelSetup {
  /** Runs for the channel of every new connection. Its rejection is not logged here. */
  setup: (channel: ConfirmChannel) => Promise<unknown>;
  /** Whether a channel is missing, and the process still wants one. */
  isLost: () => boolean;
}

/** Connections that this module has begun to close. */
const closingConnections = new WeakSet<object>();

/**
 * Opens a channel on every connection of the manager.
 *
 * Upstream behaviour: `ChannelWrapper` emits `error` if a channel can't be opened or if its setup fails, and does not try
 * again on the same connection. Without a listener for `error`, Node ends the process.
 */
export function openChannel(manager: AmqpConnectionManager, { setup, isLost }: ChannelSetup) {
  manager
    .createChannel({ confirm: true, setup })
    .on('error', () => reconnectAfterChannelLoss(manager, isLost));
}

/**
 * Replaces the connection, and so opens a new channel, if the channel or its consumer was lost.
 *
 * Upstream behaviour: `ChannelWrapper` opens a new channel only on a new connection. If a channel closes and its
 * connection stays open, it waits forever. `reconnect()` of the manager is not used: it removes all listeners from the
 * connection before it closes it. If the connection is lost meanwhile, its `error` event has no listener, which ends the
 * process, or `close()` never settles and no connection is opened again. Here the connection itself is closed. The
 * manager's listeners stay, and its listener for `close` opens the next connection, however the closing ends.
 *
 * @param isStillLost is checked after a delay; false if the manager has reconnected meanwhile, or was closed
 */
export function reconnectAfterChannelLoss(manager: AmqpConnectionManager, isStillLost: () => boolean) {
  const lost = manager.connection;
  setTimeout(() => {
    // The manager itself opens a lost connection again.
    if (!lost || manager.connection !== lost || closingConnections.has(lost) || !isStillLost()) return;
    closingConnections.add(lost);
    lost.close().catch(() => {
      // It was closed before the manager listened for that, while it was being opened. No more events will follow.
      if (manager.connection === lost && isStillLost()) manager.reconnect();
    });
  }, CLOSE_DELAY_MS).unref();
}

/**
 * Closes the connection of the manager. Never rejects.
 *
 * Upstream behaviour: `close()` of the manager waits for the broker's confirmation. If the connection is lost before it
 * arrives, `close()` never settles.
 */
export async function closeConnection(manager: Pick<AmqpConnectionManager, 'close'>) {
  const closed = manager.close().catch(() => undefined);
  await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
}
