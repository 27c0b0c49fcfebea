import { kindOf } from './errors/app.errors.js';
import type { Logger } from './logging/logger.js';
import { withoutTrace } from './tracing/tracing.js';

/**
 * Runs a function periodically, and immediately on `runNow`. Runs never overlap. If a run fails, the error is logged
 * and the next run starts after the interval.
 */
export class PeriodicTask {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private runRequested = false;
  private stopped = false;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    private readonly work: () => Promise<unknown>,
    private readonly logger: Logger,
  ) {}

  start() {
    this.schedule(this.intervalMs);
  }

  /** Starts a run now, or right after the current one. */
  runNow() {
    if (this.running) this.runRequested = true;
    else this.schedule(0);
  }

  /** Whether `stop` was called: the current run must end soon. */
  get isStopping(): boolean {
    return this.stopped;
  }

  /** Starts no further run and waits for the current one to finish. */
  async stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delayMs: number) {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = withoutTrace(() => this.run()).finally(() => {
        this.running = undefined;
        this.schedule(this.runRequested ? 0 : this.intervalMs);
        this.runRequested = false;
      });
    }, delayMs).unref();
  }

  private async run() {
    try {
      await this.work();
    } catch (error) {
      const reason = (error as Error).message;
      if (kindOf(error) === 'unavailable')
        this.logger.warn({ reason }, `${this.name}: waiting for a dependency`);
      else this.logger.error({ err: error }, `${this.name} failed`);
    }
  }
}
