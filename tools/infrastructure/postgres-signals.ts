import { readdirSync, readFileSync } from 'node:fs';
import { sendSignal } from './signals.js';

// Signals to all processes of a PostgreSQL server, for fault tests. Linux only.

const halted = new Set<number>();
// A halted process ignores the end of its postmaster, and would stay for ever.
process.on('exit', () => resume([...halted]));

/**
 * Halts all processes of a server (SIGSTOP), as a machine that hangs: its connections stay open and nothing answers.
 *
 * @param postmaster process id of the server
 * @returns a function that continues them
 */
export function haltServer(postmaster: number): () => void {
  // The postmaster is first, so that it cannot start further processes.
  sendSignal(postmaster, 'SIGSTOP');
  const pids = [postmaster, ...childrenOf(postmaster)];
  for (const pid of pids) {
    sendSignal(pid, 'SIGSTOP');
    halted.add(pid);
  }
  return () => resume(pids);
}

/** Kills all processes of a server at once, as a loss of power does. */
export function killServer(postmaster: number): void {
  const children = childrenOf(postmaster);
  for (const pid of [postmaster, ...children]) {
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
