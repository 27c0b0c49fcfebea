import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { readJson, writeAtomically } from '../../tools/infrastructure/files.js';
import { identityOf } from '../../tools/infrastructure/identity.js';
import { until } from '../support/until.js';

/** What .local/stack.json holds. */
export interface Stack {
  api: string;
  mailbox: string;
  processes: Record<string, { pid: number; url?: string }>;
}

const NOT_COPIED = ['node_modules', '.local', '.git', '.env'];

/** This very project in another folder, as somebody's second clone; its path has a blank. */
export class Clone {
  readonly root: string;
  output = '';
  private child: ChildProcess | undefined;

  private constructor(private readonly dir: string) {
    this.root = join(dir, 'a clone');
  }

  static make(): Clone {
    const clone = new Clone(
      join(process.cwd(), '.local', 'test', `launcher-${randomBytes(4).toString('hex')}`),
    );
    clone.copy();
    return clone;
  }

  /** The same folder in a second terminal. */
  beside(): Clone {
    return new Clone(this.dir);
  }

  private copy() {
    mkdirSync(join(this.root, '.local'), { recursive: true });
    writeAtomically(join(this.dir, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
    for (const name of readdirSync('.')) {
      if (NOT_COPIED.includes(name)) continue;
      // Another spec puts folders of this name among the sources, and takes them away again.
      cpSync(name, join(this.root, name), { recursive: true, filter: (path) => !path.includes('broken-') });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(this.root, 'node_modules'));
    const cache = join(process.cwd(), '.local', 'cache');
    if (existsSync(cache)) symlinkSync(cache, join(this.root, '.local', 'cache'));
  }

  get stack(): Stack | undefined {
    return readJson<Stack>(join(this.root, '.local', 'stack.json'));
  }

  get npm(): number {
    return this.child!.pid!;
  }

  get launcher(): number {
    const [pid] = this.processes().filter(({ command }) => command.includes('tools/run.mjs'));
    return pid!.pid;
  }

  /** As people do it: npm in a terminal, which here is a pipe. Resolves when all is up. */
  start(environment: Record<string, string> = {}): Promise<Stack> {
    return this.runUntil('start', 'the flow to be followed', () => this.stack, environment);
  }

  /** Servers without apps, for those who run the apps themselves. */
  async startInfrastructure(): Promise<void> {
    await this.runUntil('infra', 'the servers', () => true);
  }

  private runUntil<Found>(
    command: string,
    what: string,
    found: () => Found | undefined,
    environment: Record<string, string> = {},
  ): Promise<Found> {
    this.npmRun(command, environment);
    const ended = once(this.child!, 'exit').then(() => {
      throw new Error(`npm run ${command} ended:\n${this.output}`);
    });
    const up = until(what, () => (this.output.includes('Ctrl-C stops') ? found() : undefined), {
      seconds: 120,
    });
    ended.catch(() => undefined);
    return Promise.race([up, ended]);
  }

  /** Runs it to its end, and says how it ended. */
  async run(command: string, environment: Record<string, string> = {}): Promise<number | null> {
    this.npmRun(command, environment);
    return this.ended();
  }

  async ended(): Promise<number | null> {
    const child = this.child!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  private npmRun(command: string, environment: Record<string, string>) {
    this.output = '';
    const own = Object.entries(process.env).filter(([name]) => !/^(npm_|TEST_|NODE_ENV|INIT_CWD)/.test(name));
    const env = { ...Object.fromEntries(own), ...environment };
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    // A group of its own: the signals of this test run are not for it.
    const child = spawn('npm', ['run', command], { cwd: this.root, env, stdio, detached: true });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child = child;
    // By this and launcher.json a test run that is interrupted, or the next one, finds it and stops it.
    const record = { ...identityOf(child.pid!), name: 'npm', stopSignal: 'SIGTERM', stage: 1 };
    writeAtomically(join(this.dir, 'run', `${child.pid}.json`), JSON.stringify(record));
  }

  /** All that run in this folder or with a file of it; known to the system, whatever the launcher believes. */
  processes(): { pid: number; command: string }[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => ({ pid: Number(pid), command: commandOf(pid), folder: folderOf(pid) }))
      .filter(({ command, folder }) => `${command} ${folder}/`.includes(`${this.root}/`));
  }

  wipe() {
    for (const { pid } of this.processes()) kill(pid);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL') {
  try {
    process.kill(pid, signal);
  } catch {
    // ended this moment
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
