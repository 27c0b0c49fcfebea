import { median, percentile, percentilesOf, ratios, shown, spreadOf } from './numbers.js';

describe('Numbers', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[], NaN],
  ])('the median of %p is %p', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('a spread is the median with the least and the most', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
    expect(spreadOf([])).toBeUndefined();
  });

  it('a percentile is a value that was seen, and so much of all is no larger', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([1], 0.99)).toBe(1);
    expect(percentile([], 0.5)).toBeNaN();
    expect(percentilesOf([10, 9, 2, 1])).toEqual({ p50: 2, p95: 10, p99: 10 });
  });

  it('ratios are of one round each, and a round that lacks one of both has none', () => {
    const over = new Map([
      [1, 10],
      [2, 30],
      [3, 5],
    ]);
    const under = new Map([
      [1, 20],
      [2, 10],
    ]);
    expect(ratios(over, under)).toEqual([0.5, 3]);
  });

  it.each([
    [1234.5, '1,235'],
    [123.45, '123'],
    [0.123456, '0.123'],
    [undefined, '–'],
    [NaN, '–'],
  ])('%p is shown as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });
});
