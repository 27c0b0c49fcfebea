import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson } from './files.js';
import { identityOf, isAlive, type Identity } from './identity.js';

/**
 * Takes a lock that ends with its holder: a file naming the process, worthless once that process is gone.
 * Returns what gives it back, or undefined when a living process (this one too) holds it.
 */
export function tryLock(file: string): (() => void) | undefined {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(mine, JSON.stringify(identityOf(process.pid)), { flag: 'wx' });
  try {
    for (;;) {
      // link() is the one step that both fails when the file exists and shows it with its content.
      if (linked(mine, file)) return () => rmSync(file, { force: true });
      if (isAlive(readJson<Identity>(file))) return undefined;
      const aside = `${mine}.old`;
      if (!moved(file, aside)) continue;
      const stolen = isAlive(readJson<Identity>(aside)); // another process was quicker to replace the stale lock
      if (stolen) linked(aside, file);
      rmSync(aside, { force: true });
      if (stolen) return undefined;
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

export async function withLock<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  let release = tryLock(file);
  if (!release) waiting();
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

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
