import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FaultResult } from './experiment.js';
import { GUARANTEES } from './guarantees.js';
import { formatNotAccepted } from './not-accepted.js';
import type { Report } from './run.js';

export function areAllGuaranteesKept({ results, violations }: Report) {
  return violations.length === 0 && results.every((result) => result.violations.length === 0);
}

/** Writes `<prefix>.json` and `<prefix>.md`. */
export function writeReport(report: Report, prefix: string) {
  mkdirSync(dirname(prefix), { recursive: true });
  writeFileSync(`${prefix}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${prefix}.md`, toMarkdown(report));
}

/** @returns the final ledger as pairs of a name and a value */
export function ledgerLines({
  ledger,
  notAccepted,
  repeated,
  mails,
  deadlocks,
  drainedInSeconds,
}: Report): [name: string, value: string | number][] {
  return [
    ['accepted', ledger.accepted],
    ['not accepted', formatNotAccepted(notAccepted)],
    ['repeated', repeated],
    ['processed', ledger.processed],
    ['rejected', ledger.rejected],
    ['cancelled', ledger.cancelled],
    ...GUARANTEES.map((guarantee): [string, number] => [guarantee, ledger.findings[guarantee].length]),
    ['mails', `${mails.sent}, of which ${mails.duplicate} were sent again after a kill`],
    ['deadlocks', deadlocks],
    ['drained in', formatSeconds(drainedInSeconds)],
  ];
}

function toMarkdown(report: Report) {
  const { seed, rate, minutes, results, republishedAtEnd } = report;
  const verdict = areAllGuaranteesKept(report) ? 'All guarantees were kept.' : 'Guarantees were violated.';
  const violations = [
    ...results.flatMap(({ name, violations }) => violations.map((violation) => `${name}: ${violation}`)),
    ...report.violations,
  ];
  return `# Faults

Seed ${seed}, ${rate} orders/s, ${minutes.toFixed(1)} minutes. ${verdict}

${toTable(
  ['fault', 'guarantees kept', 'drained in', 'what was done and observed'],
  results.map((result) => [
    result.name,
    result.violations.length === 0 ? 'yes' : '**no**',
    formatSeconds(result.drainedInSeconds),
    [...result.notes, describeInjectionPoints(result)].filter(Boolean).join('; '),
  ]),
)}

At the end, all ${republishedAtEnd} messages of the run were published once more. Then the ledger was checked:

${toTable(['', ''], ledgerLines(report))}
${toList('Violated guarantees', violations)}`;
}

function formatSeconds(seconds?: number) {
  return seconds === undefined ? 'not in time' : `${seconds.toFixed(1)} s`;
}

function describeInjectionPoints({ injectionPoints }: FaultResult) {
  if (injectionPoints.length === 0) return '';
  const missed = injectionPoints.filter(({ hit }) => !hit).map(({ name }) => name);
  const count = `${injectionPoints.length - missed.length} of ${injectionPoints.length} steps reached`;
  return missed.length === 0 ? count : `${count}, not ${missed.join(', ')}`;
}

function toTable(header: string[], rows: (string | number)[][]) {
  return [header, header.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(toCell).join(' | ')} |`)
    .join('\n');
}

function toList(title: string, lines: string[]) {
  if (lines.length === 0) return '';
  return `\n## ${title}\n\n${lines.map((line) => `- ${toCell(line)}`).join('\n')}\n`;
}

function toCell(value: string | number) {
  return String(value).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
