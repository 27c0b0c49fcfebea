import { chmodSync, mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from './lock.js';

/**
 * Finds a free port on 127.0.0.1 and keeps it for this process: the preferred one or the next free after it;
 * without a preference, any below the range that the system hands to outgoing connections.
 * A lock file per port keeps two clones that start at the same moment apart; it ends with this process.
 */
export async function reservePort(preferred?: number): Promise<number> {
  const first = preferred ?? 20_000 + Math.floor(Math.random() * 10_000);
  for (let port = first; port < first + 2_000; port += 1) {
    const release = lockPort(port);
    if (!release) continue;
    if (await isFree(port)) return port;
    release();
  }
  throw new Error(`No free port found from ${first} on`);
}

function lockPort(port: number): (() => void) | undefined {
  try {
    return tryLock(join(lockFolder(), String(port)));
  } catch (error) {
    // The lock of another user's process that is gone, which only that user may remove.
    if (isForbidden(error)) return () => undefined;
    throw error;
  }
}

/** One for all users of the machine, who share its ports. Sticky: nobody removes or follows another's files there. */
function lockFolder(): string {
  const folder = join(process.platform === 'win32' ? tmpdir() : '/tmp', 'estoque-ports');
  mkdirSync(folder, { recursive: true });
  try {
    chmodSync(folder, 0o1777);
  } catch (error) {
    if (!isForbidden(error)) throw error; // its owner has done it
  }
  return folder;
}

function isForbidden(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}

async function isFree(port: number): Promise<boolean> {
  // Some systems let a server bind 127.0.0.1 beside one on 0.0.0.0, so ask whether anybody answers first.
  return !(await answers(port)) && (await canListen(port));
}

export function answers(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.setTimeout(1_000, () => done(true));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
