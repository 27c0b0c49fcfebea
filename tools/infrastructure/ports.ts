import { chmodSync, mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from './lock.js';

/**
 * Finds a free port on 127.0.0.1 and reserves it for this process: the preferred port or the next free one after it.
 * Without a preference, a random port below the range that the system uses for outgoing connections.
 *
 * A lock file for each port, valid until this process ends, keeps two clones that start at the same time from choosing
 * the same port.
 */
export async function reservePort(preferred?: number): Promise<number> {
  const first = preferred ?? 20_000 + Math.floor(Math.random() * 10_000);
  for (let port = first; port < first + 2_000; port += 1) {
    const release = lockPort(port);
    if (!release) continue;
    if (await isFree(port)) return port;
    release();
  }
  throw new Error(`There is no free port from ${first} to ${first + 1_999}`);
}

function lockPort(port: number): (() => void) | undefined {
  try {
    return tryLock(join(lockFolder(), String(port)));
  } catch (error) {
    // A lock left by a process of another user. Only that user may delete the file.
    if (isForbidden(error)) return () => undefined;
    throw error;
  }
}

/** One folder for all users of the machine, who share its ports. Sticky bit: users cannot delete each other's files. */
function lockFolder(): string {
  const folder = join(process.platform === 'win32' ? tmpdir() : '/tmp', 'estoque-ports');
  mkdirSync(folder, { recursive: true });
  try {
    chmodSync(folder, 0o1777);
  } catch (error) {
    if (!isForbidden(error)) throw error; // another user owns the folder and has set its mode
  }
  return folder;
}

function isForbidden(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
}

async function isFree(port: number): Promise<boolean> {
  // Some systems allow a server to bind 127.0.0.1 while another is bound to 0.0.0.0, so try to connect first.
  return !(await isAnswering(port)) && (await canListen(port));
}

/** Whether a server accepts connections on the port. */
export function isAnswering(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const finish = (isConnected: boolean): void => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.setTimeout(1_000, () => finish(true));
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
