import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.js';
import { run, stopCommands } from './command.js';
import { startInfrastructure, type Infrastructure } from './infrastructure/infrastructure.js';
import { readJson, writeAtomically } from './infrastructure/files.js';
import { identityOf } from './infrastructure/identity.js';
import { Processes } from './infrastructure/processes.js';
import { root, runUntilStopped, sweepTestRuns, testRuns } from './lifecycle.js';
import { dim, green, print, Progress, red, yellow } from './terminal.js';

/** Everything of this run lies here and is wiped at its end. */
const dir = join(testRuns, randomBytes(4).toString('hex'));
const processes = new Processes(join(dir, 'run'), (text) => print(yellow(text)));
let infrastructure: Infrastructure | undefined;
const count = { passed: 0, failed: 0 };

async function main(): Promise<number> {
  writeAtomically(join(dir, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
  await sweepTestRuns();
  const jestArguments = process.argv.slice(3);
  const progress = new Progress();
  const starting = startInfrastructure({
    ...{ root, dir, processes, report: { ...quiet, working: progress.working.bind(progress) } },
    logs: join(dir, 'logs'),
    wellKnownPorts: false,
    given: {},
    expendable: true,
  });
  // Looked at below; until then an early failure must not count as nobody's.
  starting.catch(() => undefined);
  const tasks = jestArguments.length > 0 ? [buildTask] : [buildTask, ...checks()];
  const results = await twoAtATime(tasks);
  const isBuilt = results[0] ?? false;
  infrastructure = await starting;
  progress.done('Infrastructure', "PostgreSQL, RabbitMQ and a mailbox of the tests' own");
  if (isBuilt) await jest(infrastructure, jestArguments);
  print(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

const quiet = { working: () => undefined, done: () => undefined };

type Task = () => Promise<boolean>;

function checks(): Task[] {
  const tool = (...path: string[]): string => join(root, 'node_modules', ...path);
  const has = (pattern: RegExp): boolean => readdirSync(root).some((name) => pattern.test(name));
  const check =
    (name: string, ...args: string[]): Task =>
    () =>
      oneCheck(name, () => runQuietly(args));
  return [
    check('types', tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json'),
    check('lint', tool('eslint', 'bin', 'eslint.js'), '.'),
    ...(has(/^\.dependency-cruiser\./)
      ? [check('arrows', tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'), 'apps', 'libs')]
      : []),
    ...(has(/^knip\./) ? [check('knip', tool('knip', 'bin', 'knip.js'))] : []),
  ];
}

const buildTask: Task = () =>
  oneCheck('build', async () => {
    await build(root, () => undefined);
  });

async function runQuietly(args: string[]): Promise<void> {
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0) throw new Error(output);
}

async function oneCheck(name: string, work: () => Promise<void>): Promise<boolean> {
  const from = Date.now();
  const seconds = (): string => dim(`(${((Date.now() - from) / 1000).toFixed(1)} s)`);
  try {
    await work();
    count.passed += 1;
    print(`${green('✔')} ${name} ${seconds()}`);
    return true;
  } catch (error) {
    if (processes.isStopping) return false;
    count.failed += 1;
    print(`${red('✘')} ${name} ${seconds()}\n${(error as Error).message}`);
    return false;
  }
}

/** The checks are heavy, and machines have two processors at least. */
async function twoAtATime(tasks: Task[]): Promise<boolean[]> {
  const results: boolean[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < tasks.length; index = next++) results[index] = await tasks[index]!();
  };
  await Promise.all([work(), work()]);
  return results;
}

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  numTotalTests: number;
}

async function jest(servers: Infrastructure, args: string[]): Promise<void> {
  const report = join(dir, 'jest.json');
  const script = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const { code } = await run(process.execPath, [script, '--json', `--outputFile=${report}`, ...args], {
    cwd: root,
    env: environment(servers),
    show: true,
    // So that a later run ends it, should this one be killed.
    started: (pid) => {
      const record = { ...identityOf(pid), name: 'jest', stopSignal: 'SIGTERM', stage: 5 };
      writeAtomically(join(dir, 'run', 'jest.json'), JSON.stringify(record));
    },
  });
  const result = readJson<JestReport>(report);
  const failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? 0);
  count.passed += result?.numPassedTests ?? 0;
  // Nothing run is no success, nor is a failure that isn't any test's (a threshold, a crash of jest itself).
  const nothingRan = (result?.numPassedTests ?? 0) + (result?.numFailedTests ?? 0) === 0;
  count.failed += failed === 0 && (code !== 0 || nothingRan) ? 1 : failed;
}

function environment({
  databaseUrl,
  rabbitmqUrl,
  managementUrl,
  smtpUrl,
  mailboxUrl,
}: Infrastructure): NodeJS.ProcessEnv {
  const postgres = new URL(databaseUrl);
  postgres.pathname = '/postgres'; // the specs create databases of their own
  const own = { ...process.env };
  // What is set for `npm start` is none of the tests' business.
  for (const name of ['DATABASE_URL', 'RABBITMQ_URL', 'SMTP_URL', 'PORT', 'HOST', 'ENV']) delete own[name];
  return {
    ...own,
    NODE_ENV: 'test',
    TEST_DATABASE_URL: postgres.href,
    TEST_RABBITMQ_URL: rabbitmqUrl,
    TEST_RABBITMQ_MANAGEMENT_URL: managementUrl,
    TEST_SMTP_URL: smtpUrl,
    TEST_MAILBOX_URL: mailboxUrl,
  };
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 130,
  cleanUp: async () => {
    stopCommands();
    await infrastructure?.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    await sweepTestRuns(); // a spec that was interrupted may have started something of its own
  },
});
