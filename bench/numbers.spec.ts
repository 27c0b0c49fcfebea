import { formatNumber, median, percentile, percentilesOf, ratios, spreadOf } from './numbers.js';

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[], NaN],
  ])('of %p is %p', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('spreadOf', () => {
  it('returns median, minimum and maximum', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
    expect(spreadOf([])).toBeUndefined();
  });
});

describe('percentile', () => {
  it('returns a measured value that the given share of values does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([1], 0.99)).toBe(1);
    expect(percentile([], 0.5)).toBeNaN();
    expect(percentilesOf([10, 9, 2, 1])).toEqual({ p50: 2, p95: 10, p99: 10 });
  });
});

describe('ratios', () => {
  it('divides the values of each round and skips a round that lacks one of them', () => {
    const numerators = new Map([
      [1, 10],
      [2, 30],
      [3, 5],
    ]);
    const denominators = new Map([
      [1, 20],
      [2, 10],
    ]);
    expect(ratios(numerators, denominators)).toEqual([0.5, 3]);
  });
});

describe('formatNumber', () => {
  it.each([
    [1234.5, '1,235'],
    [123.45, '123'],
    [0.123456, '0.123'],
    [undefined, '–'],
    [NaN, '–'],
  ])('formats %p as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
