import { Turns } from './turns.js';

describe('Turns', () => {
  it('runs work one at a time in the order of the calls, also after a failure', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const take = (name: string, fails = false) =>
      turns.take(async () => {
        log.push(`${name} begins`);
        await new Promise(setImmediate);
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([take('product', true), take('baseline')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(log).toEqual(['product begins', 'product ends', 'baseline begins', 'baseline ends']);
  });
});
