import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { CASES } from './cases.js';
import { formatNumber, spreadOf } from './numbers.js';
import { drawPlot, type Line } from './plot.js';
import { describeLoad, type Measurement } from './results.js';
import type { Report } from './run.js';
import { evaluateCriteria, verdictOf, type Criterion } from './targets.js';

/**
 * Writes `<prefix>.json`, `<prefix>.md` and the plots `<prefix>-<name>.svg`.
 *
 * @returns the Markdown
 */
export function writeReport(report: Report, prefix: string): string {
  mkdirSync(dirname(prefix), { recursive: true });
  // Remove the plots of an earlier run, which this one may not replace.
  for (const name of ['connections', 'stored']) rmSync(`${prefix}-${name}.svg`, { force: true });
  const plots = drawPlots(report);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(`${prefix}-${name}.svg`, svg);
  const plotFiles = Object.keys(plots).map((name) => `${basename(prefix)}-${name}.svg`);
  const text = formatMarkdown(report, plotFiles);
  const json = { ...report, targets: evaluateCriteria(report) };
  writeFileSync(`${prefix}.json`, `${JSON.stringify(json, null, 2)}\n`);
  writeFileSync(`${prefix}.md`, text);
  return text;
}

/** @returns a row for each criterion: name, measured, threshold, target, result */
export function criteriaRows(criteria: Criterion[]): string[][] {
  const verdicts = { target: 'target', threshold: 'threshold', missed: '**missed**' };
  return criteria.map((criterion) => {
    const { name, threshold, target, measured, unit, lowerIsBetter } = criterion;
    const verdict = verdictOf(criterion);
    const format = (value?: number) =>
      `${formatNumber(value)}${unit && value !== undefined ? ` ${unit}` : ''}`;
    const comparison = lowerIsBetter ? '≤ ' : '≥ ';
    return [
      name,
      format(measured),
      comparison + format(threshold),
      comparison + format(target),
      verdict ? verdicts[verdict] : 'not measured',
    ];
  });
}

const PERCENTILES = ['p50', 'p95', 'p99'] as const;

