import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { targetsOf } from '../bench/targets.js';
import { drawProfiles } from '../bench/profiles.js';
import { targetRows, writeReport } from '../bench/report.js';
import { casesNamed, runBench, type RunOptions } from '../bench/run.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { tryLock } from './infrastructure/lock.js';
import { endLeftovers, Processes } from './infrastructure/processes.js';
import { local, Refusal, root, runUntilStopped } from './lifecycle.js';
import { bold, dim, pad, print, red, sayWithSeconds } from './terminal.js';

const dir = join(local, 'bench', 'stack');
const records = join(dir, 'run');
/** Whether the folder is this run's, and not that of another one which still runs. */
let isOurs = false;
const processes = new Processes(records, (text) => print(dim(`    ${text}`)));

function read() {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      case: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string' },
      connections: { type: 'string', default: '1,16,64,256' },
      rows: { type: 'string', default: '1000000' },
      backlog: { type: 'string', default: '100000' },
      report: { type: 'string', default: join(local, 'bench', 'report') },
      profile: { type: 'boolean', default: false },
    },
  });
  const number = (name: string, text: string) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1 on`);
    return value;
  };
  return {
    cases: casesNamed(values.case.split(',').filter(Boolean)),
    rounds: number('rounds', values.rounds),
    seconds: number('seconds', values.seconds ?? '10'),
    // The first minute is to be told from the next, unless somebody is in a hurry.
    stretchSeconds: number('seconds', values.seconds ?? '60'),
    connections: values.connections.split(',').map((each) => number('connections', each)),
    rows: number('rows', values.rows),
    backlog: number('backlog', values.backlog),
    report: resolve(values.report),
    profiles: values.profile ? join(local, 'bench', 'profiles') : undefined,
  };
}

async function main(): Promise<number> {
  let options: ReturnType<typeof read>;
  try {
    options = read();
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
  const release = tryLock(join(local, 'bench.lock'));
  if (!release) throw new Refusal('A benchmark runs already in this folder.');
  process.on('exit', release);
  isOurs = true;
  await endLeftovers(records);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  if (options.profiles) rmSync(options.profiles, { recursive: true, force: true });
  await build(root, print);
  const say = sayWithSeconds();
  const command = ['npm run bench', ...(process.argv.length > 3 ? ['--', ...process.argv.slice(3)] : [])];
  const run: RunOptions = { ...options, root, dir, processes, say, command: command.join(' ') };
  const report = await runBench(run);
  writeReport(report, options.report);
  if (options.profiles) print(`\n${drawProfiles(options.profiles)}`);
  print(bold('\nAims'));
  for (const [what, reached, least, aim, kept] of targetRows(targetsOf(report)))
    print(`  ${pad(what!, 52)} ${pad(reached!, 10)} ${pad(least!, 10)} ${pad(aim!, 10)} ${kept}`);
  print(`\n${options.report}.md`);
  for (const { case: name, contender, round } of report.broken)
    print(red(`✘ ${name}, ${contender}, round ${round} has no figure: it was not closed`));
  return report.broken.length === 0 ? 0 : 1;
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 130,
  cleanUp: () => {
    stopCommands();
    if (isOurs) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  },
});
