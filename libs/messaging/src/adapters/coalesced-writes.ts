import type { Channel } from 'amqplib';
import type { Socket } from 'node:net';

export const CHECKED_AGAINST = { amqplib: '2.3.1' };

const gathering = new WeakSet<Socket>();

/**
 * What a connection writes in one turn of the event loop goes out in one packet. amqplib hands each frame to the
 * system by itself, which for a batch of acknowledgements or publishes is hundreds of calls.
 */
export function coalesceWrites(channel: Channel) {
  const { stream } = channel.connection as unknown as { stream: Socket };
  if (gathering.has(stream)) return;
  gathering.add(stream);
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      // After the promises that this turn has settled, each with a frame of its own.
      process.nextTick(() => stream.uncork());
    }
    return write(...args);
  };
}
