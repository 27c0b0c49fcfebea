import { setTimeout as sleep } from 'node:timers/promises';
import { CircuitBreaker, type Outcome } from './circuit-breaker.js';

const judge = (error?: unknown): Outcome => (error ? 'failed' : 'well');
const well = () => Promise.resolve('done');
const failing = () => Promise.reject(new Error('a bad release'));

describe('The kill switch', () => {
  let told: string[];
  /** How long it wanted to pause, in seconds. */
  let pauses: number[];
  let killSwitch: CircuitBreaker;
  const never = new AbortController().signal;
  const pass = (handle: () => Promise<unknown>, judged = judge, signal = never) =>
    killSwitch.run(handle, judged, signal).catch((error: Error) => error.message);
  const times = async (count: number, handle: () => Promise<unknown>, judged = judge) => {
    for (let i = 0; i < count; i++) await pass(handle, judged);
  };
  beforeEach(() => {
    [told, pauses] = [[], []];
    const impatient = (milliseconds: number | undefined, ...rest: [undefined, { signal: AbortSignal }]) => {
      pauses.push(Math.round(milliseconds! / 1_000));
      return sleep(0, ...rest);
    };
    killSwitch = new CircuitBreaker((reason) => told.push(reason), impatient as typeof sleep);
  });

  it('lets messages through as long as most fare well', async () => {
    for (let round = 0; round < 50; round++) {
      await times(1, failing);
      await times(2, well);
    }
    expect([killSwitch.fault, told]).toEqual([undefined, []]);
  });

  it('is pulled when most of many fail, and says why', async () => {
    await times(10, well);
    await times(19, failing);
    expect(killSwitch.fault).toBeUndefined();
    await times(1, failing);
    expect(killSwitch.fault).toBe('circuit breaker open, most messages fail: a bad release');
    expect(told).toEqual(['a bad release']);
  });

  it("does not count what is the message's own fault or a neighbour's", async () => {
    await times(100, failing, () => 'ignored');
    expect(killSwitch.fault).toBeUndefined();
  });

  it('then tries one message at a time, with longer and longer pauses, until one fares well', async () => {
    await times(20, failing);
    const answers = await Promise.all([pass(failing), pass(failing), pass(well), pass(well)]);
    expect(answers).toEqual(['a bad release', 'a bad release', 'done', 'done']);
    expect(pauses).toEqual([5, 10, 20]);
    expect(killSwitch.fault).toBeUndefined();
  });

  it('handles nothing more once we are stopping', async () => {
    await times(20, failing);
    const stopping = new AbortController();
    const handled = jest.fn(well);
    const waiting = pass(handled, judge, stopping.signal);
    stopping.abort();
    expect(await waiting).toMatch(/abort/);
    expect(handled).not.toHaveBeenCalled();
  });
});
