import { LockWaits } from './lock-waits.js';

describe('LockWaits', () => {
  const blocking = { pid: 4711, app: 'psql', state: 'idle in transaction', seconds: 95 };
  const blockingSession = jest.fn(() => Promise.resolve<typeof blocking | undefined>(blocking));
  const warn = jest.fn();
  let lockWaits: LockWaits;
  beforeEach(() => {
    jest.useFakeTimers();
    jest.clearAllMocks();
    lockWaits = new LockWaits({ blockingSession }, { warn });
  });
  afterEach(() => jest.useRealTimers());

  it('describes the rows, and the session that holds them', async () => {
    await lockWaits.diagnose();
    lockWaits.reportLocked(['stock of product 12']);
    expect(lockWaits.describe()).toBe(
      'waits for a lock on stock of product 12, held by pid 4711 (psql, idle in transaction for 95 s)',
    );
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it('describes nothing when the rows are free, or after ten seconds', () => {
    lockWaits.reportLocked(['order 1', 'order 2']);
    lockWaits.reportFree('order 1');
    expect(lockWaits.describe()).toBe('waits for a lock on order 2');
    expect(lockWaits.count).toBe(1);
    jest.advanceTimersByTime(11_000);
    expect([lockWaits.describe(), lockWaits.count]).toEqual([undefined, 0]);
  });

  it('names three rows and the number of the others', () => {
    lockWaits.reportLocked([1, 2, 3, 4, 5].map((id) => `order ${id}`));
    expect(lockWaits.describe()).toBe('waits for a lock on order 1, order 2, order 3 and 2 more');
  });

  it('logs a row once, and queries the database at most every two seconds', async () => {
    for (let index = 0; index < 5; index++) {
      lockWaits.reportLocked(['order 1']);
      await lockWaits.diagnose();
    }
    expect(blockingSession).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls.map(([, text]: unknown[]) => text)).toEqual([
      'a row is locked by another session',
      'waiting for a lock',
    ]);
  });

  it('describes the rows without the session if the database does not show it', async () => {
    blockingSession.mockResolvedValueOnce(undefined);
    await lockWaits.diagnose();
    lockWaits.reportLocked(['order 1']);
    expect(lockWaits.describe()).toBe('waits for a lock on order 1');
  });
});
