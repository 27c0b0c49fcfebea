import { AppError } from '@estoque/platform';
import { setImmediate as aTurn } from 'node:timers/promises';
import { MicroBatcher } from './micro-batcher.js';

/** Work that waits until it is let go, and tells what it was given. */
function gated(answer: (item: string) => string | Error = (item) => item.toUpperCase()) {
  const given: string[][] = [];
  const gates: (() => void)[] = [];
  const work = async (items: string[]) => {
    given.push(items);
    await new Promise<void>((resolve) => gates.push(resolve));
    return items.map(answer);
  };
  const open = async () => {
    while (gates.length === 0) await aTurn();
    gates.shift()!();
    await aTurn();
  };
  return { given, work, open };
}

describe('Batches', () => {
  it('take along what comes in the same turn, and gather what comes while they work', async () => {
    const { given, work, open } = gated();
    const batches = new MicroBatcher(work);
    const answers = ['a', 'b'].map((item) => batches.add(item));
    await aTurn();
    await aTurn();
    answers.push(...['c', 'd', 'e'].map((item) => batches.add(item)));
    await open();
    await open();
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(given).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('are no larger than they may be', async () => {
    const given: number[][] = [];
    const batches = new MicroBatcher(
      (items: number[]) => {
        given.push(items);
        return Promise.resolve(items);
      },
      { maxSize: 2 },
    );
    await Promise.all([1, 2, 3, 4, 5].map((item) => batches.add(item)));
    expect(given).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('never hold two items with one key, and keep their order', async () => {
    const given: string[][] = [];
    const batches = new MicroBatcher(
      (items: string[]) => {
        given.push(items);
        return Promise.resolve(items);
      },
      { keyOf: (item) => item[0] },
    );
    await Promise.all(['a1', 'b1', 'a2', 'a3', 'b2', 'c1'].map((item) => batches.add(item)));
    expect(given).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']]);
  });

  it('refuse one item and serve its neighbours', async () => {
    const batches = new MicroBatcher((items: string[]) =>
      Promise.resolve(items.map((item) => (item === 'bad' ? new Error('refused') : item))),
    );
    const [good, bad, other] = ['good', 'bad', 'other'].map((item) => batches.add(item));
    await expect(bad).rejects.toThrow('refused');
    expect(await Promise.all([good, other])).toEqual(['good', 'other']);
  });

  it('that fail are tried one by one, so that only the bad one suffers', async () => {
    const given: string[][] = [];
    const batches = new MicroBatcher((items: string[]) => {
      given.push(items);
      return items.includes('bad') ? Promise.reject(new Error('constraint')) : Promise.resolve(items);
    });
    const [good, bad, other] = ['good', 'bad', 'other'].map((item) => batches.add(item));
    await expect(bad).rejects.toThrow('constraint');
    expect(await Promise.all([good, other])).toEqual(['good', 'other']);
    expect(given).toEqual([['good', 'bad', 'other'], ['good'], ['bad'], ['other']]);
  });

  it('are not tried again while a neighbour is away, and the next ones are tried', async () => {
    let away = true;
    const given: string[][] = [];
    const batches = new MicroBatcher((items: string[]) => {
      given.push(items);
      if (away) return Promise.reject(new AppError('unavailable', 'database_unavailable', 'away'));
      return Promise.resolve(items);
    });
    const answers = await Promise.allSettled(['a', 'b'].map((item) => batches.add(item)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(given).toEqual([['a', 'b']]);
    away = false;
    expect(await batches.add('c')).toBe('c');
  });
});
