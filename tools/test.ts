// `npm test`: runs the checks and all specs, or only the specs in its arguments, on servers of its own.
import { join } from 'node:path';
import jestConfig from '../jest.config.js';
import { build } from './build.js';
import { run, stopCommands } from './command.js';
import { readJson } from './infrastructure/files.js';
import { identityOf } from './infrastructure/identity.js';
import type { Infrastructure } from './infrastructure/infrastructure.js';
import { writeRecord } from './infrastructure/leftovers.js';
import { STAGES } from './infrastructure/process-spec.js';
import { removeDeadTestRuns, TestRun } from './infrastructure/test-run.js';
import { runUntilStopped } from './lifecycle.js';
import { root } from './paths.js';
import { withoutServers } from './servers.js';
import { dim, green, print, Progress, red, yellow } from './terminal.js';
import { startTestServers, testEnvironment } from './test-servers.js';

const testRun = new TestRun(root, (text) => print(yellow(text)));
const { dir, processes } = testRun;
let infrastructure: Infrastructure | undefined;
const count = { passed: 0, failed: 0 };

async function main(): Promise<number> {
  await removeDeadTestRuns(root);
  const jestArguments = process.argv.slice(3);
  const progress = new Progress();
  const starting = startTestServers(testRun, (step, text) => progress.working(step, text));
  // Awaited below. Until then an early failure must not be reported as an unhandled rejection.
  starting.catch(() => undefined);
  const tasks = jestArguments.length > 0 ? [buildTask] : [buildTask, ...createChecks()];
  const results = await runTwoAtATime(tasks);
  const isBuilt = results[0] ?? false;
  infrastructure = await starting;
  progress.done('Infrastructure', 'PostgreSQL, RabbitMQ and a mailbox, for the tests only');
  if (isBuilt) await runJest(infrastructure, jestArguments);
  print(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

type Task = () => Promise<boolean>;

function createChecks(): Task[] {
  const tool = (...path: string[]): string => join(root, 'node_modules', ...path);
  const check =
    (name: string, ...args: string[]): Task =>
    () =>
      runCheck(name, () => runTool(args));
  return [
    check('types and lint', tool('oxlint', 'bin', 'oxlint')),
    check('dependencies', tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'), 'apps', 'libs'),
    check('knip', tool('knip', 'bin', 'knip.js')),
  ];
}

const buildTask: Task = () =>
  runCheck('build', async () => {
    await build(root, () => undefined);
  });

/** @throws with the output if the tool fails */
async function runTool(args: string[]): Promise<void> {
  const { code, output } = await run(process.execPath, args, { cwd: root });
  if (code !== 0) throw new Error(output);
}

async function runCheck(name: string, work: () => Promise<void>): Promise<boolean> {
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

/** Two, because the checks use much processor time and most machines have at least two processors. */
async function runTwoAtATime(tasks: Task[]): Promise<boolean[]> {
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

async function runJest(servers: Infrastructure, args: string[]): Promise<void> {
  const report = join(dir, 'jest.json');
  const script = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // As JSON: Jest would start the TypeScript compiler to read jest.config.ts, which takes seconds.
  const config = JSON.stringify({ ...jestConfig, rootDir: root });
  const jest = [script, '--config', config, '--json', `--outputFile=${report}`, ...args];
  const { code } = await run(process.execPath, jest, {
    cwd: root,
    env: environment(servers),
    show: true,
    // A later run stops Jest if this one is killed.
    started: (pid) => {
      const identity = identityOf(pid);
      if (identity)
        writeRecord(join(dir, 'run'), {
          ...identity,
          name: 'jest',
          stopSignal: 'SIGTERM',
          stage: STAGES.testRunner,
        });
    },
  });
  const result = readJson<JestReport>(report);
  const failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? 0);
  count.passed += result?.numPassedTests ?? 0;
  // A run without tests counts as failed, and so does a failure of Jest itself (a threshold, a crash).
  const hasRunNoTest = (result?.numPassedTests ?? 0) + (result?.numFailedTests ?? 0) === 0;
  count.failed += failed === 0 && (code !== 0 || hasRunNoTest) ? 1 : failed;
}

function environment(servers: Infrastructure): NodeJS.ProcessEnv {
  const env = withoutServers(process.env);
  // Settings for `npm start` must not affect the tests.
  for (const name of ['PORT', 'HOST', 'ENV', 'CORS_ORIGINS', 'TRUST_PROXY']) delete env[name];
  return { ...env, NODE_ENV: 'test', ...testEnvironment(servers) };
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 130,
  cleanUp: async () => {
    stopCommands();
    await infrastructure?.stop();
    testRun.deleteFiles();
    await removeDeadTestRuns(root); // an interrupted spec may have started processes of its own
  },
});
