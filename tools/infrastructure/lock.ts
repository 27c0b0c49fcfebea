import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson } from './files.js';
import { identityOf, isAlive, type Identity } from './identity.js';

/**
 * Takes a lock file. The file contains the identity of the process that holds the lock. It is ignored once that process
 * has ended.
 *
 * @returns a function that releases the lock, or undefined if a running process (also this one) holds it
 */
export function tryLock(file: string): (() => void) | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(own, JSON.stringify(identityOf(process.pid)), { flag: 'wx' });
  try {
    for (;;) {
      // link() fails if the file exists, and otherwise makes it appear with its content, in one step.
      if (tryLink(own, file)) return () => rmSync(file, { force: true });
      if (isAlive(readJson<Identity>(file))) return undefined;
      const stale = `${own}.old`;
      if (!tryRename(file, stale)) continue;
      // Another process may have replaced the stale lock in the meantime. Then its lock is restored.
      const isHeld = isAlive(readJson<Identity>(stale));
      if (isHeld) tryLink(stale, file);
      rmSync(stale, { force: true });
      if (isHeld) return undefined;
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** Runs `work` while holding the lock. @param onWait called once if another process holds the lock */
export async function withLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let release = tryLock(file);
  if (!release) onWait();
  while (!release) {
    await sleep(100);
    release = tryLock(file);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

/** @returns false if the target exists */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns false if the source does not exist */
function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
