import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from './identity.js';
import { tryLock, withLock } from './lock.js';

describe('tryLock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  const file = join(folder, 'a.lock');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('grants the lock to one holder, and to the next one after its release', () => {
    const release = tryLock(file)!;
    expect(tryLock(file)).toBeUndefined();
    release();
    tryLock(file)!();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ignores a lock whose holder has ended, also if another process has the same process id now', async () => {
    // The child waits for its standard input, so it cannot end before its identity is read.
    const child = spawn('cat');
    const ended = identityOf(child.pid!);
    expect(ended).toBeDefined();
    child.stdin.end();
    await once(child, 'exit');
    for (const holder of [ended, { pid: process.pid, started: 'long ago' }, 'nonsense']) {
      writeFileSync(file, JSON.stringify(holder));
      tryLock(file)!();
    }
  });
});

describe('withLock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  const file = join(folder, 'a.lock');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('runs the work of all callers, one at a time', async () => {
    let running = 0;
    let maxRunning = 0;
    let waits = 0;
    const contender = () =>
      withLock(
        file,
        () => (waits += 1),
        async () => {
          maxRunning = Math.max(maxRunning, (running += 1));
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        },
      );
    await Promise.all([contender(), contender(), contender()]);
    expect({ maxRunning, waits }).toEqual({ maxRunning: 1, waits: 2 });
  });

  it('releases the lock if the work fails', async () => {
    const work = withLock(file, jest.fn(), () => Promise.reject(new Error('failed on purpose')));
    await expect(work).rejects.toThrow('failed on purpose');
    tryLock(file)!();
  });
});
