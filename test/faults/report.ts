import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PROMISES, PROMISES_AT_REST } from './ledger.js';
import type { Report } from './run.js';
import type { Result } from './trial.js';

export function isKept({ results, broken }: Report) {
  return broken.length === 0 && results.every((result) => result.broken.length === 0);
}

/** Writes `<prefix>.json` and `<prefix>.md`. @returns the latter's text */
export function writeReport(report: Report, prefix: string) {
  mkdirSync(dirname(prefix), { recursive: true });
  const text = markdown(report);
  writeFileSync(`${prefix}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${prefix}.md`, text);
  return text;
}

export function ledgerLines({
  ledger,
  unanswered,
  mails,
  deadlocks,
  drainedInSeconds,
}: Report): [string, unknown][] {
  return [
    ['accepted', ledger.accepted],
    ['not answered', `${unanswered.asked}, of which ${unanswered.found} are orders`],
    ['processed', ledger.processed],
    ['rejected', ledger.rejected],
    ['cancelled', ledger.cancelled],
    ...[...PROMISES, ...PROMISES_AT_REST].map((name): [string, unknown] => [
      name === 'mails' ? 'wrong mails' : name,
      ledger.findings[name].length,
    ]),
    ['mails', `${mails.sent}, of which ${mails.duplicate} came once more after a kill`],
    ['deadlocks', deadlocks],
    ['drained in', drainedInSeconds === undefined ? 'never' : `${drainedInSeconds.toFixed(1)} s`],
  ];
}

function markdown(report: Report) {
  const { seed, rate, minutes, results, replayed, broken } = report;
  const table = (head: string[], rows: unknown[][]) =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
  return `# Faults

Seed ${seed}, ${rate} orders/s, ${minutes.toFixed(1)} minutes. ${isKept(report) ? 'Every promise was kept.' : 'Promises were broken.'}

${table(
  ['fault', 'kept', 'drained in', 'what was done'],
  results.map((result) => [
    result.name,
    result.broken.length === 0 ? 'yes' : '**no**',
    result.drainedInSeconds === undefined ? 'never' : `${result.drainedInSeconds.toFixed(1)} s`,
    [...result.notes, stepsOf(result)].filter(Boolean).join('; '),
  ]),
)}

At the end the ${replayed} messages of the whole day were delivered once more. Then the ledger:

${table(['', ''], ledgerLines(report))}
${list(
  'Broken promises',
  [...results.flatMap(({ name, broken: found }) => found.map((each) => `${name}: ${each}`)), ...broken].map(
    cell,
  ),
)}`;
}

function stepsOf({ steps }: Result) {
  if (steps.length === 0) return '';
  return `hit: ${steps
    .filter(({ hit }) => hit)
    .map(({ step }) => step)
    .join(', ')}`;
}

function list(title: string, lines: string[]) {
  return lines.length === 0 ? '' : `\n## ${title}\n\n${lines.map((each) => `- ${each}`).join('\n')}\n`;
}

const cell = (value: unknown) => String(value).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
