import type { Channel } from 'amqplib';
import type { Socket } from 'node:net';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { amqplib: '2.3.1' };

const coalescedSockets = new WeakSet<Socket>();

/**
 * Combines the frames that a connection writes in one turn of the event loop: one write to the socket for each turn.
 *
 * Upstream behaviour: amqplib writes each frame to the socket with a separate call (lib/mux.js), and has no option to
 * change that. A batch of acknowledgements or publishes costs hundreds of system calls.
 * Private member: `stream` of the channel's connection, the socket.
 *
 * Call it for every new channel. A socket is patched only once.
 */
export function coalesceWrites(channel: Channel) {
  const { stream } = channel.connection as unknown as { stream: Socket };
  if (coalescedSockets.has(stream)) return;
  coalescedSockets.add(stream);
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      // If a promise job writes the first frame, `nextTick` runs after all queued promise jobs, and their frames are
      // included. If an I/O callback writes it, `nextTick` runs before them, and their frames need a second write.
      process.nextTick(() => stream.uncork());
    }
    return write(...args);
  };
}
