import { readFileSync, writeFileSync } from 'node:fs';

/** Resources used by a process, or by a server including all of its child processes. */
export interface Usage {
  cpuSeconds: number;
  peakMb: number;
}

const TICKS_PER_SECOND = 100;
const SAMPLE_INTERVAL_MS = 500;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** User and system time; with `includeEnded` also that of its child processes that have ended. */
function cpuSecondsOf(pid: number, includeEnded: boolean): number {
  const stat = read(`/proc/${pid}/stat`);
  if (!stat) return 0;
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields[11]! + fields[12]! + (includeEnded ? fields[13]! + fields[14]! : 0);
  return ticks / TICKS_PER_SECOND;
}

function memoryMbOf(pid: number, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Memory of several processes. Shared memory and files are counted once, by the process that uses most of them. */
function totalMemoryMb(pids: number[]): number {
  const byProcess = (field: string) => pids.map((pid) => memoryMbOf(pid, field));
  const anonymous = byProcess('RssAnon').reduce((sum, size) => sum + size, 0);
  return anonymous + Math.max(...byProcess('RssFile')) + Math.max(...byProcess('RssShmem'));
}

/** Measures processes from its creation until `stop`. It reads /proc: on systems other than Linux all values are 0. */
export class UsageMeter {
  private readonly cpuAtStart = new Map<string, number>();
  private readonly peakMb = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pids: Record<string, number>) {
    for (const [name, pid] of Object.entries(pids)) {
      this.cpuAtStart.set(name, this.cpuSeconds(pid));
      try {
        writeFileSync(`/proc/${pid}/clear_refs`, '5'); // resets the kernel's peak memory of the process
      } catch {
        // not permitted: the peak then counts from the start of the process
      }
    }
    this.sampleMemory();
    this.timer = setInterval(() => this.sampleMemory(), SAMPLE_INTERVAL_MS).unref();
  }

  stop(): Record<string, Usage> {
    clearInterval(this.timer);
    this.sampleMemory();
    return Object.fromEntries(
      Object.entries(this.pids).map(([name, pid]) => [
        name,
        { cpuSeconds: this.cpuSeconds(pid) - this.cpuAtStart.get(name)!, peakMb: this.peakMb.get(name)! },
      ]),
    );
  }

  private cpuSeconds(pid: number) {
    return [pid, ...childrenOf(pid)].reduce((sum, member) => sum + cpuSecondsOf(member, member === pid), 0);
  }

  private sampleMemory() {
    for (const [name, pid] of Object.entries(this.pids)) {
      const children = childrenOf(pid);
      const used = children.length > 0 ? totalMemoryMb([pid, ...children]) : memoryMbOf(pid, 'VmHWM');
      this.peakMb.set(name, Math.max(this.peakMb.get(name) ?? 0, used));
    }
  }
}
