import { sampled } from './sampled.js';

describe('A sampled reading', () => {
  let time: number;
  let readings: number;
  let duration: number;
  let read: () => Promise<number>;
  beforeEach(() => {
    [time, readings, duration] = [0, 0, 0];
    const query = async () => {
      readings++;
      await Promise.resolve();
      time += duration;
      return readings;
    };
    read = sampled(query, () => time);
  });

  it('is shared by concurrent scrapes and by those of the next two seconds', async () => {
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    time += 1_999;
    expect(await read()).toBe(1);
    time += 1;
    expect(await read()).toBe(2);
  });

  it('takes at most a twentieth of the time', async () => {
    duration = 1_000;
    await read();
    time += 19_999;
    expect(await read()).toBe(1);
    time += 1;
    expect(await read()).toBe(2);
  });

  it.each([
    ['a rejection', () => Promise.reject<number>(new Error('unavailable'))],
    [
      'an exception',
      () => {
        throw new Error('unavailable');
      },
    ],
  ])('is repeated after %s', async (_, fail) => {
    let isAvailable = true;
    const reading = sampled(
      () => (isAvailable ? Promise.resolve(1) : fail()),
      () => time,
    );
    expect(await reading()).toBe(1);
    isAvailable = false;
    time += 2_000;
    await expect(reading()).rejects.toThrow('unavailable');
    isAvailable = true;
    time += 2_000;
    expect(await reading()).toBe(1);
  });
});
