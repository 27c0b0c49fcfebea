import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process, told apart from a later one that was given the same number. */
export interface Identity {
  pid: number;
  started: string;
}

/** The time a process started, in a form that two processes never share; undefined when it is gone. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const ps = spawnSync('ps', ['-o', 'lstart=,stat=', '-p', String(pid)], { encoding: 'utf8' });
    const line = ps.stdout?.trim();
    return !line || /\sZ\S*$/.test(line) ? undefined : line.replace(/\s+\S+$/, '');
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold blanks and brackets itself: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

export function identityOf(pid: number): Identity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isAlive(who: Identity | undefined): boolean {
  return who?.started !== undefined && startOf(who.pid) === who.started;
}

/**
 * Whether it is this very process that listens on the port. Somebody else's server there may answer just like ours.
 * Where the system doesn't tell (it isn't Linux), yes.
 */
export function isListening(pid: number, port: number): boolean {
  try {
    const sockets = new Set(
      readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
          return readlinkSync(`/proc/${pid}/fd/${fd}`);
        } catch {
          return ''; // closed meanwhile
        }
      }),
    );
    const LISTEN = '0A';
    const address = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    return readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .some(
        (field) => field[1]?.endsWith(address) && field[3] === LISTEN && sockets.has(`socket:[${field[9]}]`),
      );
  } catch {
    return true;
  }
}
