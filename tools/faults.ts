import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildMutant, MUTANTS } from '../test/faults/mutants.js';
import { isKept, ledgerLines, writeReport } from '../test/faults/report.js';
import { faultsNamed, runFaults } from '../test/faults/run.js';
import { build, buildRevision } from './build.js';
import { stopCommands } from './command.js';
import { writeAtomically } from './infrastructure/files.js';
import { identityOf } from './infrastructure/identity.js';
import { Processes } from './infrastructure/processes.js';
import { local, Refusal, root, runUntilStopped, sweepTestRuns, testRuns } from './lifecycle.js';
import { bold, dim, green, pad, print, red, sayWithSeconds } from './terminal.js';

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
      beside: { type: 'string', default: '' },
      short: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      cluster: { type: 'boolean', default: false },
      'prove-rig': { type: 'boolean', default: false },
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
    beside: values.beside,
    short: values.short,
    keep: values.keep,
    cluster: values.cluster,
    proveRig: values['prove-rig'],
  };
}

async function main(): Promise<number> {
  try {
    options = read();
    if (!options.proveRig) faultsNamed(options.only, options.cluster);
  } catch (error) {
    throw new Refusal((error as Error).message);
  }
  // By this another run knows that this one lives.
  writeAtomically(join(dir, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
  await sweepTestRuns();
  if (options.isOwnDist) await build(root, print);
  const say = sayWithSeconds();
  if (options.proveRig) return proveRig(say);
  const beside = options.beside
    ? await buildRevision(root, options.beside, join(dir, 'beside'), (text) =>
        say(`${options.beside}: ${text}`),
      )
    : undefined;
  const report = await runFaults({ ...options, beside, root, dir, processes, say });
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

/**
 * The rig against builds with one promise broken on purpose: each must be caught, and the whole build, under the same
 * faults, must not. Without the watchdog, which would heal some of it.
 */
async function proveRig(say: (text: string) => void): Promise<number> {
  const builds = [{ name: 'nothing', faults: MUTANTS.flatMap(({ faults }) => faults) }, ...MUTANTS].filter(
    ({ name }) => options.only.length === 0 || options.only.includes(name),
  );
  const wrong: string[] = [];
  for (const build of builds) {
    const place = join(dir, build.name);
    const dist = 'file' in build ? join(place, 'dist') : options.dist;
    if ('file' in build) buildMutant(options.dist, dist, build);
    const own = new Processes(join(place, 'run'), () => undefined);
    say(`broken on purpose: ${build.name}`);
    try {
      const report = await runFaults({
        ...{
          ...options,
          beside: undefined,
          root,
          dist,
          say,
          dir: place,
          processes: own,
          only: build.faults,
          short: false,
          minutes: 0,
        },
        environment: { STUCK_AFTER_SECONDS: '1000000,1000000,1000000' },
      });
      const caught = !isKept(report);
      if (caught !== 'file' in build) wrong.push(build.name);
      for (const line of [...report.results.flatMap(({ broken }) => broken), ...report.broken])
        say(`    ${line}`);
      print(bold(`${build.name}: ${caught ? 'caught' : 'every promise was kept'}`));
    } finally {
      await own.stop();
    }
  }
  print(
    wrong.length === 0
      ? green('The rig sees what it is for.')
      : red(`The rig is wrong about ${wrong.join(', ')}.`),
  );
  return wrong.length === 0 ? 0 : 1;
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
