import { kindOf } from './errors/app.errors.js';
import type { Logger } from './logging/logger.js';
import { withoutTrace } from './tracing/tracing.js';

/**
 * Does a piece of work again and again: one round after the other, never two at once, and at once when it is woken.
 * A round that fails is told and tried again at the next time.
 */
export class PeriodicTask {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private wokenWhileRunning = false;
  private stopped = false;

  constructor(
    private readonly what: string,
    private readonly everyMs: number,
    private readonly round: () => Promise<unknown>,
    private readonly logger: Logger,
  ) {}

  start() {
    this.soon(this.everyMs);
  }

  runNow() {
    if (this.running) this.wokenWhileRunning = true;
    else this.soon(0);
  }

  /** Begins nothing new, and waits for what is under way. */
  async stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private soon(delay: number) {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = withoutTrace(() => this.run()).finally(() => {
        this.running = undefined;
        this.soon(this.wokenWhileRunning ? 0 : this.everyMs);
        this.wokenWhileRunning = false;
      });
    }, delay).unref();
  }

  private async run() {
    try {
      await this.round();
    } catch (error) {
      const reason = (error as Error).message;
      if (kindOf(error) === 'unavailable')
        this.logger.warn({ reason }, `${this.what}: waiting for a dependency`);
      else this.logger.error({ err: error }, `${this.what} failed`);
    }
  }
}
