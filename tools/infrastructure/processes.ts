import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines, readJson, writeAtomically } from './files.js';
import { identityOf, isAlive, isListening, type Identity } from './identity.js';

export interface ProcessSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Run as this user (only root can). */
  user?: { uid: number; gid: number };
  /** File that gets what the process prints. */
  log: string;
  /** The highest stage is stopped first; what shares a stage stops together. */
  stage: number;
  stopSignal?: NodeJS.Signals;
  /** What a second Ctrl-C sends. */
  hardSignal?: NodeJS.Signals;
  /** Nothing to lose (data wiped afterwards): stop with the hard signal at once. */
  expendable?: boolean;
  /** Asked again and again until it says true; a refusal to connect is a false. */
  ready(): Promise<boolean>;
  readyWithinMs?: number;
  /** Waits before it is started again, the last one for good; grows to half a minute where unset. */
  backoffMs?: number[];
  /** Where it listens: an answer from another process there isn't its own. */
  ports: number[];
  /** Runs before each start, the first and those after a death. */
  prepare?(): void;
}

export type Say = (text: string) => void;

/** The apps give themselves 25 s to finish what is in flight. */
const STOP_WITHIN_MS = 30_000;
/** Waits before the next try when a process keeps dying young; a life of 30 s starts the row anew. */
const BACKOFF_MS = [100, 1_000, 2_000, 5_000, 10_000, 30_000];
const LONG_LIFE_MS = 30_000;

export class StartError extends Error {}
export class Stopping extends Error {
  constructor() {
    super('stopping');
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already, which is what we want
  }
}

/** One process: started, watched, started again when it dies, stopped. */
export class Service {
  private child: ChildProcess | undefined;
  private startedAt = 0;
  private youngDeaths = 0;
  private wanted = false;
  /** Only a process that once answered is started again: one that never did is the starter's to report. */
  private ready = false;
  private exited: Promise<void> = Promise.resolve();
  restarts = 0;
  /** How its last life ended. */
  ended?: { code: number | null; signal: NodeJS.Signals | null };

  constructor(
    readonly recipe: ProcessSpec,
    private readonly records: string,
    private readonly say: Say,
    private readonly changed: () => void,
  ) {}

  get name(): string {
    return this.recipe.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when it answers; throws with its last words when it dies or stays silent. */
  async start(): Promise<void> {
    this.wanted = true;
    this.spawn();
    await this.untilReady();
  }

  /** For tests that need a death: the launcher starts it again. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.pid !== undefined) send(this.pid, signal);
  }

  async stop(hard = false): Promise<void> {
    this.wanted = false;
    const child = this.child;
    if (!child?.pid) return;
    const { stopSignal = 'SIGTERM', hardSignal = 'SIGKILL', expendable } = this.recipe;
    send(child.pid, hard || expendable ? hardSignal : stopSignal);
    const limit = sleep(hard ? 2_000 : STOP_WITHIN_MS, 'late', { ref: false });
    if ((await Promise.race([this.exited, limit])) === 'late') {
      this.killGroup();
      await this.exited;
    }
  }

  /** Every process in its group, at once; for the last moment of the launcher too, so nothing is awaited. */
  killGroup(): void {
    const pid = this.pid;
    if (pid === undefined) return;
    send(pid, this.recipe.hardSignal ?? 'SIGKILL');
    send(-pid, 'SIGKILL');
  }

  private spawn(): void {
    const { recipe } = this;
    recipe.prepare?.();
    mkdirSync(dirname(recipe.log), { recursive: true });
    const log = openSync(recipe.log, 'a');
    // A group of its own: Ctrl-C in the terminal reaches the launcher only, which stops all in order.
    // A file, not a pipe: the process isn't touched when the launcher is killed or halted.
    const child = spawn(recipe.command, recipe.args, {
      cwd: recipe.cwd,
      env: recipe.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...recipe.user,
    });
    closeSync(log);
    this.child = child;
    this.startedAt = Date.now();
    this.exited = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        appendFileSync(recipe.log, `${error.message}\n`);
        resolve();
      });
      child.once('exit', () => resolve());
    }).then(() => this.died(child));
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (identity) this.record(identity);
    this.changed();
  }

  private record(identity: Identity): void {
    const { name, stopSignal = 'SIGTERM', stage } = this.recipe;
    const record: Leftover = { ...identity, name, stopSignal, stage };
    writeAtomically(join(this.records, `${name}.json`), JSON.stringify(record));
  }

  private async untilReady(): Promise<void> {
    const { recipe, child } = this;
    const within = recipe.readyWithinMs ?? 60_000;
    while (this.child === child) {
      if ((await recipe.ready().catch(() => false)) && this.owns(recipe.ports)) {
        if (this.child !== child) break;
        this.ready = true;
        return;
      }
      if (Date.now() - this.startedAt > within) {
        const lines = lastLines(recipe.log);
        await this.stop(true);
        throw new StartError(
          `${recipe.name} didn't answer within ${within / 1000} s. Its last lines:\n${lines}`,
        );
      }
      await sleep(50);
    }
    if (!this.wanted) throw new Stopping();
    throw new StartError(`${recipe.name} ended while starting. Its last lines:\n${lastLines(recipe.log)}`);
  }

  private owns(ports: number[]): boolean {
    return ports.every((port) => this.pid !== undefined && isListening(this.pid, port));
  }

  private died(child: ChildProcess): void {
    if (this.child !== child) return;
    this.ended = { code: child.exitCode, signal: child.signalCode };
    const running = this.ready;
    this.child = undefined;
    this.ready = false;
    rmSync(join(this.records, `${this.name}.json`), { force: true });
    this.changed();
    if (!this.wanted || !running) return;
    const how = child.signalCode ?? `exit code ${child.exitCode}`;
    this.youngDeaths = Date.now() - this.startedAt > LONG_LIFE_MS ? 0 : this.youngDeaths + 1;
    void this.revive(`died (${how})`);
  }

  private async revive(why: string): Promise<void> {
    const { backoffMs = BACKOFF_MS } = this.recipe;
    for (;;) {
      const wait = backoffMs[Math.min(Math.max(this.youngDeaths - 1, 0), backoffMs.length - 1)]!;
      this.say(`${this.name} ${why}, starting it again${wait >= 1_000 ? ` in ${wait / 1_000} s` : ''}`);
      await sleep(wait, undefined, { ref: false });
      if (!this.wanted) return;
      const from = Date.now();
      try {
        await this.start();
        this.restarts += 1;
        this.say(`${this.name} is back after ${((Date.now() - from) / 1000).toFixed(1)} s`);
        return;
      } catch (error) {
        if (!this.wanted || error instanceof Stopping) return;
        this.wanted = true;
        this.youngDeaths += 1;
        why = (error as Error).message.split('\n')[0]!.replace(`${this.name} `, '');
      }
    }
  }
}

