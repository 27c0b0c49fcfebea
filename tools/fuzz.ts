// `npm run fuzz`. `npm run fuzz -- --help` lists its options; test/fuzz/README.md describes them.
import { InvalidArgumentError } from 'commander';
import { join, resolve } from 'node:path';
import { writeFuzzReport } from '../test/fuzz/report.js';
import { runFuzz, SOURCES, type Source } from '../test/fuzz/run.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { removeDeadTestRuns, TestRun } from './infrastructure/test-run.js';
import { runUntilStopped } from './lifecycle.js';
import { atLeast, createCommand, list, seedOption } from './options.js';
import { local, root } from './paths.js';
import { createProgressPrinter, dim, green, print, red } from './terminal.js';

/** Of a good order, while only the hostile input is sent. */
const MAX_ORDER_SECONDS = 5;
const OWN_DIST = join(root, 'dist');

const options = readOptions(process.argv.slice(3));
const testRun = new TestRun(root, (text) => print(dim(`    ${text}`)), options);

function readOptions(args: string[]) {
  const { dist, report, ...others } = createCommand(
    'fuzz',
    'Starts the whole system, sends hostile input to the API and to the broker, and checks that nothing fails, stops or delays good orders.',
  )
    .option('--minutes <number>', 'how long random input is sent', atLeast(0.1), 5)
    .addOption(seedOption('seed of the random sequence; the same seed repeats the input'))
    .option('--only <sources>', `these kinds of input only: ${SOURCES.join(', ')}`, sources, [...SOURCES])
    .option('--dist <folder>', 'another build than dist/', OWN_DIST)
    .option('--report <file>', 'path of the report', join(local, 'fuzz', 'report.md'))
    .option('--keep', 'keep data and logs until the next test run', false)
    .parse(args, { from: 'user' })
    .opts<{
      minutes: number;
      seed: number;
      only: Source[];
      dist: string;
      report: string;
      keep: boolean;
    }>();
  return { ...others, isOwnDist: dist === OWN_DIST, dist: resolve(dist), report: resolve(report) };
}

function sources(text: string): Source[] {
  const names = list(text);
  if (names.every((name): name is Source => (SOURCES as readonly string[]).includes(name))) return names;
  throw new InvalidArgumentError(`Known kinds are ${SOURCES.join(', ')}.`);
}

async function main(): Promise<number> {
  await removeDeadTestRuns(root);
  if (options.isOwnDist) await build(root, print);
  const { seed, only, dist, minutes } = options;
  const { dir, processes } = testRun;
  const printProgress = createProgressPrinter();
  const duration = { seconds: minutes * 60, maxOrderSeconds: MAX_ORDER_SECONDS };
  const run = { root, dir, dist, processes, seed, only, ...duration, printProgress };
  const report = await runFuzz(run);
  writeFuzzReport(report, options.report);
  for (const { kind, count, detail } of report.violations)
    print(red(`  ✘ ${kind} (${count}) ${detail.slice(0, 200)}`));
  print(`\n${options.report}`);
  print(report.violations.length === 0 ? green('No violation was found.') : red('Violations were found.'));
  return report.violations.length === 0 ? 0 : 1;
}

runUntilStopped({
  main,
  processes: testRun.processes,
  exitCodeOnSignal: 130,
  cleanUp: () => {
    stopCommands();
    testRun.deleteFiles();
  },
});
