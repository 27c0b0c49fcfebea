import type { Contender } from './pipeline.js';
import type { Measurement } from './results.js';

/** How much more the present build has than the build of the other revision: 0.03 is 3 % more. */
export interface Difference {
  name: string;
  /** One value for each round, in the order of the rounds. */
  rounds: number[];
  mean: number;
  /** Of the mean. Rounds are independent, because each one starts its processes anew; NaN for a single round. */
  standardError: number;
}

/**
 * Compares the build `product` with the build `revision`. A round counts once, however many turns it has: the processes of
 * one start differ by several per cent, and by the same in all turns.
 */
export function compareBuilds(measurements: Measurement[]): Difference[] {
  const rounds = [...new Set(measurements.map(({ round }) => round))];
  const compare = (name: string, valueOf: (turns: Measurement[]) => number): Difference => {
    const turnsOf = (contender: Contender, round: number) =>
      measurements.filter(
        (measurement) => measurement.contender === contender && measurement.round === round,
      );
    const ratios = rounds.flatMap((round) => {
      const [product, revision] = [turnsOf('product', round), turnsOf('revision', round)];
      // A contender that failed has no measurements.
      return product.length > 0 && revision.length > 0 ? [valueOf(product) / valueOf(revision)] : [];
    });
    return { name, rounds: ratios.map((ratio) => ratio - 1), ...meanOf(ratios) };
  };
  const processes = Object.keys(measurements[0]?.usage ?? {}).filter((name) => name !== 'load generator');
  return [
    compare('orders recorded per second', (turns) => mean(turns.map(({ recorded = NaN }) => recorded))),
    compare('processor time of an order', (turns) => secondsPerOrder(turns, processes)),
    ...processes.map((name) => compare(`  ${name}`, (turns) => secondsPerOrder(turns, [name]))),
  ];
}

function secondsPerOrder(turns: Measurement[], processes: string[]): number {
  const seconds = turns.flatMap(({ usage }) => processes.map((name) => usage?.[name]?.cpuSeconds ?? 0));
  return sum(seconds) / sum(turns.map(({ orders }) => orders));
}

/** The mean of the ratios' logarithms: swapping the builds then only changes its sign. */
function meanOf(ratios: number[]): Pick<Difference, 'mean' | 'standardError'> {
  const logarithms = ratios.map(Math.log);
  const centre = mean(logarithms);
  const variance = sum(logarithms.map((value) => (value - centre) ** 2)) / (ratios.length - 1);
  const ratio = Math.exp(centre);
  return { mean: ratio - 1, standardError: ratio * Math.sqrt(variance / ratios.length) };
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]) => sum(values) / values.length;

/** @returns lines such as `orders recorded per second  -1.2 % ± 0.8 (rounds: -2.0, -0.4)` */
export function formatDifferences(differences: Difference[]): string[] {
  const percent = (value: number) => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)}`;
  const width = Math.max(...differences.map(({ name }) => name.length));
  return differences.map(({ name, rounds, mean, standardError }) => {
    const error = Number.isNaN(standardError) ? '' : ` ± ${(standardError * 100).toFixed(1)}`;
    return `${name.padEnd(width)}  ${percent(mean)} %${error} (rounds: ${rounds.map(percent).join(', ')})`;
  });
}