function formatMarkdown({ environment, measurements, failures }: Report, plotFiles: string[]): string {
  const { command, measuredAt, commit, processor, cores, memoryGb, node, postgres, rabbitmq, nest } =
    environment;
  const sections = [
    `# Benchmark report\n\n\`${command}\`, ${measuredAt}, commit ${commit}.`,
    `${processor}, ${cores} cores, ${memoryGb} GB; Node ${node}, NestJS ${nest}, PostgreSQL ${postgres} with fsync, RabbitMQ ${rabbitmq} with quorum queues.`,
    failures.length > 0 &&
      `## Failed cases, without a result\n\n${failures
        .flatMap(({ case: name, contender, round, reasons }) =>
          reasons.map((reason) => `- ${name}, ${contender}, round ${round}: ${reason}`),
        )
        .join('\n')}`,
    `## Targets\n\n${formatTable(
      ['ratio or value', 'measured', 'threshold', 'target', 'result'],
      criteriaRows(evaluateCriteria({ measurements })),
    )}`,
    `## Orders per second\n\nMedian over all rounds and turns, with minimum and maximum. _Recorded_ is the result: all accepted orders, divided by the time from the first POST to the last notification.\n\n${formatTable(
      ['case', 'contender', 'load', 'accepted', 'recorded', 'delivered', 'lines recorded', 'refused'],
      measurementRows(measurements, ({ accepted, recorded, delivered, lines, refused }) => [
        accepted,
        recorded,
        delivered,
        lines,
        refused,
      ]),
    )}`,
    `## Times\n\nIn milliseconds, median over all rounds and turns.\n\n${formatTable(
      [
        'case',
        'contender',
        'load',
        ...PERCENTILES.map((name) => `accept ${name}`),
        ...PERCENTILES.map((name) => `POST to processed ${name}`),
      ],
      measurementRows(
        measurements.filter(({ latency }) => latency),
        ({ latency, processed }) => [
          ...PERCENTILES.map((name) => latency?.[name]),
          ...PERCENTILES.map((name) => processed?.[name]),
        ],
      ),
    )}`,
    `## Processor time and memory\n\nProcessor seconds per 1,000 orders / peak memory in MB, median over all rounds and turns.\n\n${usageTable(measurements)}`,
    ...plotFiles.map((file) => `![${file}](${file})`),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

/** Groups measurements that differ only in their round or turn, in the order of the cases. */
function groupRounds(measurements: Measurement[]): Measurement[][] {
  const order = ['pgbench', ...CASES.map(({ name }) => name)];
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const key = `${measurement.case} ${measurement.contender} ${describeLoad(measurement)}`;
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  return [...groups.values()].sort((a, b) => order.indexOf(a[0]!.case) - order.indexOf(b[0]!.case));
}

function measurementRows(
  measurements: Measurement[],
  valuesOf: (measurement: Measurement) => (number | undefined)[],
): string[][] {
  return groupRounds(measurements).map((group) => {
    const rounds = group.map(valuesOf);
    const cells = rounds[0]!.map((_, column) => {
      const spread = spreadOf(rounds.map((row) => row[column]).filter((value) => value !== undefined));
      if (!spread) return '';
      const { median, min, max } = spread;
      return min === max
        ? formatNumber(median)
        : `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)})`;
    });
    return [group[0]!.case, group[0]!.contender, describeLoad(group[0]!), ...cells];
  });
}

function usageTable(measurements: Measurement[]): string {
  const groups = groupRounds(measurements).filter(([first]) => first!.usage);
  const names = [
    ...new Set(groups.flatMap((group) => group.flatMap(({ usage }) => Object.keys(usage ?? {})))),
  ];
  return formatTable(
    ['case', 'contender', 'load', ...names],
    groups.map((group) => {
      const cells = names.map((name) => {
        const uses = group.flatMap(({ usage, orders }) =>
          usage?.[name] ? [{ ...usage[name], orders }] : [],
        );
        const cpu = spreadOf(uses.map(({ cpuSeconds, orders }) => (cpuSeconds / orders) * 1_000));
        const memory = spreadOf(uses.map(({ peakMb }) => Math.round(peakMb)));
        return cpu && memory ? `${formatNumber(cpu.median)} s / ${formatNumber(memory.median)}` : '';
      });
      return [group[0]!.case, group[0]!.contender, describeLoad(group[0]!), ...cells];
    }),
  );
}

function drawPlots({ measurements }: Report): Record<string, string> {
  const createLine = (
    name: string,
    selected: Measurement[],
    xOf: (measurement: Measurement) => number,
  ): Line => ({
    name,
    points: [...new Set(selected.map(xOf))].map((x) => {
      const rates = selected.filter((measurement) => xOf(measurement) === x).map(({ recorded }) => recorded!);
      return { x, y: spreadOf(rates)!.median };
    }),
  });
  const yLabel = 'orders/s, POST to recorded';
  const select = (name: string, contender: string) =>
    measurements.filter((measurement) => measurement.case === name && measurement.contender === contender);
  const connections = ['product', 'baseline'].map((name) =>
    createLine(name, select('uniform', name), (measurement) => measurement.connections!),
  );
  const pgbench = spreadOf(
    measurements.filter(({ contender }) => contender === 'pgbench').map(({ recorded }) => recorded!),
  );
  if (pgbench && connections[0]!.points.length > 0)
    connections.push({
      name: 'pgbench',
      points: connections[0]!.points.map(({ x }) => ({ x, y: pgbench.median })),
    });
  const stored = createLine('product', select('million', 'product'), (measurement) => measurement.stored!);
  return {
    ...(connections[0]!.points.length > 0 && {
      connections: drawPlot({
        title: 'Throughput by number of connections',
        xLabel: 'connections',
        yLabel,
        lines: connections,
      }),
    }),
    ...(stored.points.length > 0 && {
      stored: drawPlot({
        title: 'Throughput by number of stored orders',
        xLabel: 'orders stored beforehand',
        yLabel,
        lines: [stored],
      }),
    }),
  };
}

function formatTable(head: string[], body: string[][]): string {
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
