import { readFileSync, writeFileSync } from 'node:fs';

/** What a process, or a server with all its processes, used. */
export interface Usage {
  cpuSeconds: number;
  peakMb: number;
}

const TICKS_PER_SECOND = 100;
const LOOK_EVERY_MS = 500;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** User and system time, and with `reaped` that of its children that have ended. */
function cpuOf(pid: number, reaped: boolean): number {
  const stat = read(`/proc/${pid}/stat`);
  if (!stat) return 0;
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields[11]! + fields[12]! + (reaped ? fields[13]! + fields[14]! : 0);
  return ticks / TICKS_PER_SECOND;
}

function memoryOf(pid: number, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** With its children; what they share (files, shared memory) is counted once, as the largest share that one of them has. */
function memoryOfFamily(pids: number[]): number {
  const each = (name: string) => pids.map((pid) => memoryOf(pid, name));
  const own = each('RssAnon').reduce((sum, size) => sum + size, 0);
  return own + Math.max(...each('RssFile')) + Math.max(...each('RssShmem'));
}

/** From its creation on, what named processes use. On other systems than Linux, which don't tell, nothing. */
export class Meter {
  private readonly from = new Map<string, number>();
  private readonly peak = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pids: Record<string, number>) {
    for (const [name, pid] of Object.entries(pids)) {
      this.from.set(name, this.cpu(pid));
      try {
        writeFileSync(`/proc/${pid}/clear_refs`, '5'); // its peak is counted from now on
      } catch {
        // then from its start
      }
    }
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): Record<string, Usage> {
    clearInterval(this.timer);
    this.look();
    return Object.fromEntries(
      Object.entries(this.pids).map(([name, pid]) => [
        name,
        { cpuSeconds: this.cpu(pid) - this.from.get(name)!, peakMb: this.peak.get(name)! },
      ]),
    );
  }

  private cpu(pid: number) {
    return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuOf(each, each === pid), 0);
  }

  private look() {
    for (const [name, pid] of Object.entries(this.pids)) {
      const children = childrenOf(pid);
      const used = children.length > 0 ? memoryOfFamily([pid, ...children]) : memoryOf(pid, 'VmHWM');
      this.peak.set(name, Math.max(this.peak.get(name) ?? 0, used));
    }
  }
}
