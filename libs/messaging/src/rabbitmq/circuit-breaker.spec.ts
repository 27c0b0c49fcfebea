import { setTimeout as sleep } from 'node:timers/promises';
import { CircuitBreaker, type CallOutcome } from './circuit-breaker.js';

const classify = (error?: unknown): CallOutcome => (error ? 'failed' : 'succeeded');
const succeed = () => Promise.resolve('done');
const fail = () => Promise.reject(new Error('a bad release'));

describe('CircuitBreaker', () => {
  let reportedReasons: string[];
  let pausesInSeconds: number[];
  let circuitBreaker: CircuitBreaker;
  const neverAborted = new AbortController().signal;
  const run = (handle: () => Promise<unknown>, classifier = classify, signal = neverAborted) =>
    circuitBreaker.run(handle, classifier, signal).catch((error: Error) => error.message);
  const repeat = async (count: number, handle: () => Promise<unknown>, classifier = classify) => {
    for (let i = 0; i < count; i++) await run(handle, classifier);
  };
  beforeEach(() => {
    [reportedReasons, pausesInSeconds] = [[], []];
    const recordPause = (milliseconds: number | undefined, ...rest: [undefined, { signal: AbortSignal }]) => {
      pausesInSeconds.push(Math.round(milliseconds! / 1_000));
      return sleep(0, ...rest);
    };
    circuitBreaker = new CircuitBreaker(
      (reason) => reportedReasons.push(reason),
      recordPause as typeof sleep,
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

  it('does not count ignored calls', async () => {
    await repeat(100, fail, () => 'ignored');
    expect(circuitBreaker.openReason).toBeUndefined();
  });

  it('makes one trial call at a time, with growing pauses, until one succeeds', async () => {
    await repeat(20, fail);
    const results = await Promise.all([run(fail), run(fail), run(succeed), run(succeed)]);
    expect(results).toEqual(['a bad release', 'a bad release', 'done', 'done']);
    expect(pausesInSeconds).toEqual([5, 10, 20]);
    expect(circuitBreaker.openReason).toBeUndefined();
  });

  it('runs no further call after the signal aborts', async () => {
    await repeat(20, fail);
    const shutdown = new AbortController();
    const handle = jest.fn(succeed);
    const waiting = run(handle, classify, shutdown.signal);
    shutdown.abort();
    expect(await waiting).toMatch(/abort/);
    expect(handle).not.toHaveBeenCalled();
  });
});
