// `npm run fuzz`. Its options are described in test/fuzz/README.md.
import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFuzzReport } from '../test/fuzz/report.js';
import { FuzzRun, SOURCES, type Source } from '../test/fuzz/run.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { writeAtomically } from './infrastructure/files.js';
import { identityOf } from './infrastructure/identity.js';
import { Processes } from './infrastructure/processes.js';
import { local, removeDeadTestRuns, root, runUntilStopped, testRuns, UserError } from './lifecycle.js';
import { createProgressPrinter, dim, green, print, red } from './terminal.js';

const dir = join(testRuns, randomBytes(4).toString('hex'));
const processes = new Processes(join(dir, 'run'), (text) => print(dim(`    ${text}`)));
let keep = false;

function readOptions() {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      only: { type: 'string', default: SOURCES.join(',') },
      dist: { type: 'string', default: join(root, 'dist') },
      report: { type: 'string', default: join(local, 'fuzz', 'report.md') },
      keep: { type: 'boolean', default: false },
    },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0)) throw new UserError('--minutes must be a positive number');
  if (!Number.isSafeInteger(seed)) throw new UserError('--seed must be an integer');
  const only = values.only.split(',');
  const unknown = only.filter((name) => !(SOURCES as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new UserError(`--only: ${unknown.join(', ')}; known are ${SOURCES.join(', ')}`);
  const isOwnDist = values.dist === join(root, 'dist');
  return {
    minutes,
    seed,
    only: only as Source[],
    isOwnDist,
    dist: resolve(values.dist),
    report: resolve(values.report),
    keep: values.keep,
  };
}

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  keep = options.keep;
  // If this run is killed, a later run finds its processes by this file and ends them.
  writeAtomically(join(dir, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
  await removeDeadTestRuns();
  if (options.isOwnDist) await build(root, print);
  const { seed, only, dist, minutes } = options;
  const printProgress = createProgressPrinter();
  const report = await FuzzRun.run({
    root,
    dir,
    dist,
    processes,
    seed,
    only,
    seconds: minutes * 60,
    printProgress,
  });
  writeFuzzReport(report, options.report);
  for (const { kind, count, detail } of report.violations)
    print(red(`  ✘ ${kind} (${count}) ${detail.slice(0, 200)}`));
  print(`\n${options.report}`);
  print(report.violations.length === 0 ? green('No violation was found.') : red('Violations were found.'));
  return report.violations.length === 0 ? 0 : 1;
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 130,
  cleanUp: () => {
    stopCommands();
    if (!keep) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  },
});
