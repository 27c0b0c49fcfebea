// `npm run bench`. Its options are described in bench/README.md.
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatProfiles } from '../bench/profiles.js';
import { criteriaRows, writeReport } from '../bench/report.js';
import { runBench, selectCases, type RunOptions } from '../bench/run.js';
import { evaluateCriteria } from '../bench/targets.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { tryLock } from './infrastructure/lock.js';
import { endLeftovers } from './infrastructure/leftovers.js';
import { Processes } from './infrastructure/processes.js';
import { local, UserError, root, runUntilStopped } from './lifecycle.js';
import { bold, dim, pad, print, red, createProgressPrinter } from './terminal.js';

const dir = join(local, 'bench', 'stack');
const records = join(dir, 'run');
/** True once this run holds the lock: the folder may belong to another run until then. */
let ownsFolder = false;
const processes = new Processes(records, (text) => print(dim(`    ${text}`)));

function parseOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      case: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string' },
      connections: { type: 'string', default: '1,16,64,256' },
      minutes: { type: 'string', default: '10' },
      rows: { type: 'string', default: '1000000' },
      backlog: { type: 'string', default: '100000' },
      report: { type: 'string', default: join(local, 'bench', 'report') },
      profile: { type: 'boolean', default: false },
    },
  });
  const number = (name: string, text: string) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`--${name} must be a whole number of at least 1`);
    return value;
  };
  return {
    cases: selectCases(values.case.split(',').filter(Boolean)),
    rounds: number('rounds', values.rounds),
    seconds: number('seconds', values.seconds ?? '10'),
    // Long enough to distinguish the first minute from the next ones, unless --seconds asks for a quick run.
    windowSeconds: number('seconds', values.seconds ?? '60'),
    connections: values.connections.split(',').map((text) => number('connections', text)),
    snapshotWindows: number('minutes', values.minutes),
    rows: number('rows', values.rows),
    backlog: number('backlog', values.backlog),
    report: resolve(values.report),
    profiles: values.profile ? join(local, 'bench', 'profiles') : undefined,
  };
}

async function main(): Promise<number> {
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions();
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  const release = tryLock(join(local, 'bench.lock'));
  if (!release) throw new UserError('A benchmark is already running in this folder.');
  process.on('exit', release);
  ownsFolder = true;
  await endLeftovers(records);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  if (options.profiles) rmSync(options.profiles, { recursive: true, force: true });
  await build(root, print);
  const printProgress = createProgressPrinter();
  const command = ['npm run bench', ...(process.argv.length > 3 ? ['--', ...process.argv.slice(3)] : [])];
  const run: RunOptions = { ...options, root, dir, processes, printProgress, command: command.join(' ') };
  const report = await runBench(run);
  writeReport(report, options.report);
  if (options.profiles) print(`\n${formatProfiles(options.profiles)}`);
  print(bold(`\n  ${formatCriterionRow(['Ratio or value', 'measured', 'threshold', 'target', 'result'])}`));
  for (const row of criteriaRows(evaluateCriteria(report))) print(`  ${formatCriterionRow(row)}`);
  print(`\n${options.report}.md`);
  for (const { case: name, contender, round } of report.failures)
    print(red(`✘ ${name}, ${contender}, round ${round} failed and has no result`));
  return report.failures.length === 0 ? 0 : 1;
}

function formatCriterionRow([name, measured, threshold, target, result]: string[]): string {
  return `${pad(name!, 54)} ${pad(measured!, 10)} ${pad(threshold!, 10)} ${pad(target!, 10)} ${result}`;
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 130,
  cleanUp: () => {
    stopCommands();
    if (ownsFolder) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  },
});
