import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AppName } from '../../apps/manifest.js';
import { programOf } from '../../tools/programs.js';
import { reportsBrokerOutage } from './broker.js';
import { until } from './until.js';

export type LogRecord = { msg: string; level: number } & Record<string, unknown>;

/** One app as a separate process, started from the build and configured by environment variables only. */
export class AppProcess {
  readonly logs: LogRecord[] = [];
  readonly output: string[] = [];
  private readonly child: ChildProcess;

  constructor(
    readonly app: AppName,
    environment: Record<string, string>,
  ) {
    const main = programOf(join(process.cwd(), 'dist'), app);
    // In a folder without a .env file, so that none is read.
    this.child = spawn(process.execPath, ['--enable-source-maps', main], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.output.push(line);
        if (process.env.TEST_SHOW_OUTPUT) process.stderr.write(`${line}\n`);
        if (line.startsWith('{')) this.logs.push(JSON.parse(line) as LogRecord);
      });
    }
  }

  get pid() {
    return this.child.pid!;
  }

  get exitCode() {
    return this.child.exitCode;
  }

  get isRunning() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get url() {
    const url = this.logs.find(({ msg }) => msg === 'listening')?.url;
    if (typeof url !== 'string') throw new Error(`${this.app} is not listening`);
    return url;
  }

  /** @returns the HTTP status of /health/ready */
  async readinessStatus(): Promise<number> {
    return (await fetch(`${this.url}/health/ready`)).status;
  }

  /** Waits until the process is ready and reaches the broker. The api reports ready without the broker as well. */
  async waitUntilReady() {
    const check = async () => {
      if (this.exitCode !== null) throw new Error(`the process ended: ${this.output.slice(-5).join('\n')}`);
      const response = await fetch(`${this.url}/health/ready`);
      return response.ok && !reportsBrokerOutage(await response.text());
    };
    // A start is slow if many processes start at the same time.
    await until(`${this.app} to be ready`, check, { seconds: 100 });
    return this;
  }

  /** @returns the log records of the messages with this event that the process has handled */
  handledEvents(event: string) {
    return this.logs.filter((record) => record.msg === 'handled' && record.event === event);
  }

  kill(signal: NodeJS.Signals) {
    this.child.kill(signal);
  }

  /** Sends the signal and waits for the end. @returns the exit code; null if the signal ended the process */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.isRunning) {
      const exit = once(this.child, 'exit');
      this.child.kill(signal);
      await exit;
    }
    return this.child.exitCode;
  }
}
