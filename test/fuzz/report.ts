import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FuzzReport } from './run.js';

/** Writes the report as Markdown. */
export function writeFuzzReport(report: FuzzReport, file: string) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, [...summary(report), ...violations(report), ...outcomes(report), ''].join('\n'));
}

function summary({ seed, seconds, orders, maxMegabytes, deadLetters, violations }: FuzzReport): string[] {
  const memory = [...maxMegabytes].map(([app, megabytes]) => `${app} ${megabytes} MB`).join(', ');
  return [
    '# Fuzz report',
    '',
    `Seed ${seed}, ${seconds} s. ${violations.length} kinds of violations.`,
    '',
    `- ${orders.placed} good orders, the slowest took ${orders.slowestSeconds} s`,
    `- memory at most: ${memory}`,
    `- ${deadLetters} dead letters collected`,
    '',
  ];
}

function violations({ violations }: FuzzReport): string[] {
  return violations.flatMap(({ kind, count, reproduction, detail }) => [
    `## ${kind} (${count})`,
    '',
    ...(detail ? [detail.replaceAll('\n', ' '), ''] : []),
    ...(reproduction ? ['```', reproduction, '```', ''] : []),
  ]);
}

function outcomes({ outcomes }: FuzzReport): string[] {
  const rows = [...outcomes].toSorted(([a], [b]) => a.localeCompare(b));
  return [
    '## Inputs by outcome',
    '',
    '| input | total | outcomes |',
    '| --- | --- | --- |',
    ...rows.map(([name, counts]) => {
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const parts = [...counts].toSorted().map(([outcome, count]) => `${outcome}: ${count}`);
      return `| ${name} | ${total} | ${parts.join(', ')} |`;
    }),
  ];
}
