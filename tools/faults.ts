// `npm run faults`. `npm run faults -- --help` lists its options; test/faults/README.md describes them.
import { join } from 'node:path';
import { areAllGuaranteesKept, ledgerLines, writeReport } from '../test/faults/report.js';
import { runFaults, type Report } from '../test/faults/run.js';
import { build, buildRevision } from './build.js';
import { stopCommands } from './command.js';
import { MutantRuns } from './faults/mutants.js';
import { readFaultOptions } from './faults/options.js';
import { removeDeadTestRuns, TestRun } from './infrastructure/test-run.js';
import { runUntilStopped } from './lifecycle.js';
import { root } from './paths.js';
import { bold, createProgressPrinter, dim, green, pad, print, red } from './terminal.js';

const options = readFaultOptions(process.argv.slice(3));
const testRun = new TestRun(root, (text) => print(dim(`    ${text}`)), options);
const printProgress = createProgressPrinter();
const mutantRuns = new MutantRuns(options, printProgress);

async function main(): Promise<number> {
  await removeDeadTestRuns(root);
  if (options.isOwnDist) await build(root, print);
  if (options.mutants) return mutantRuns.run();
  const { dir, processes } = testRun;
  const otherDist = options.otherRevision && (await buildOtherRevision(options.otherRevision));
  const report = await runFaults({ ...options, otherDist, root, dir, processes, printProgress });
  writeReport(report, options.report);
  printSummary(report);
  return areAllGuaranteesKept(report) ? 0 : 1;
}

function buildOtherRevision(revision: string): Promise<string> {
  const folder = join(testRun.dir, 'other-revision');
  return buildRevision(root, revision, folder, (text) => printProgress(`${revision}: ${text}`));
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

runUntilStopped({
  main,
  processes: testRun.processes,
  exitCodeOnSignal: 130,
  cleanUp: async () => {
    stopCommands();
    await mutantRuns.stop();
    testRun.deleteFiles();
  },
});
