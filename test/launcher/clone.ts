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
import type { Role } from '../../apps/api/src/access/scopes.js';
import { readJson, writeAtomically } from '../../tools/infrastructure/files.js';
import { identityOf } from '../../tools/infrastructure/identity.js';
import { STAGES } from '../../tools/infrastructure/process-spec.js';
import { until } from '../support/until.js';

/** Contents of .local/stack.json. */
export interface Stack {
  api: string;
  mailbox: string;
  payment_gateway: string;
  database_url: string;
  database_admin_url: string;
  rabbitmq_url: string;
  rabbitmq_management: string;
  tokens: Record<Role, string>;
  processes: Record<string, { pid: number; url?: string }>;
}

const NOT_COPIED = ['node_modules', '.local', '.git', '.env'];

/** A copy of the project in another folder, like a second clone. Its path contains a space. */
export class Clone {
  readonly root: string;
  output = '';
  private child: ChildProcess | undefined;

  private constructor(private readonly folder: string) {
    this.root = join(folder, 'a clone');
  }

  static create(): Clone {
    const clone = new Clone(
      join(process.cwd(), '.local', 'test', `launcher-${randomBytes(4).toString('hex')}`),
    );
    clone.copy();
    return clone;
  }

  /** @returns another handle on the same folder, like a second terminal */
  openAgain(): Clone {
    return new Clone(this.folder);
  }

  private copy() {
    mkdirSync(join(this.root, '.local'), { recursive: true });
    writeAtomically(join(this.folder, 'launcher.json'), JSON.stringify(identityOf(process.pid)));
    for (const name of readdirSync('.')) {
      if (NOT_COPIED.includes(name)) continue;
      // dependencies.spec.ts creates folders with this prefix among the sources and removes them again.
      cpSync(name, join(this.root, name), { recursive: true, filter: (path) => !path.includes('broken-') });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(this.root, 'node_modules'));
    const cache = join(process.cwd(), '.local', 'cache');
    if (existsSync(cache)) symlinkSync(cache, join(this.root, '.local', 'cache'));
  }

  get stack(): Stack | undefined {
    return readJson<Stack>(join(this.root, '.local', 'stack.json'));
  }

  get npmPid(): number {
    return this.child!.pid!;
  }

  get launcherPid(): number {
    const [launcher] = this.processes().filter(({ command }) => command.includes('tools/run.mjs'));
    return launcher!.pid;
  }

  /** Runs `npm start` with a pipe instead of a terminal. Resolves when all processes are up. */
  start(environment: Record<string, string> = {}): Promise<Stack> {
    return this.runUntil('start', 'npm start to show the order flow', () => this.stack, environment);
  }

  /** Runs `npm run infra`: servers without apps. */
  async startInfrastructure(): Promise<void> {
    await this.runUntil('infra', 'the servers', () => true);
  }

  private runUntil<Found>(
    command: string,
    description: string,
    read: () => Found | undefined,
    environment: Record<string, string> = {},
  ): Promise<Found> {
    this.spawnNpm(command, environment);
    const ended = once(this.child!, 'exit').then(() => {
      throw new Error(`npm run ${command} ended:\n${this.output}`);
    });
    const up = until(description, () => (this.output.includes('Ctrl-C stops') ? read() : undefined), {
      seconds: 120,
    });
    ended.catch(() => undefined);
    return Promise.race([up, ended]);
  }

  /** Runs an npm script to its end. @returns its exit code */
  async run(
    command: string,
    environment: Record<string, string> = {},
    args: string[] = [],
  ): Promise<number | null> {
    this.spawnNpm(command, environment, args);
    return this.waitForExit();
  }

  async waitForExit(): Promise<number | null> {
    const child = this.child!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  private spawnNpm(command: string, environment: Record<string, string>, args: string[] = []) {
    this.output = '';
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(npm_|TEST_|NODE_ENV|INIT_CWD)/.test(name),
    );
    const env = { ...Object.fromEntries(inherited), ...environment };
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    // Detached: signals to the process group of this test run must not reach it.
    const child = spawn('npm', ['run', command, '--', ...args], {
      cwd: this.root,
      env,
      stdio,
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child = child;
    // With this file and launcher.json, an interrupted test run or the next one finds the process and stops it.
    const record = {
      ...identityOf(child.pid!),
      name: 'npm',
      stopSignal: 'SIGTERM',
      stage: STAGES.testRunner,
    };
    writeAtomically(join(this.folder, 'run', `${child.pid}.json`), JSON.stringify(record));
  }

  /** All processes that run in this folder or with a file of it, read from /proc instead of the launcher's records. */
  processes(): { pid: number; command: string }[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => ({ pid: Number(pid), command: readCommand(pid), folder: readWorkingFolder(pid) }))
      .filter(({ command, folder }) => `${command} ${folder}/`.includes(`${this.root}/`));
  }

  remove() {
    for (const { pid } of this.processes()) kill(pid);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL') {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function readWorkingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
