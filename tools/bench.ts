// `npm run bench`. `npm run bench -- --help` lists its options; bench/README.md describes them.
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CASES } from '../bench/cases.js';
import { formatDifferences } from '../bench/comparison.js';
import { formatProfiles } from '../bench/profiles.js';
import { criteriaRows, writeReport } from '../bench/report.js';
import { runBench, runComparison, selectCases, type RunOptions } from '../bench/run.js';
import { evaluateCriteria } from '../bench/targets.js';
import { build, buildRevision } from './build.js';
import { stopCommands } from './command.js';
import { tryLock } from './infrastructure/lock.js';
import { endLeftovers } from './infrastructure/leftovers.js';
import { Processes } from './infrastructure/processes.js';
import { runUntilStopped, UserError } from './lifecycle.js';
import { createCommand, list, wholeNumber } from './options.js';
import { local, root } from './paths.js';
import { bold, dim, pad, print, red, createProgressPrinter } from './terminal.js';

const options = readOptions(process.argv.slice(3));
const dir = join(local, 'bench', 'stack');
const records = join(dir, 'run');
/** True once this run holds the lock: the folder may belong to another run until then. */
let ownsFolder = false;
const processes = new Processes(records, (text) => print(dim(`    ${text}`)));

function readOptions(args: string[]) {
  const cases = CASES.map(
    ({ name, description, byName }) =>
      `  ${name.padEnd(14)} ${description}${byName ? ' (only if --case selects it)' : ''}`,
  );
  const command = createCommand(
    'bench',
    'Measures orders per second from POST to recorded notification, and compares them with a hand-written baseline and with pgbench. Without options: about an hour.',
  )
    .option('--case <names>', 'these cases only, separated by commas', list, [])
    .option('--rounds <number>', 'runs of all selected cases', wholeNumber(1), 3)
    .option(
      '--seconds <number>',
      'duration of one measurement (default: 10; a window takes 60)',
      wholeNumber(1),
    )
    .option(
      '--connections <numbers>',
      'numbers of concurrent clients of the case uniform',
      numbers,
      [1, 16, 64, 256],
    )
    .option(
      '--minutes <number>',
      'windows of the case snapshot, without and with a snapshot',
      wholeNumber(1),
      10,
    )
    .option('--rows <number>', 'orders stored beforehand in the case million', wholeNumber(1), 1_000_000)
    .option('--backlog <number>', 'waiting messages of the case backlog', wholeNumber(1), 100_000)
    .option(
      '--against <revision>',
      'compare the case uniform with the apps of this Git revision; every round starts all processes anew',
    )
    .option('--tokens', 'the clients have tokens of an identity provider instead of an API key', false)
    .option('--report <prefix>', 'path of the report, without .md and .json', join(local, 'bench', 'report'))
    .option('--profile', 'also record CPU profiles', false)
    .addHelpText('after', `\nCases:\n${cases.join('\n')}`)
    .parse(args, { from: 'user' });
  const values = command.opts<{
    case: string[];
    rounds: number;
    seconds?: number;
    against?: string;
    connections: number[];
    minutes: number;
    rows: number;
    backlog: number;
    report: string;
    tokens: boolean;
    profile: boolean;
  }>();
  const { rounds, connections, rows, backlog, seconds = 10 } = values;
  return {
    cases: selectCasesOrFail(values.case, (message) => command.error(message)),
    rounds,
    connections,
    rows,
    backlog,
    seconds,
    // Long enough to distinguish the first minute from the next ones, unless --seconds asks for a quick run.
    windowSeconds: values.seconds ?? 60,
    snapshotWindows: values.minutes,
    report: resolve(values.report),
    against: values.against,
    withTokens: values.tokens,
    profiles: values.profile ? join(local, 'bench', 'profiles') : undefined,
  };
}

function numbers(text: string): number[] {
  return list(text).map(wholeNumber(1));
}

function selectCasesOrFail(names: string[], fail: (message: string) => never) {
  try {
    return selectCases(names);
  } catch (error) {
    return fail(`error: ${(error as Error).message}`);
  }
}

async function main(): Promise<number> {
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
  if (options.against) return compareWith(options.against, run);
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

async function compareWith(revision: string, run: RunOptions): Promise<number> {
  const dist = await buildRevision(root, revision, join(dir, 'revision'), print);
  const differences = await runComparison({ ...run, otherRoot: dirname(dist) });
  print(bold(`\n  This build compared with ${revision}: mean of the rounds ± standard error`));
  for (const line of formatDifferences(differences)) print(`  ${line}`);
  return differences.every(({ rounds }) => rounds.length === run.rounds) ? 0 : 1;
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
