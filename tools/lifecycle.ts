import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tryLock } from './infrastructure/lock.js';
import { readJson } from './infrastructure/files.js';
import { isAlive, type Identity } from './infrastructure/identity.js';
import { endLeftovers } from './infrastructure/leftovers.js';
import { StoppingError, type Processes } from './infrastructure/processes.js';
import { bold, print, red, yellow } from './terminal.js';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const local = join(root, '.local');
export const logs = join(local, 'logs');
export const records = join(local, 'run');
export const stackFile = join(local, 'stack.json');
export const envFile = join(root, '.env');
export const ENV_MARKER = '# Written by `npm run infra`, which deletes this file when it stops.';

/** An error that is printed without its stack: the message is written for the user. */
export class UserError extends Error {}

/** Takes the lock of this clone: `npm start` and `npm run infra` share its data, so only one of them can run. */
export function claimClone(): void {
  const release = tryLock(join(local, 'launcher.lock'));
  if (!release) {
    const stack = readJson<Record<string, unknown>>(stackFile);
    const addresses = ['api', 'docs', 'mailbox', 'rabbitmq_management'].filter((name) => stack?.[name]);
    const lines = addresses.map((name) => `  ${name.padEnd(20)} ${String(stack![name])}`);
    throw new UserError(
      [
        `npm start or npm run infra is already running in this folder (${root}).`,
        ...lines,
        'Stop it first, with Ctrl-C in its terminal.',
      ].join('\n'),
    );
  }
  process.on('exit', release);
}

/** After a run of this clone was killed: stops its processes and deletes its files. */
export async function cleanUpAfterCrash(): Promise<void> {
  const stopped = await endLeftovers(records);
  if (stopped.length > 0)
    print(`${yellow('·')} stopped processes that a killed run had left: ${stopped.join(', ')}`);
  rmSync(stackFile, { force: true });
  if (isOurEnvFile()) rmSync(envFile);
  await removeDeadTestRuns();
}

export const testRuns = join(local, 'test');

/** Stops the processes and deletes the folders of test runs whose launcher has ended. Each test run has a folder. */
export async function removeDeadTestRuns(): Promise<void> {
  if (!existsSync(testRuns)) return;
  for (const name of readdirSync(testRuns)) {
    const dir = join(testRuns, name);
    const launcher = readJson<Identity>(join(dir, 'launcher.json'));
    // A run without launcher.json is either just starting, or old.
    if (isAlive(launcher) || (!launcher && Date.now() - statSync(dir).mtimeMs < 60_000)) continue;
    await endLeftovers(join(dir, 'run'));
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function isOurEnvFile(): boolean {
  return existsSync(envFile) && readFileSync(envFile, 'utf8').startsWith(ENV_MARKER);
}

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Renames large logs to `<name>.old`, replacing the previous one. */
export function rotateLogs(): void {
  if (!existsSync(logs)) return;
  for (const name of readdirSync(logs)) {
    const file = join(logs, name);
    if (name.endsWith('.log') && statSync(file).size > LOG_LIMIT_BYTES)
      renameSync(file, join(logs, `${basename(name, '.log')}.old`));
  }
}

/**
 * Runs `main` until it returns, fails or a signal arrives, then stops everything that it started and exits. The first
 * signal causes a graceful shutdown. A second signal, at least one second later, stops everything at once. (Ctrl-C is
 * sent to npm and to this process, and npm forwards it to this process: two signals within a second count as one.)
 */
export function runUntilStopped(options: {
  main: () => Promise<number>;
  processes: Processes;
  /** Runs once, after the processes have stopped. */
  cleanUp: () => Promise<void> | void;
  exitCodeOnSignal: number;
}): void {
  const { processes, cleanUp } = options;
  let ending: Promise<void> | undefined;
  let signalledAt = 0;
  const end = (exitCode: number): Promise<void> => {
    ending ??= (async () => {
      await processes.stop();
      await cleanUp();
      process.exit(exitCode);
    })().catch((error: unknown) => {
      print(red(String(error)));
      process.exit(1);
    });
    return ending;
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (ending) {
      // SIGHUP (the terminal was closed) does not cause an immediate stop.
      if (signal === 'SIGHUP' || Date.now() - signalledAt < 1_000) return;
      print(bold('Stopping immediately'));
      void processes
        .stopImmediately()
        .then(cleanUp)
        .finally(() => process.exit(1));
      return;
    }
    signalledAt = Date.now();
    print(`\n${bold('Stopping')} ${signal === 'SIGINT' ? '(press Ctrl-C again to stop immediately)' : ''}`);
    void end(options.exitCodeOnSignal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // Kills the processes that are still running when this one exits (not after SIGKILL).
  process.on('exit', () => processes.killAll());
  const onError = (error: unknown): void => {
    if (error instanceof StoppingError || processes.isStopping) return;
    const isExpected = (error as Error).constructor === Error || error instanceof UserError;
    print(red(isExpected ? (error as Error).message : String((error as Error).stack ?? error)));
    void end(1);
  };
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  options.main().then((exitCode) => end(exitCode), onError);
}
