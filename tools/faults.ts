import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isKept, ledgerLines, writeReport } from '../test/faults/report.js';
import { faultsNamed, runFaults } from '../test/faults/run.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { Processes } from './infrastructure/processes.js';
import { local, Refusal, root, runUntilStopped, sweepTestRuns, testRuns } from './lifecycle.js';
import { bold, dim, green, pad, print, red } from './terminal.js';

const dir = join(testRuns, randomBytes(4).toString('hex'));
const processes = new Processes(join(dir, 'run'), (text) => print(dim(`    ${text}`)));
let options: ReturnType<typeof read>;

function read() {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      minutes: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      only: { type: 'string', default: '' },
      rate: { type: 'string', default: '5' },
      dist: { type: 'string', default: join(root, 'dist') },
      report: { type: 'string', default: join(local, 'faults', 'report') },
      short: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'minutes' | 'seed' | 'rate') => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new Refusal(`--${name} must be a number`);
    return value;
  };
  return {
    minutes: number('minutes'),
    seed: number('seed'),
    rate: number('rate'),
    only: values.only.split(',').filter(Boolean),
    dist: resolve(values.dist),
    isOwnDist: values.dist === join(root, 'dist'),
    report: resolve(values.report),
    short: values.short,
    keep: values.keep,
  };
}

async function main(): Promise<number> {
  try {
    options = read();
    faultsNamed(options.only);
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
  await sweepTestRuns();
  if (options.isOwnDist) await build(root, print);
  const from = Date.now();
  const say = (text: string): void => {
    const seconds = ((Date.now() - from) / 1_000).toFixed(0);
    const paint = /^\s*✘/.test(text) ? red : text.startsWith('✔') ? green : (plain: string) => plain;
    print(`${dim(seconds.padStart(5))} ${paint(text)}`);
  };
  const report = await runFaults({ ...options, root, dir, processes, say });
  writeReport(report, options.report);
  print(bold('\nThe ledger'));
  for (const [name, value] of ledgerLines(report)) print(`  ${pad(name, 14)} ${String(value)}`);
  for (const line of report.broken) print(red(`  ✘ ${line}`));
  const broken = report.results.filter((result) => result.broken.length > 0);
  if (broken.length > 0) print(red(`  ✘ broken under ${broken.map(({ name }) => name).join(', ')}`));
  print(`\n${options.report}.md`);
  print(isKept(report) ? green('Every promise was kept.') : red('Promises were broken.'));
  return isKept(report) ? 0 : 1;
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 130,
  cleanUp: () => {
    stopCommands();
    if (!options?.keep) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  },
});
