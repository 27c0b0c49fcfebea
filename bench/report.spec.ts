import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawPlot, roundUp } from './plot.js';
import { writeReport } from './report.js';
import type { Measurement } from './results.js';
import type { Report } from './run.js';
import { evaluateCriteria, verdictOf } from './targets.js';

const measurement = (attributes: Partial<Measurement>): Measurement => ({
  case: 'uniform',
  contender: 'product',
  round: 1,
  orders: 100,
  connections: 64,
  recorded: 1_000,
  ...attributes,
});
const pgbench = (round: number, recorded: number) =>
  measurement({ case: 'pgbench', contender: 'pgbench', connections: undefined, round, recorded });
const usage = (peakMb: number) => ({ cpuSeconds: 1, peakMb });

const measurements: Measurement[] = [
  pgbench(1, 500),
  pgbench(2, 2_000),
  pgbench(3, 800),
  ...[1, 2, 3].map((round) => measurement({ round })),
  measurement({ connections: 1, recorded: 300 }),
  measurement({ contender: 'baseline', recorded: 2_000 }),
  ...[500, 1_000, 900, 1_000].map((recorded, index) =>
    measurement({ case: 'empty', window: index + 1, recorded }),
  ),
  // The ratios of the turns are 0.8, 0.9 and 1. The ratio of values from different turns would differ.
  ...[1_000, 500, 100].flatMap((uniform, index) => [
    measurement({ case: 'same-two', turn: index + 1, recorded: uniform * (0.8 + index / 10) }),
    measurement({ case: 'same-two', turn: index + 1, recorded: uniform, reference: true }),
  ]),
  measurement({ case: 'million', stored: 0, recorded: 1_000 }),
  measurement({ case: 'million', stored: 1_000_000, recorded: 900 }),
  measurement({
    case: 'backlog',
    usage: {
      'order-worker': usage(90),
      'stock-worker': usage(130),
      'notify-worker': usage(110),
      postgres: usage(500),
    },
  }),
];
const report: Report = {
  environment: {
    command: 'npm run bench',
    measuredAt: '2026-01-01',
    commit: 'abc',
    processor: 'Some | CPU',
    cores: 2,
    memoryGb: 8,
    node: '20',
    postgres: '18',
    rabbitmq: '3',
    nest: '12',
  },
  measurements,
  failures: [{ case: 'mail', contender: 'product', round: 2, reasons: ['oversold: product 1'] }],
};

describe('evaluateCriteria', () => {
  const find = (start: string) => evaluateCriteria(report).find(({ name }) => name.startsWith(start))!;

  it.each([
    ['product / pgbench, POST to recorded', 1.25, 'threshold'], // median of 2, 0.5 and 1.25
    ['product / baseline', 0.5, 'missed'],
    ['same-two', 0.9, 'threshold'],
    ['1,000,000 orders stored', 0.9, 'threshold'],
    ['from an empty database', 0.5, 'missed'],
    ['backlog', 130, 'threshold'],
  ])('computes "%s" as %p with the verdict "%s"', (start, measured, verdict) => {
    expect(find(start).measured).toBeCloseTo(measured);
    expect(verdictOf(find(start))).toBe(verdict);
  });

  it('leaves a target without measurements undefined', () => {
    expect(find('idle').measured).toBeUndefined();
    expect(verdictOf(find('idle'))).toBeUndefined();
  });
});

describe('writeReport', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('writes every measurement once, with its spread, and the failed cases', () => {
    const text = writeReport(report, join(dir, 'report'));
    expect(text).toContain('| pgbench | pgbench |  |  | 800 (500–2,000) |');
    expect(text).toContain('| uniform | product | 64 connections |  | 1,000 |');
    expect(text).toContain(
      '| same-two | product | 64 connections, uniform, in the same turns |  | 500 (100–1,000) |',
    );
    expect(text).toContain('- mail, product, round 2: oversold: product 1');
    expect(text).toContain('report-connections.svg');
    const { targets } = JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')) as { targets: unknown[] };
    expect(targets).toHaveLength(11);
    expect(readFileSync(join(dir, 'report-stored.svg'), 'utf8')).toContain('1,000,000');
  });
});

describe('roundUp', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 5],
    [51, 100],
    [2_000, 2_000],
    [2_001, 5_000],
  ])('rounds %p up to %p', (value, top) => {
    expect(roundUp(value)).toBe(top);
  });
});

describe('drawPlot', () => {
  it('draws a point for each value at its place', () => {
    const lines = [{ name: 'a < b', points: [3, 1].map((x) => ({ x, y: x * 100 })) }];
    const svg = drawPlot({ title: 't', xLabel: 'x', yLabel: 'y', lines });
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain('points="207.5,280 482.5,160"');
    expect(svg).toContain('a &lt; b');
  });
});
