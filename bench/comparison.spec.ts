import { compareBuilds, formatDifferences } from './comparison.js';
import type { Measurement } from './results.js';

const turn = (contender: 'product' | 'revision', round: number, recorded: number, cpuSeconds: number) =>
  ({
    case: 'uniform',
    contender,
    round,
    orders: 100,
    recorded,
    usage: {
      api: { cpuSeconds, peakMb: 1 },
      postgres: { cpuSeconds: 1, peakMb: 1 },
      'load generator': { cpuSeconds: 50, peakMb: 1 },
    },
  }) satisfies Measurement;

describe('compareBuilds', () => {
  const rounds = [
    turn('product', 1, 100, 2),
    turn('product', 1, 120, 2),
    turn('revision', 1, 100, 1),
    turn('revision', 1, 100, 1),
    turn('product', 2, 90, 1),
    turn('revision', 2, 100, 1),
  ];

  it('returns one difference for each round, whatever its number of turns', () => {
    const [recorded, total, api, postgres] = compareBuilds(rounds);
    expect(recorded!.name).toBe('orders recorded per second');
    expect(recorded!.rounds).toEqual([expect.closeTo(0.1), expect.closeTo(-0.1)]);
    expect(total!.rounds).toEqual([expect.closeTo(0.5), expect.closeTo(0)]);
    expect(api!.rounds).toEqual([expect.closeTo(1), expect.closeTo(0)]);
    expect(postgres!.rounds).toEqual([expect.closeTo(0), expect.closeTo(0)]);
  });

  it('only changes the sign of the logarithm if the builds are swapped', () => {
    const swapped = rounds.map((measurement) => ({
      ...measurement,
      contender: measurement.contender === 'product' ? ('revision' as const) : ('product' as const),
    }));
    const [, forward] = compareBuilds(rounds);
    const [, backward] = compareBuilds(swapped);
    expect((1 + forward!.mean) * (1 + backward!.mean)).toBeCloseTo(1);
  });

  it('leaves out a round in which one build has no result, and has no error for a single round', () => {
    const differences = compareBuilds([...rounds.slice(0, 4), turn('product', 3, 1, 1)]);
    expect(differences[0]!.rounds).toHaveLength(1);
    expect(formatDifferences(differences)[0]).toBe('orders recorded per second  +10.0 % (rounds: +10.0)');
  });

  it('returns mean and standard error over the rounds', () => {
    const [recorded] = compareBuilds(rounds);
    const [first, second] = [Math.log(1.1), Math.log(0.9)];
    expect(recorded!.mean).toBeCloseTo(Math.exp((first + second) / 2) - 1);
    expect(recorded!.standardError).toBeCloseTo(((first - second) / 2) * Math.exp((first + second) / 2));
    expect(formatDifferences([recorded!])).toEqual([
      'orders recorded per second  -0.5 % ± 10.0 (rounds: +10.0, -10.0)',
    ]);
  });
});
