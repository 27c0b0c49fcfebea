import { readdirSync, readFileSync } from 'node:fs';
import { sendSignal } from './signals.js';

// Signals to a server and its child processes, for fault tests and drills. Linux only.

const halted = new Set<number>();
// A halted process ignores the end of its parent, and would stay for ever.
process.on('exit', () => resume([...halted]));

/**
 * Halts all processes of a server (SIGSTOP), as a machine that hangs: its connections stay open and nothing answers.
 *
 * @param main process id of the server
 * @returns a function that continues them
 */
export function haltServer(main: number): () => void {
  // The main process is first: it must not start further processes meanwhile.
  sendSignal(main, 'SIGSTOP');
  const pids = [main, ...childrenOf(main)];
  for (const pid of pids) {
    sendSignal(pid, 'SIGSTOP');
    halted.add(pid);
  }
  return () => resume(pids);
}

/** Kills all processes of a server at once, as a loss of power does. */
export function killServer(main: number): void {
  const children = childrenOf(main);
  for (const pid of [main, ...children]) {
    sendSignal(pid, 'SIGKILL');
    halted.delete(pid);
  }
}

function resume(pids: number[]) {
  for (const pid of pids) {
    // The id of a process that was killed meanwhile can belong to another one.
    if (halted.delete(pid)) sendSignal(pid, 'SIGCONT');
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    // The name of the program, in parentheses, can contain blanks.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return Number(parent);
  } catch {
    return undefined; // it has ended
  }
}
