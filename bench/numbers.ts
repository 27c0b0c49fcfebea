export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** @returns NaN for an empty list */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @returns undefined for an empty list */
export function spreadOf(values: number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Nearest-rank percentile.
 *
 * @param sorted in ascending order
 * @param share from 0 to 1
 * @returns the smallest value that at least this share of all values does not exceed; NaN for an empty list
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
}

export function percentilesOf(values: ArrayLike<number>): Percentiles {
  const sorted = Float64Array.from(values).sort();
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) };
}

/**
 * Ratios of the values with the same key (a round or a turn). Values of one round are disturbed alike by other work on
 * the machine, so their ratio is stable when the values are not.
 */
export function ratios(numerators: Map<number, number>, denominators: Map<number, number>): number[] {
  return [...numerators].flatMap(([key, value]) => {
    const denominator = denominators.get(key);
    return denominator === undefined || denominator === 0 ? [] : [value / denominator];
  });
}

/** Formats a number: three significant digits below a thousand, whole numbers with thousands separators above. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
