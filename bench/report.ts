import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { targetsOf, verdictOf, type Target } from './targets.js';
import { CASES } from './cases.js';
import { shown, spreadOf } from './numbers.js';
import { drawPlot, type Line } from './plot.js';
import { labelOf, type Measurement } from './results.js';
import type { Report } from './run.js';

/** Writes `<prefix>.json`, `<prefix>.md` and the plots beside them. @returns the Markdown */
export function writeReport(report: Report, prefix: string): string {
  mkdirSync(dirname(prefix), { recursive: true });
  // One of another run would be taken for this one's.
  for (const name of ['connections', 'stored']) rmSync(`${prefix}-${name}.svg`, { force: true });
  const plots = plotsOf(report);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(`${prefix}-${name}.svg`, svg);
  const text = markdown(
    report,
    Object.keys(plots).map((name) => `${basename(prefix)}-${name}.svg`),
  );
  writeFileSync(`${prefix}.json`, `${JSON.stringify({ ...report, aims: targetsOf(report) }, null, 2)}\n`);
  writeFileSync(`${prefix}.md`, text);
  return text;
}

export function targetRows(aims: Target[]): string[][] {
  const sign = { aim: 'yes', least: 'at least', no: '**no**' };
  return aims.map((aim) => {
    const { what, least, aim: wanted, reached, unit, lessIsBetter } = aim;
    const verdict = verdictOf(aim);
    const of = (value?: number) => `${shown(value)}${unit && value !== undefined ? ` ${unit}` : ''}`;
    const direction = lessIsBetter ? '≤ ' : '≥ ';
    return [
      what,
      of(reached),
      direction + of(least),
      direction + of(wanted),
      verdict ? sign[verdict] : 'not measured',
    ];
  });
}

function markdown({ setting, measurements, broken }: Report, plots: string[]): string {
  const { command, at, commit, processor, cores, memoryGb, node, postgres, rabbitmq, nest } = setting;
  const aims = targetsOf({ measurements, broken });
  const chapters = [
    `# Speed\n\n\`${command}\`, ${at}, commit ${commit}.`,
    `${processor}, ${cores} cores, ${memoryGb} GB; Node ${node}, NestJS ${nest}, PostgreSQL ${postgres} with fsync, RabbitMQ ${rabbitmq} with quorum queues.`,
    broken.length > 0 &&
      `## Not closed: no figure\n\n${broken
        .flatMap(({ case: name, contender, round, lines }) =>
          lines.map((line) => `- ${name}, ${contender}, round ${round}: ${line}`),
        )
        .join('\n')}`,
    `## Aims\n\n${table(['ratio', 'reached', 'at least', 'aim', 'kept'], targetRows(aims))}`,
    `## Orders in a second\n\nMedian over the rounds, and from least to most. _Recorded_ is what counts: all orders accepted, by the time from the first POST to the last one's notification.\n\n${table(
      ['case', 'contender', 'of', 'accepted', 'recorded', 'delivered', 'lines recorded', 'refused'],
      rows(measurements, ({ accepted, recorded, delivered, lines, refused }) => [
        ...[accepted, recorded, delivered, lines],
        refused,
      ]),
    )}`,
    `## Times\n\nIn milliseconds, median over the rounds.\n\n${table(
      [
        'case',
        'contender',
        'of',
        ...['p50', 'p95', 'p99'].map((each) => `accept ${each}`),
        ...['p50', 'p95', 'p99'].map((each) => `POST to processed ${each}`),
      ],
      rows(
        measurements.filter(({ latency }) => latency),
        ({ latency, processed }) => [
          ...[latency?.p50, latency?.p95, latency?.p99],
          ...[processed?.p50, processed?.p95, processed?.p99],
        ],
      ),
    )}`,
    `## What they use\n\nProcessor seconds for 1,000 orders / peak memory in MB, median over the rounds.\n\n${usageTable(measurements)}`,
    ...plots.map((file) => `![${file}](${file})`),
  ];
  return `${chapters.filter(Boolean).join('\n\n')}\n`;
}

/** Measurements that differ in their round only, in the order of the cases. */
function groups(measurements: Measurement[]): Measurement[][] {
  const order = ['pgbench', ...CASES.map(({ name }) => name)];
  const found = new Map<string, Measurement[]>();
  for (const each of measurements) {
    const key = `${each.case} ${each.contender} ${labelOf(each)}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return [...found.values()].sort((a, b) => order.indexOf(a[0]!.case) - order.indexOf(b[0]!.case));
}

function rows(
  measurements: Measurement[],
  values: (each: Measurement) => (number | undefined)[],
): string[][] {
  return groups(measurements).map((group) => {
    const all = group.map(values);
    const cells = all[0]!.map((_, column) => {
      const spread = spreadOf(all.map((row) => row[column]).filter((value) => value !== undefined));
      if (!spread) return '';
      const { median, min, max } = spread;
      return min === max ? shown(median) : `${shown(median)} (${shown(min)}–${shown(max)})`;
    });
    return [group[0]!.case, group[0]!.contender, labelOf(group[0]!), ...cells];
  });
}

function usageTable(measurements: Measurement[]): string {
  const used = groups(measurements).filter(([first]) => first!.usage);
  const names = [...new Set(used.flatMap((group) => group.flatMap(({ usage }) => Object.keys(usage ?? {}))))];
  return table(
    ['case', 'contender', 'of', ...names],
    used.map((group) => [
      ...[group[0]!.case, group[0]!.contender, labelOf(group[0]!)],
      ...names.map((name) => {
        const uses = group.flatMap(({ usage, orders }) =>
          usage?.[name] ? [{ ...usage[name], orders }] : [],
        );
        const cpu = spreadOf(uses.map(({ cpuSeconds, orders }) => (cpuSeconds / orders) * 1_000));
        return cpu
          ? `${shown(cpu.median)} s / ${shown(spreadOf(uses.map(({ peakMb }) => Math.round(peakMb)))!.median)}`
          : '';
      }),
    ]),
  );
}

function plotsOf({ measurements }: Report): Record<string, string> {
  const line = (name: string, of: Measurement[], x: (each: Measurement) => number): Line => ({
    name,
    points: [...new Set(of.map(x))].map((at) => ({
      x: at,
      y: spreadOf(of.filter((each) => x(each) === at).map((each) => each.recorded!))!.median,
    })),
  });
  const yLabel = 'orders/s, POST to recorded';
  const of = (name: string, contender: string) =>
    measurements.filter((each) => each.case === name && each.contender === contender);
  const connections = ['ours', 'baseline'].map((name) =>
    line(name, of('uniform', name), (each) => each.connections!),
  );
  const pgbench = spreadOf(
    measurements.filter((each) => each.contender === 'pgbench').map((each) => each.recorded!),
  );
  if (pgbench && connections[0]!.points.length > 0)
    connections.push({
      name: 'pgbench',
      points: connections[0]!.points.map(({ x }) => ({ x, y: pgbench.median })),
    });
  const stored = line('ours', of('million', 'ours'), (each) => each.stored!);
  return {
    ...(connections[0]!.points.length > 0 && {
      connections: drawPlot({
        title: 'Throughput against connections',
        xLabel: 'connections',
        yLabel,
        lines: connections,
      }),
    }),
    ...(stored.points.length > 0 && {
      stored: drawPlot({
        title: 'Throughput against orders stored',
        xLabel: 'orders stored beforehand',
        yLabel,
        lines: [stored],
      }),
    }),
  };
}

function table(head: string[], body: string[][]): string {
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
