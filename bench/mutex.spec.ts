import { Mutex } from './mutex.js';

describe('Mutex', () => {
  it('runs work one at a time in the order of the calls, also after a failure', async () => {
    const mutex = new Mutex();
    const log: string[] = [];
    const run = (name: string, fails = false) =>
      mutex.runExclusive(async () => {
        log.push(`${name} begins`);
        await new Promise(setImmediate);
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([run('product', true), run('baseline')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(log).toEqual(['product begins', 'product ends', 'baseline begins', 'baseline ends']);
  });
});
