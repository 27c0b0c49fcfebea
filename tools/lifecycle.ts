import type { Processes } from './infrastructure/processes.js';
import { StoppingError } from './infrastructure/service.js';
import { bold, print, red } from './terminal.js';

/** An error that is printed without its stack: the message is written for the user. */
export class UserError extends Error {}

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
