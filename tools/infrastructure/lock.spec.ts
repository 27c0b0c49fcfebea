import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from './identity.js';
import { tryLock, withLock } from './lock.js';

describe('A lock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  const file = join(folder, 'a.lock');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has one holder, and the next when that one gives it back', () => {
    const release = tryLock(file)!;
    expect(tryLock(file)).toBeUndefined();
    release();
    tryLock(file)!();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is worth nothing when its holder is dead, also where another process has its number by now', async () => {
    const child = spawn(process.execPath, ['--version']);
    const dead = identityOf(child.pid!);
    await once(child, 'exit');
    for (const holder of [dead, { pid: process.pid, started: 'long ago' }, 'nonsense']) {
      writeFileSync(file, JSON.stringify(holder));
      tryLock(file)!();
    }
  });

  it('lets contenders in one at a time, in whatever order', async () => {
    let inside = 0;
    let most = 0;
    let waited = 0;
    const contender = () =>
      withLock(
        file,
        () => (waited += 1),
        async () => {
          most = Math.max(most, (inside += 1));
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        },
      );
    await Promise.all([contender(), contender(), contender()]);
    expect({ most, waited }).toEqual({ most: 1, waited: 2 });
  });

  it('is given back by work that fails', async () => {
    const work = withLock(file, jest.fn(), () => Promise.reject(new Error('it failed')));
    await expect(work).rejects.toThrow('it failed');
    tryLock(file)!();
  });
});
