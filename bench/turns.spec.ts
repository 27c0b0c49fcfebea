import { Turns } from './turns.js';

describe('Turns', () => {
  it('are taken one at a time, in the order in which they were asked for, whatever becomes of those before', async () => {
    const turns = new Turns();
    const told: string[] = [];
    const take = (name: string, fails = false) =>
      turns.take(async () => {
        told.push(`${name} begins`);
        await new Promise(setImmediate);
        told.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const both = await Promise.allSettled([take('ours', true), take('baseline')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(told).toEqual(['ours begins', 'ours ends', 'baseline begins', 'baseline ends']);
  });
});
