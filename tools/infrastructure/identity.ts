import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Identifies a process. A process that gets the same process id later has another identity. */
export interface Identity {
  pid: number;
  /** Start time, unique across reboots. */
  started: string;
}

/** @returns the start time of a process, or undefined if it has ended */
function readStartTime(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const ps = spawnSync('ps', ['-o', 'lstart=,stat=', '-p', String(pid)], { encoding: 'utf8' });
    const line = ps.stdout?.trim();
    return !line || /\sZ\S*$/.test(line) ? undefined : line.replace(/\s+\S+$/, '');
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in brackets and may contain blanks and brackets, so the fields are counted from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

export function identityOf(pid: number): Identity | undefined {
  const started = readStartTime(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether the process is still running. */
export function isAlive(identity: Identity | undefined): boolean {
  return identity?.started !== undefined && readStartTime(identity.pid) === identity.started;
}

/**
 * Whether the process listens on the port. A request to the port does not prove it, because another process could answer.
 * On systems other than Linux this cannot be checked, and the result is true.
 */
export function isListening(pid: number, port: number): boolean {
  try {
    const sockets = new Set(
      readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
          return readlinkSync(`/proc/${pid}/fd/${fd}`);
        } catch {
          return ''; // closed since the folder was read
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
