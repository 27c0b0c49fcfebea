import { RowLocked } from '@estoque/database';
import { MicroBatcher, type LockMode } from './micro-batcher.js';

const lockTimeout = () =>
  Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });

/** A database of which another session has locked some rows. An item is the name of the row that it needs. */
class Database {
  readonly locked = new Set<string>();
  readonly batches: [LockMode, ...string[]][] = [];
  readonly waitedFor: string[] = [];
  /** Rows whose lock SKIP LOCKED does not find. */
  readonly hidden = new Set<string>();
  private endWait?: () => void;

  handleBatch = (items: string[], lockMode: LockMode) => {
    this.batches.push([lockMode, ...items]);
    const waits = items.some((item) => this.hidden.has(item));
    if (waits || (lockMode === 'wait' && items.some((item) => this.locked.has(item))))
      return Promise.reject(lockTimeout());
    return Promise.resolve(items.map((item) => (this.locked.has(item) ? new RowLocked([item]) : item)));
  };

  waitFor = async (row: string) => {
    this.waitedFor.push(row);
    await new Promise<void>((resolve) => (this.endWait = resolve));
    return !this.locked.has(row);
  };

  findLocked = (rows: string[]) => Promise.resolve(new Set(rows.filter((row) => this.locked.has(row))));

  /** Ends the wait in progress: the row is free, or the lock timeout is reached. */
  async finishWait() {
    while (!this.endWait) await new Promise((resolve) => setImmediate(resolve));
    this.endWait();
    this.endWait = undefined;
  }
}

const createBatcher = (database: Database) =>
  new MicroBatcher<string, string>(database.handleBatch, {
    locks: { rowsOf: (item) => [item], queries: () => database },
  });

describe('A batch that waits too long for a lock', () => {
  let database: Database;
  let batcher: MicroBatcher<string, string>;
  beforeEach(() => {
    database = new Database();
    batcher = createBatcher(database);
  });
  const addAll = (...items: string[]) => items.map((item) => batcher.add(item));

  it('is handled again without the items whose rows are locked', async () => {
    database.locked.add('b');
    const [a, b, c] = addAll('a', 'b', 'c');
    expect(await Promise.all([a, c])).toEqual(['a', 'c']);
    expect(database.batches).toEqual([
      ['wait', 'a', 'b', 'c'],
      ['skip', 'a', 'b', 'c'],
    ]);
    const refused = expect(b).rejects.toBeInstanceOf(RowLocked);
    await database.finishWait();
    await refused;
  });

  it('handles an item when its row is free', async () => {
    database.locked.add('b');
    const [b] = addAll('b');
    while (database.waitedFor.length === 0) await new Promise((resolve) => setImmediate(resolve));
    database.locked.clear();
    await database.finishWait();
    expect(await b).toBe('b');
    expect(database.batches.at(-1)).toEqual(['wait', 'b']);
  });

  it('makes no later batch wait, and waits for a row once for all its items', async () => {
    database.locked.add('b');
    const [first] = addAll('b');
    while (database.waitedFor.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [second, other] = addAll('b', 'a');
    expect(await other).toBe('a');
    const refused = Promise.allSettled([first, second]);
    await database.finishWait();
    expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(database.batches.slice(2)).toEqual([['wait', 'a']]);
    expect(database.waitedFor).toEqual(['b']);
  });

  it('handles an item whose row was locked for a moment, while another row is waited for', async () => {
    database.locked.add('a').add('b');
    const [a, b] = addAll('a', 'b');
    while (database.waitedFor.length === 0) await new Promise((resolve) => setImmediate(resolve));
    database.locked.delete('b');
    expect(await b).toBe('b');
    expect(database.waitedFor).toEqual(['a']);
    const refused = expect(a).rejects.toBeInstanceOf(RowLocked);
    await database.finishWait();
    await refused;
  });

  it('refuses items immediately while 50 wait already', async () => {
    database.locked.add('b');
    const items = addAll(...Array.from({ length: 60 }, () => 'b'));
    const outcomes = items.map((item) => item.catch(() => 'refused'));
    expect(await Promise.all(outcomes.slice(50))).toEqual(Array.from({ length: 10 }, () => 'refused'));
    await database.finishWait();
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['refused']));
  });

  it('is divided if the lock is not found, so that only the item that waits is refused', async () => {
    database.hidden.add('c');
    const [a, b, c, d] = addAll('a', 'b', 'c', 'd');
    await expect(c).rejects.toThrow('lock timeout');
    expect(await Promise.all([a, b, d])).toEqual(['a', 'b', 'd']);
    expect(database.batches.map(([, ...items]) => items.join(''))).toEqual([
      'abcd',
      'abcd',
      'ab',
      'cd',
      'c',
      'd',
    ]);
  });

  it('refuses the waiting items with the error of the database if it becomes unavailable', async () => {
    database.waitFor = () => Promise.reject(Object.assign(new Error('shutdown'), { code: '57P01' }));
    database.locked.add('b');
    await expect(batcher.add('b')).rejects.toThrow('shutdown');
  });
});
