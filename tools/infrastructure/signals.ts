/** Time between the stop signal and SIGKILL. The apps drain for up to 25 s. */
export const STOP_TIMEOUT_MS = 30_000;

/** Sends a signal to a process, or to a process group if `pid` is negative. A process that has ended is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // the process has already ended
  }
}
