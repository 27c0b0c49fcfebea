import { AppError } from '@estoque/platform';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import { MicroBatcher } from './micro-batcher.js';

/** A function `handleBatch` that records each batch and then waits until the test releases it. */
function gatedFunction() {
  const batches: string[][] = [];
  const gates: (() => void)[] = [];
  const handleBatch = async (items: string[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => gates.push(resolve));
    return items.map((item) => item.toUpperCase());
  };
  const releaseBatch = async () => {
    while (gates.length === 0) await nextEventLoopTurn();
    gates.shift()!();
    await nextEventLoopTurn();
  };
  return { batches, handleBatch, releaseBatch };
}

/** A function `handleBatch` that records each batch and returns the items. */
function recordingFunction<Item>() {
  const batches: Item[][] = [];
  const handleBatch = (items: Item[]) => {
    batches.push(items);
    return Promise.resolve(items);
  };
  return { batches, handleBatch };
}

describe('MicroBatcher', () => {
  it('batches the items of one event loop turn, and those that arrive while a batch is handled', async () => {
    const { batches, handleBatch, releaseBatch } = gatedFunction();
    const batcher = new MicroBatcher(handleBatch);
    const results = ['a', 'b'].map((item) => batcher.add(item));
    await nextEventLoopTurn();
    await nextEventLoopTurn();
    results.push(...['c', 'd', 'e'].map((item) => batcher.add(item)));
    await releaseBatch();
    await releaseBatch();
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('limits the size of a batch', async () => {
    const { batches, handleBatch } = recordingFunction<number>();
    const batcher = new MicroBatcher(handleBatch, { maxSize: 2 });
    await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('never puts two items with one key in a batch, and keeps their order', async () => {
    const { batches, handleBatch } = recordingFunction<string>();
    const batcher = new MicroBatcher(handleBatch, { keyOf: (item) => item[0] });
    await Promise.all(['a1', 'b1', 'a2', 'a3', 'b2', 'c1'].map((item) => batcher.add(item)));
    expect(batches).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']]);
  });

  it('rejects a refused item and resolves the others of its batch', async () => {
    const batcher = new MicroBatcher((items: string[]) =>
      Promise.resolve(items.map((item) => (item === 'bad' ? new Error('refused') : item))),
    );
    const [good, bad, other] = ['good', 'bad', 'other'].map((item) => batcher.add(item));
    await expect(bad).rejects.toThrow('refused');
    expect(await Promise.all([good, other])).toEqual(['good', 'other']);
  });

  it('handles the items of a failed batch one by one, so that only the bad one is rejected', async () => {
    const batches: string[][] = [];
    const batcher = new MicroBatcher((items: string[]) => {
      batches.push(items);
      return items.includes('bad') ? Promise.reject(new Error('constraint')) : Promise.resolve(items);
    });
    const [good, bad, other] = ['good', 'bad', 'other'].map((item) => batcher.add(item));
    await expect(bad).rejects.toThrow('constraint');
    expect(await Promise.all([good, other])).toEqual(['good', 'other']);
    expect(batches).toEqual([['good', 'bad', 'other'], ['good'], ['bad'], ['other']]);
  });

  it('refuses items at once when `maxPending` items wait', async () => {
    const { batches, handleBatch, releaseBatch } = gatedFunction();
    const batcher = new MicroBatcher(handleBatch, { maxPending: 2 });
    const first = batcher.add('a');
    while (batches.length === 0) await nextEventLoopTurn();
    const waiting = ['b', 'c'].map((item) => batcher.add(item));
    await expect(batcher.add('d')).rejects.toMatchObject({ kind: 'unavailable', code: 'overloaded' });
    await releaseBatch();
    await releaseBatch();
    expect(await Promise.all([first, ...waiting])).toEqual(['A', 'B', 'C']);
    expect(batches).toEqual([['a'], ['b', 'c']]);
  });

  it('refuses items while another one has waited for more than `maxWaitMs`', async () => {
    const { batches, handleBatch, releaseBatch } = gatedFunction();
    const batcher = new MicroBatcher(handleBatch, { maxWaitMs: 5 });
    const accepted = [batcher.add('a')];
    while (batches.length === 0) await nextEventLoopTurn();
    accepted.push(batcher.add('b'));
    const from = performance.now();
    while (performance.now() - from <= 5) await nextEventLoopTurn();
    await expect(batcher.add('c')).rejects.toMatchObject({ kind: 'unavailable', code: 'overloaded' });
    await releaseBatch();
    while (batches.length === 1) await nextEventLoopTurn();
    accepted.push(batcher.add('d'));
    await releaseBatch();
    await releaseBatch();
    expect(await Promise.all(accepted)).toEqual(['A', 'B', 'D']);
  });

  it('drops an item that is abandoned before its batch is formed', async () => {
    const { batches, handleBatch, releaseBatch } = gatedFunction();
    const batcher = new MicroBatcher(handleBatch);
    let isAbandoned = false;
    const first = batcher.add('a', () => isAbandoned);
    while (batches.length === 0) await nextEventLoopTurn();
    isAbandoned = true;
    const dropped = expect(batcher.add('b', () => isAbandoned)).rejects.toMatchObject({ code: 'overloaded' });
    const last = batcher.add('c');
    await releaseBatch();
    await dropped;
    await releaseBatch();
    expect([await first, await last]).toEqual(['A', 'C']);
    expect(batches).toEqual([['a'], ['c']]);
  });

  it('rejects a batch as a whole while a dependency is unavailable, and handles the next batch', async () => {
    let isUnavailable = true;
    const batches: string[][] = [];
    const batcher = new MicroBatcher((items: string[]) => {
      batches.push(items);
      if (isUnavailable)
        return Promise.reject(new AppError('unavailable', 'database_unavailable', 'unavailable'));
      return Promise.resolve(items);
    });
    const results = await Promise.allSettled(['a', 'b'].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(batches).toEqual([['a', 'b']]);
    isUnavailable = false;
    expect(await batcher.add('c')).toBe('c');
  });
});
