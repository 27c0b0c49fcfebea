import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tryLock } from './infrastructure/lock.js';
import { readJson } from './infrastructure/files.js';
import { isAlive, type Identity } from './infrastructure/identity.js';
import { endLeftovers, Stopping, type Processes } from './infrastructure/processes.js';
import { bold, print, red, yellow } from './terminal.js';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const local = join(root, '.local');
export const logs = join(local, 'logs');
export const records = join(local, 'run');
export const stackFile = join(local, 'stack.json');
export const envFile = join(root, '.env');
export const ENV_MARKER = '# Written by `npm run infra`, and removed by it when it stops.';

/** An error whose text says all there is to say. */
export class Refusal extends Error {}

/** One `npm start` or `npm run infra` at a time in a clone: they share the data. */
export function claimClone(): void {
  const release = tryLock(join(local, 'launcher.lock'));
  if (!release) {
    const stack = readJson<Record<string, unknown>>(stackFile);
    const addresses = ['api', 'docs', 'mailbox', 'rabbitmq_management'].filter((name) => stack?.[name]);
    const lines = addresses.map((name) => `  ${name.padEnd(20)} ${String(stack![name])}`);
    throw new Refusal(
      [`It runs already in this folder (${root}).`, ...lines, 'Stop that one first (Ctrl-C).'].join('\n'),
    );
  }
  process.on('exit', release);
}

/** Ends what a killed run of this clone left, and drops what it left behind. */
export async function cleanUpAfterCrash(): Promise<void> {
  const ended = await endLeftovers(records);
  if (ended.length > 0) print(`${yellow('·')} ended what a killed run had left: ${ended.join(', ')}`);
  rmSync(stackFile, { force: true });
  if (isOurEnvFile()) rmSync(envFile);
  await sweepTestRuns();
}

export const testRuns = join(local, 'test');

/** Test runs have a folder each; those whose launcher is dead are ended and wiped. */
export async function sweepTestRuns(): Promise<void> {
  if (!existsSync(testRuns)) return;
  for (const name of readdirSync(testRuns)) {
    const dir = join(testRuns, name);
    const launcher = readJson<Identity>(join(dir, 'launcher.json'));
    // Without the note it is a run that begins this moment, or an old one.
    if (isAlive(launcher) || (!launcher && Date.now() - statSync(dir).mtimeMs < 60_000)) continue;
    await endLeftovers(join(dir, 'run'));
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function isOurEnvFile(): boolean {
  return existsSync(envFile) && readFileSync(envFile, 'utf8').startsWith(ENV_MARKER);
}

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Keeps one older generation of each log that has grown large. */
export function rotateLogs(): void {
  if (!existsSync(logs)) return;
  for (const name of readdirSync(logs)) {
    const file = join(logs, name);
    if (name.endsWith('.log') && statSync(file).size > LOG_LIMIT_BYTES)
      renameSync(file, join(logs, `${basename(name, '.log')}.old`));
  }
}

/**
 * Runs `main` until it ends, fails or a signal comes, then stops what it started; the exit code tells which it was.
 * The first signal stops gracefully, one more a second later at once. (npm passes a Ctrl-C on that the terminal has
 * sent to us as well: two signals in the same moment are one.)
 */
export function runUntilStopped(options: {
  main: () => Promise<number>;
  processes: Processes;
  /** What else is to be undone; runs once, after the processes have stopped. */
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
      // Whoever hangs up is in no hurry.
      if (signal === 'SIGHUP' || Date.now() - signalledAt < 1_000) return;
      print(bold('Stopping at once'));
      void processes
        .stopHard()
        .then(cleanUp)
        .finally(() => process.exit(1));
      return;
    }
    signalledAt = Date.now();
    print(`\n${bold('Stopping')} ${signal === 'SIGINT' ? '(Ctrl-C once more: at once)' : ''}`);
    void end(options.exitCodeOnSignal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // Whatever happens, nothing is left running.
  process.on('exit', () => processes.killAll());
  const onError = (error: unknown): void => {
    if (error instanceof Stopping || processes.isStopping) return;
    print(
      red(
        (error as Error).constructor === Error || error instanceof Refusal
          ? (error as Error).message
          : String((error as Error).stack ?? error),
      ),
    );
    void end(1);
  };
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  options.main().then((exitCode) => end(exitCode), onError);
}
