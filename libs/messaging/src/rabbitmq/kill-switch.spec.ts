import { KillSwitch, type Outcome } from './kill-switch.js';

const SOON_MS = 20;
const judge = (error?: unknown): Outcome => (error ? 'failed' : 'well');
const well = () => Promise.resolve('done');
const failing = () => Promise.reject(new Error('a bad release'));

describe('The kill switch', () => {
  let told: string[];
  let killSwitch: KillSwitch;
  const never = new AbortController().signal;
  const pass = (handle: () => Promise<unknown>, judged = judge, signal = never) =>
    killSwitch.pass(handle, judged, signal).catch((error: Error) => error.message);
  const times = async (count: number, handle: () => Promise<unknown>, judged = judge) => {
    for (let i = 0; i < count; i++) await pass(handle, judged);
  };
  beforeEach(() => {
    told = [];
    killSwitch = new KillSwitch((reason) => told.push(reason), SOON_MS);
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
    expect(killSwitch.fault).toBe('paused, for most messages fail: a bad release');
    expect(told).toEqual(['a bad release']);
  });

  it("does not count what is the message's own fault or a neighbour's", async () => {
    await times(100, failing, () => 'ignored');
    expect(killSwitch.fault).toBeUndefined();
  });

  it('then tries one message at a time, with longer and longer pauses, until one fares well', async () => {
    await times(20, failing);
    const started: number[] = [];
    const from = performance.now();
    const probe = (handle: () => Promise<unknown>) =>
      pass(() => {
        started.push(performance.now() - from);
        return handle();
      });
    const answers = await Promise.all([probe(failing), probe(failing), probe(well), probe(well)]);
    expect(answers).toEqual(['a bad release', 'a bad release', 'done', 'done']);
    // Pauses of 20, 40 and 80 ms, and none once it is well; a timer may come a millisecond early.
    const [first, second, third] = started as [number, number, number];
    expect(first).toBeGreaterThanOrEqual(SOON_MS - 1);
    expect(second - first).toBeGreaterThanOrEqual(2 * SOON_MS - 1);
    expect(third - second).toBeGreaterThanOrEqual(4 * SOON_MS - 1);
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
