import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targetsOf, verdictOf } from './targets.js';
import { drawPlot, roundUp } from './plot.js';
import { writeReport } from './report.js';
import type { Measurement } from './results.js';
import type { Report } from './run.js';

const measurement = (more: Partial<Measurement>): Measurement => ({
  ...{ case: 'uniform', contender: 'ours', round: 1, orders: 100, connections: 64, recorded: 1_000 },
  ...more,
});
const pgbench = (round: number, recorded: number) =>
  measurement({ case: 'pgbench', contender: 'pgbench', connections: undefined, round, recorded });
const worker = (peakMb: number) => ({ cpuSeconds: 1, peakMb });

const measurements: Measurement[] = [
  ...[pgbench(1, 500), pgbench(2, 2_000), pgbench(3, 800)],
  ...[1, 2, 3].map((round) => measurement({ round })),
  measurement({ connections: 1, recorded: 300 }),
  measurement({ contender: 'baseline', recorded: 2_000 }),
  ...[500, 1_000, 900, 1_000].map((recorded, index) =>
    measurement({ case: 'empty', stretch: index + 1, recorded }),
  ),
  // Turn by turn 0.8, 0.9 and 1; what is between two of them is not their ratio.
  ...[1_000, 500, 100].flatMap((uniform, index) => [
    measurement({ case: 'same-two', turn: index + 1, recorded: uniform * (0.8 + index / 10) }),
    measurement({ case: 'same-two', turn: index + 1, recorded: uniform, reference: true }),
  ]),
  measurement({ case: 'million', stored: 0, recorded: 1_000 }),
  measurement({ case: 'million', stored: 1_000_000, recorded: 900 }),
  measurement({
    case: 'backlog',
    usage: {
      ...{ 'order-worker': worker(90), 'stock-worker': worker(130), 'notify-worker': worker(110) },
      postgres: worker(500),
    },
  }),
];
const report: Report = {
  setting: {
    ...{ command: 'npm run bench', at: '2026-01-01', commit: 'abc', processor: 'Some | CPU', cores: 2 },
    ...{ memoryGb: 8, node: '20', postgres: '18', rabbitmq: '3', nest: '12' },
  },
  measurements,
  broken: [{ case: 'mail', contender: 'ours', round: 2, lines: ['drift: product 1'] }],
};

describe('The aims', () => {
  const aim = (start: string) => targetsOf(report).find(({ what }) => what.startsWith(start))!;

  it.each([
    ['ours / pgbench, POST to recorded', 1.25, 'least'], // of 2, 0.5 and 1.25
    ['ours / bare', 0.5, 'no'],
    ['same-two', 0.9, 'least'],
    ['1,000,000 orders stored', 0.9, 'least'],
    ['from an empty database', 0.5, 'no'],
    ['backlog', 130, 'least'],
  ])('%s: %p', (start, reached, verdict) => {
    expect(aim(start).reached).toBeCloseTo(reached);
    expect(verdictOf(aim(start))).toBe(verdict);
  });

  it('tell what was not measured', () => {
    expect(aim('idle').reached).toBeUndefined();
    expect(verdictOf(aim('idle'))).toBeUndefined();
  });
});

describe('The report', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('has every figure once, with its spread, and names what was not closed', () => {
    const text = writeReport(report, join(dir, 'report'));
    expect(text).toContain('| pgbench | pgbench |  |  | 800 (500–2,000) |');
    expect(text).toContain('| uniform | ours | 64 connections |  | 1,000 |');
    expect(text).toContain(
      '| same-two | ours | 64 connections, uniform, in turns with it |  | 500 (100–1,000) |',
    );
    expect(text).toContain('- mail, ours, round 2: drift: product 1');
    expect(text).toContain('report-connections.svg');
    const { aims } = JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')) as { aims: unknown[] };
    expect(aims).toHaveLength(10);
    expect(readFileSync(join(dir, 'report-stored.svg'), 'utf8')).toContain('1,000,000');
  });
});

describe('A plot', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 5],
    [51, 100],
    [2_000, 2_000],
    [2_001, 5_000],
  ])('of values up to %p reaches to %p', (value, top) => {
    expect(roundUp(value)).toBe(top);
  });

  it('has a point for each value, in its place', () => {
    const lines = [{ name: 'a < b', points: [3, 1].map((x) => ({ x, y: x * 100 })) }];
    const svg = drawPlot({ title: 't', xLabel: 'x', yLabel: 'y', lines });
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain('points="207.5,280 482.5,160"');
    expect(svg).toContain('a &lt; b');
  });
});
