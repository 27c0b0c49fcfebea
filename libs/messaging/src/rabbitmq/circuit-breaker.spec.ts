import { setMaxListeners } from 'node:events';
import { CircuitBreaker, type CallOutcome } from './circuit-breaker.js';

const succeed = () => Promise.resolve('done');
const fail = () => Promise.reject(new Error('a bad release'));
const refuse = () => Promise.reject(new Error('no such order'));
const classify = (error?: unknown): CallOutcome => {
  if (!error) return 'succeeded';
  return (error as Error).message === 'a bad release' ? 'failed' : 'ignored';
};

describe('CircuitBreaker', () => {
  let reportedReasons: string[];
  let pauses: number[];
  let endPause: () => void;
  let circuitBreaker: CircuitBreaker;
  const neverAborted = new AbortController().signal;
  setMaxListeners(0, neverAborted);
  const run = (
    handle: () => Promise<unknown>,
    { counts = true, signal = neverAborted, waitMs = 60_000 } = {},
  ) =>
    circuitBreaker
      .run({ handle, classify, counts, deadline: performance.now() + waitMs }, signal)
      .catch((error: { code?: string; message: string }) => error.code ?? error.message);
  const repeat = async (count: number, handle: () => Promise<unknown>, options = {}) => {
    for (let i = 0; i < count; i++) await run(handle, options);
  };
  const open = () => repeat(20, fail);
  /** Ends the pause and waits until the trial calls have settled. */
  const finishPause = async () => {
    endPause();
    await new Promise(setImmediate);
  };
  beforeEach(() => {
    [reportedReasons, pauses] = [[], []];
    circuitBreaker = new CircuitBreaker(
      (reason) => reportedReasons.push(reason),
      (callback, milliseconds) => {
        pauses.push(milliseconds);
        endPause = callback;
      },
    );
  });

  it('stays closed while most calls succeed', async () => {
    for (let round = 0; round < 50; round++) {
      await repeat(1, fail);
      await repeat(2, succeed);
    }
    expect([circuitBreaker.openReason, reportedReasons]).toEqual([undefined, []]);
  });

  it('opens when at least 20 calls and more than half of them fail, and reports the reason', async () => {
    await repeat(10, succeed);
    await repeat(19, fail);
    expect(circuitBreaker.openReason).toBeUndefined();
    await repeat(1, fail);
    expect(circuitBreaker.openReason).toBe('circuit breaker open, most messages fail: a bad release');
    expect(reportedReasons).toEqual(['a bad release']);
  });

  it('does not count ignored failures, and failures of calls that do not count', async () => {
    await repeat(600, refuse);
    await repeat(600, fail, { counts: false });
    expect(circuitBreaker.openReason).toBeUndefined();
  });

  it('runs at most ten trial calls after each pause, and doubles the pause while all of them fail', async () => {
    await open();
    const handle = jest.fn(fail);
    const calls = Array.from({ length: 80 }, () => run(handle));
    for (const trials of [10, 20, 30, 40, 50, 60, 70]) {
      await finishPause();
      expect(handle).toHaveBeenCalledTimes(trials);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    await finishPause();
    // They use up no attempt: the error is not that of the handler.
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['circuit_open']));
    expect(reportedReasons).toHaveLength(1);
  });

  it('closes if most trial calls succeed, and runs all waiting calls', async () => {
    await open();
    const results = Promise.all(Array.from({ length: 50 }, () => run(succeed)));
    await finishPause();
    expect(circuitBreaker.openReason).toBeUndefined();
    expect(new Set(await results)).toEqual(new Set(['done']));
  });

  it('keeps the pause short while some trial calls succeed', async () => {
    await open();
    const bad = Array.from({ length: 90 }, () => run(fail));
    const good = Array.from({ length: 10 }, () => run(succeed));
    for (let round = 0; round < 10; round++) await finishPause();
    expect(await Promise.all(good)).toEqual(good.map(() => 'done'));
    expect(new Set(await Promise.all(bad))).toEqual(new Set(['circuit_open']));
    expect(Math.max(...pauses)).toBe(100);
  });

  it('prefers calls that count as trial calls', async () => {
    await open();
    const retries = Array.from({ length: 20 }, () => run(fail, { counts: false }));
    const first = run(succeed);
    await finishPause();
    expect(await first).toBe('done');
    // They run normally after the circuit breaker has closed, and then they use up an attempt.
    expect(new Set(await Promise.all(retries))).toEqual(new Set(['a bad release']));
  });

  it('lets no call that does not count use up an attempt while it is open', async () => {
    await open();
    const retries = Array.from({ length: 10 }, () => run(fail, { counts: false }));
    await finishPause();
    expect(new Set(await Promise.all(retries))).toEqual(new Set(['circuit_open']));
    expect(pauses).toEqual([100, 200]);
  });

  it('tries others immediately while all trial calls are ignored', async () => {
    await open();
    const refused = Array.from({ length: 30 }, () => run(refuse));
    const good = run(succeed);
    await finishPause();
    await Promise.all(refused);
    expect(await good).toBe('done');
    expect(pauses).toEqual([100]);
  });

  it('makes the next call a trial call if none is waiting after the pause', async () => {
    await open();
    await finishPause();
    expect(await run(succeed)).toBe('done');
    expect(circuitBreaker.openReason).toBeUndefined();
  });

  it('requeues a message that waits until its deadline', async () => {
    await open();
    const handle = jest.fn(succeed);
    expect(await run(handle, { waitMs: 20 })).toBe('circuit_open');
    await finishPause();
    expect(handle).not.toHaveBeenCalled();
  });

  it('runs no further call after the signal aborts', async () => {
    await open();
    const shutdown = new AbortController();
    const handle = jest.fn(succeed);
    const waiting = circuitBreaker.run(
      { handle, classify, counts: true, deadline: performance.now() + 60_000 },
      shutdown.signal,
    );
    shutdown.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(handle).not.toHaveBeenCalled();
  });
});
