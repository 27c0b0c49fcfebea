// `npm run faults`. Its options are described in test/faults/README.md.
import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { selectFaults } from '../test/faults/faults/catalogue.js';
import { buildMutant, MUTANTS, type Mutant } from '../test/faults/mutants.js';
import { areAllGuaranteesKept, ledgerLines, writeReport } from '../test/faults/report.js';
import { runFaults, type Report } from '../test/faults/run.js';
import { build, buildRevision } from './build.js';
import { stopCommands } from './command.js';
import { writeAtomically } from './infrastructure/files.js';
import { identityOf } from './infrastructure/identity.js';
import { Processes } from './infrastructure/processes.js';
import { local, UserError, root, runUntilStopped, removeDeadTestRuns, testRuns } from './lifecycle.js';
import { bold, dim, green, pad, print, red, createProgressPrinter } from './terminal.js';

const dir = join(testRuns, randomBytes(4).toString('hex'));
const processes = new Processes(join(dir, 'run'), (text) => print(dim(`    ${text}`)));
let options: ReturnType<typeof readOptions>;

function readOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      only: { type: 'string', default: '' },
      minutes: { type: 'string', default: '0' },
      rate: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      short: { type: 'boolean', default: false },
      cluster: { type: 'boolean', default: false },
      'database-cluster': { type: 'boolean', default: false },
      patroni: { type: 'boolean', default: false },
      broker: { type: 'string', default: '' },
      mutants: { type: 'boolean', default: false },
      'other-revision': { type: 'string', default: '' },
      dist: { type: 'string', default: join(root, 'dist') },
      'hold-seconds': { type: 'string', default: '' },
      report: { type: 'string', default: join(local, 'faults', 'report') },
      keep: { type: 'boolean', default: false },
    },
  });
  const readNumber = (name: 'minutes' | 'seed' | 'rate' | 'hold-seconds') => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new UserError(`--${name} must be a number`);
    return value;
  };
  return {
    minutes: readNumber('minutes'),
    seed: readNumber('seed'),
    rate: readNumber('rate'),
    holdSeconds: values['hold-seconds'] === '' ? undefined : readNumber('hold-seconds'),
    only: values.only.split(',').filter(Boolean),
    dist: resolve(values.dist),
    isOwnDist: values.dist === join(root, 'dist'),
    report: resolve(values.report),
    otherRevision: values['other-revision'],
    short: values.short,
    keep: values.keep,
    cluster: values.cluster,
    databaseCluster: values['database-cluster'],
    patroni: values.patroni,
    broker: values.broker || undefined,
    mutants: values.mutants,
  };
}

async function main(): Promise<number> {
  try {
    options = readOptions();
    if (!options.mutants) selectFaults(options.only, options);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  // If this run is killed, a later run finds its processes by this file and ends them.
  writeAtomically(join(dir, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
  await removeDeadTestRuns();
  if (options.isOwnDist) await build(root, print);
  const printProgress = createProgressPrinter();
  if (options.mutants) return testMutants(printProgress);
  const { otherRevision } = options;
  const otherDist = otherRevision
    ? await buildRevision(root, otherRevision, join(dir, 'other-revision'), (text) =>
        printProgress(`${otherRevision}: ${text}`),
      )
    : undefined;
  const report = await runFaults({ ...options, otherDist, root, dir, processes, printProgress });
  writeReport(report, options.report);
  printSummary(report);
  return areAllGuaranteesKept(report) ? 0 : 1;
}

function printSummary(report: Report) {
  print(bold('\nThe ledger'));
  for (const [name, value] of ledgerLines(report)) print(`  ${pad(name, 14)} ${value}`);
  for (const violation of report.violations) print(red(`  ✘ ${violation}`));
  const failed = report.results.filter((result) => result.violations.length > 0);
  if (failed.length > 0)
    print(red(`  ✘ Guarantees violated during: ${failed.map(({ name }) => name).join(', ')}`));
  print(`\n${options.report}.md`);
  print(areAllGuaranteesKept(report) ? green('All guarantees were kept.') : red('Guarantees were violated.'));
}

/**
 * Runs the mutants, and the unchanged build under the same faults. Each mutant must violate a guarantee, and the unchanged
 * build must not. `--only` selects builds: mutants, or `unchanged`.
 */
async function testMutants(printProgress: (text: string) => void): Promise<number> {
  const unchanged = { name: 'unchanged', faults: MUTANTS.flatMap(({ faults }) => faults) };
  const builds: (Pick<Mutant, 'name' | 'faults'> | Mutant)[] = [unchanged, ...MUTANTS];
  const undetected: string[] = [];
  let isFalseAlarm = false;
  for (const candidate of builds) {
    const { name, faults } = candidate;
    if (options.only.length > 0 && !options.only.includes(name)) continue;
    const isMutant = 'file' in candidate;
    const runDir = join(dir, name);
    const dist = isMutant ? join(runDir, 'dist') : options.dist;
    if (isMutant) buildMutant(options.dist, dist, candidate);
    const runProcesses = new Processes(join(runDir, 'run'), () => undefined);
    printProgress(`build: ${name}`);
    try {
      const report = await runFaults({
        root,
        dist,
        dir: runDir,
        processes: runProcesses,
        printProgress,
        only: faults,
        cluster: options.cluster,
        databaseCluster: options.databaseCluster,
        patroni: options.patroni,
        seed: options.seed,
        rate: options.rate,
        short: false,
        minutes: 0,
        // The watchdog is disabled, because it would repair some of the damage.
        environment: { REPUBLISH_AFTER_SECONDS: '1000000,1000000,1000000' },
      });
      const isDetected = !areAllGuaranteesKept(report);
      const violations = [...report.results.flatMap((result) => result.violations), ...report.violations];
      if (isMutant && !isDetected) undetected.push(name);
      if (!isMutant && isDetected) isFalseAlarm = true;
      for (const violation of violations) printProgress(`    ${violation}`);
      print(bold(`${name}: ${isDetected ? 'detected' : 'all guarantees were kept'}`));
    } finally {
      await runProcesses.stop();
    }
  }
  if (undetected.length > 0) print(red(`Not detected: ${undetected.join(', ')}`));
  if (isFalseAlarm) print(red('False alarm on the unchanged build: see its violations above.'));
  if (undetected.length > 0 || isFalseAlarm) return 1;
  print(green('Every mutant was detected.'));
  return 0;
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