/** All processes of one run, recorded in a folder so that a later run finds what a killed one left. */
export class Processes {
  readonly services: Service[] = [];
  private stopping: Promise<void> | undefined;
  /** Called whenever a process comes or goes. */
  changed: () => void = () => undefined;

  constructor(
    private readonly records: string,
    private readonly say: Say,
  ) {
    mkdirSync(records, { recursive: true });
  }

  async start(recipe: ProcessSpec): Promise<Service> {
    if (this.stopping) throw new Stopping();
    const service = new Service(recipe, this.records, this.say, () => this.changed());
    this.services.push(service);
    await service.start();
    return service;
  }

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** Stage by stage, the highest first. */
  stop(): Promise<void> {
    this.stopping ??= (async () => {
      const stages = [...new Set(this.services.map((service) => service.recipe.stage))].sort((a, b) => b - a);
      for (const stage of stages) {
        await Promise.all(this.services.filter((s) => s.recipe.stage === stage).map((s) => s.stop()));
      }
    })();
    return this.stopping;
  }

  async stopHard(): Promise<void> {
    this.stopping ??= Promise.resolve();
    await Promise.all(this.services.map((service) => service.stop(true)));
  }

  /** For the exit handler, where nothing can be awaited. */
  killAll(): void {
    for (const service of this.services) service.killGroup();
  }
}

interface Leftover extends Identity {
  name: string;
  stopSignal: NodeJS.Signals;
  stage: number;
}

/** Ends what a killed launcher left running. A record whose process is gone, or another by now, is dropped. */
export async function endLeftovers(records: string): Promise<string[]> {
  if (!existsSync(records)) return [];
  const found = readdirSync(records)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readJson<Leftover>(join(records, file)))
    .filter((record) => record !== undefined)
    .sort((a, b) => b.stage - a.stage);
  const ended: string[] = [];
  for (const stage of [...new Set(found.map((record) => record.stage))]) {
    const living = found.filter((record) => record.stage === stage && isAlive(record));
    await Promise.all(living.map(end));
    ended.push(...living.map((record) => record.name));
  }
  for (const file of readdirSync(records)) rmSync(join(records, file), { force: true });
  return ended;
}

async function end(leftover: Leftover): Promise<void> {
  send(leftover.pid, leftover.stopSignal);
  const limit = Date.now() + STOP_WITHIN_MS;
  while (isAlive(leftover) && Date.now() < limit) await sleep(50);
  // The rest of its group too: the apps that a test run had started.
  send(-leftover.pid, 'SIGKILL');
  while (isAlive(leftover)) await sleep(50);
}
