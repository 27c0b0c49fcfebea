import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from './files.js';
import { identityOf, isListening } from './identity.js';
import { deleteRecord, writeRecord } from './leftovers.js';
import type { PrintProgress, ProcessSpec } from './process-spec.js';
import { sendSignal, STOP_TIMEOUT_MS } from './signals.js';

/** Delays before restarts. They grow while the process crashes within 30 s of its start. */
const BACKOFF_MS = [100, 1_000, 2_000, 5_000, 10_000, 30_000];
const STABLE_AFTER_MS = 30_000;

/** A start was interrupted because the run is stopping. */
export class StoppingError extends Error {
  constructor() {
    super('stopping');
  }
}

/** One process: started, monitored, restarted when it crashes, and stopped. */
export class Service {
  private child: ChildProcess | undefined;
  private startedAt = 0;
  private earlyCrashes = 0;
  private shouldRun = false;
  /** Only a process that was ready is restarted. If it never was, `start` rejects. */
  private wasReady = false;
  private exited: Promise<void> = Promise.resolve();
  restarts = 0;
  /** Exit code or signal of the last exit. */
  ended?: { code: number | null; signal: NodeJS.Signals | null };

  constructor(
    readonly spec: ProcessSpec,
    private readonly records: string,
    private readonly printProgress: PrintProgress,
    private readonly changed: () => void,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when the process is ready. @throws with the end of its log if it exits or is not ready in time */
  async start(): Promise<void> {
    this.shouldRun = true;
    this.spawn();
    await this.waitUntilReady();
  }

  /** For tests: kills the process, which is then restarted. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.pid !== undefined) sendSignal(this.pid, signal);
  }

  async stop(immediately = false): Promise<void> {
    this.shouldRun = false;
    const child = this.child;
    if (!child?.pid) return;
    const { stopSignal = 'SIGTERM', killSignal = 'SIGKILL', ephemeral } = this.spec;
    sendSignal(child.pid, immediately || ephemeral ? killSignal : stopSignal);
    const timeout = sleep(immediately ? 2_000 : STOP_TIMEOUT_MS, 'timeout', { ref: false });
    if ((await Promise.race([this.exited, timeout])) === 'timeout') {
      this.killGroup();
      await this.exited;
    }
  }

  /** Kills all processes of its group. Synchronous, because it also runs in the launcher's exit handler. */
  killGroup(): void {
    const pid = this.pid;
    if (pid === undefined) return;
    sendSignal(pid, this.spec.killSignal ?? 'SIGKILL');
    sendSignal(-pid, 'SIGKILL');
  }

  private spawn(): void {
    const spec = this.spec;
    spec.prepare?.();
    mkdirSync(dirname(spec.log), { recursive: true });
    const log = openSync(spec.log, 'a');
    // detached: in a process group of its own, so that Ctrl-C reaches only the launcher, which stops all in order.
    // A file instead of a pipe for the output: the process keeps running if the launcher is killed or suspended.
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...spec.user,
    });
    closeSync(log);
    this.child = child;
    this.startedAt = Date.now();
    this.exited = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        appendFileSync(spec.log, `${error.message}\n`);
        resolve();
      });
      child.once('exit', () => resolve());
    }).then(() => this.onExit(child));
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (identity) {
      const { name, stopSignal = 'SIGTERM', stage } = spec;
      writeRecord(this.records, { ...identity, name, stopSignal, stage });
    }
    this.changed();
  }

  private async waitUntilReady(): Promise<void> {
    const { spec, child } = this;
    const within = spec.readyWithinMs ?? 60_000;
    while (this.child === child) {
      if ((await spec.ready().catch(() => false)) && this.listensOn(spec.ports)) {
        if (this.child !== child) break;
        this.wasReady = true;
        return;
      }
      if (Date.now() - this.startedAt > within) {
        const lines = lastLines(spec.log);
        await this.stop(true);
        throw new Error(`${spec.name} was not ready within ${within / 1000} s\nEnd of its log:\n${lines}`);
      }
      await sleep(50);
    }
    if (!this.shouldRun) throw new StoppingError();
    throw new Error(`${spec.name} exited during its start\nEnd of its log:\n${lastLines(spec.log)}`);
  }

  private listensOn(ports: number[]): boolean {
    return ports.every((port) => this.pid !== undefined && isListening(this.pid, port));
  }

  private onExit(child: ChildProcess): void {
    if (this.child !== child) return;
    this.ended = { code: child.exitCode, signal: child.signalCode };
    const { wasReady } = this;
    this.child = undefined;
    this.wasReady = false;
    deleteRecord(this.records, this.name);
    this.changed();
    if (!this.shouldRun || !wasReady) return;
    const result = child.signalCode ?? `exit code ${child.exitCode}`;
    this.earlyCrashes = Date.now() - this.startedAt > STABLE_AFTER_MS ? 0 : this.earlyCrashes + 1;
    void this.restart(`exited (${result})`);
  }

  private async restart(reason: string): Promise<void> {
    const { backoffMs = BACKOFF_MS } = this.spec;
    for (;;) {
      const delay = backoffMs[Math.min(Math.max(this.earlyCrashes - 1, 0), backoffMs.length - 1)]!;
      this.printProgress(
        `${this.name} ${reason}, restarting it${delay >= 1_000 ? ` in ${delay / 1_000} s` : ''}`,
      );
      await sleep(delay, undefined, { ref: false });
      if (!this.shouldRun) return;
      const from = Date.now();
      try {
        await this.start();
        this.restarts += 1;
        this.printProgress(`${this.name} is ready again after ${((Date.now() - from) / 1000).toFixed(1)} s`);
        return;
      } catch (error) {
        if (!this.shouldRun || error instanceof StoppingError) return;
        this.shouldRun = true;
        this.earlyCrashes += 1;
        reason = (error as Error).message.split('\n')[0]!.replace(`${this.name} `, '');
      }
    }
  }
}
