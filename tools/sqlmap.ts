// `npm run sqlmap`. `npm run sqlmap -- --help` lists its options.
import { join } from 'node:path';
import { runSqlmap, type SqlmapReport } from '../test/sqlmap/run.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { findSqlmap } from './infrastructure/programs.js';
import { removeDeadTestRuns, TestRun } from './infrastructure/test-run.js';
import { runUntilStopped } from './lifecycle.js';
import { createCommand, wholeNumber } from './options.js';
import { root } from './paths.js';
import { createProgressPrinter, dim, green, print, red } from './terminal.js';

const options = createCommand(
  'sqlmap',
  'Starts the whole system, and lets sqlmap test every parameter, header and field of the API for SQL injection, with the API key of an admin.',
)
  .option('--level <number>', 'how many payloads sqlmap tries, from 1 to 5', wholeNumber(1), 1)
  .option('--only <text>', 'only parameters whose name contains this text, such as "GET /v1/orders query"')
  .option('--keep', 'keep the output of sqlmap until the next test run', false)
  .parse(process.argv.slice(3), { from: 'user' })
  .opts<{ level: number; only?: string; keep: boolean }>();
const testRun = new TestRun(root, (text) => print(dim(`    ${text}`)), options);

async function main(): Promise<number> {
  await removeDeadTestRuns(root);
  await build(root, print);
  const { dir, processes } = testRun;
  const printProgress = createProgressPrinter();
  const report = await runSqlmap({
    root,
    dir,
    processes,
    printProgress,
    dist: join(root, 'dist'),
    seed: 1,
    level: options.level,
    only: options.only,
    sqlmap: await findSqlmap(root, printProgress),
  });
  return printReport(report);
}

/** @returns the exit code */
function printReport({
  hasFoundVulnerableServer,
  tested,
  injectable,
  failures,
  answers,
}: SqlmapReport): number {
  const statuses = [...answers].sort().map(([status, count]) => `${count} with status ${status}`);
  print(`\n${tested.length} parameters tested; answers: ${statuses.join(', ')}`);
  for (const name of injectable) print(red(`  ✘ injectable: ${name}`));
  for (const failure of failures) print(red(`  ✘ not tested: ${failure}`));
  if (!hasFoundVulnerableServer) print(red('  ✘ sqlmap did not find the parameter of a vulnerable server'));
  const isClean = hasFoundVulnerableServer && injectable.length + failures.length === 0 && tested.length > 0;
  if (isClean) print(green('sqlmap found the parameter of the vulnerable server, and nothing in the API.'));
  return isClean ? 0 : 1;
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
