import { setTimeout as sleep } from 'node:timers/promises';

/** Number of latest calls that are counted. */
const WINDOW = 40;
/** Failures within the window below which the circuit breaker stays closed. */
const MIN_FAILURES = 20;
const PAUSE_MS = { first: 5_000, max: 60_000 };

/** Result of a call as it counts here. `ignored`: the failure was caused by the message itself or by a dependency. */
export type CallOutcome = 'succeeded' | 'failed' | 'ignored';

/**
 * Circuit breaker around the handler of messages.
 *
 * If more than half of the latest messages fail, the cause is most likely this process (a bad release, a database
 * restored from an old backup) and not the messages. Handling then stops, so that the queue is not drained into the
 * dead letters.
 *
 * - closed: all calls run at once. More than half of the last 40, and at least 20, failed: open.
 * - open: calls wait for the pause: 5 s, doubled after each failed probe, at most 60 s. Then: half-open.
 * - half-open: one call runs as a probe. It succeeded: closed. It failed: open. Ignored: the next call is the probe.
 */
export class CircuitBreaker {
  /** Whether each of the latest calls succeeded, oldest first. */
  private latest: boolean[] = [];
  /** In milliseconds; 0 while the circuit breaker is closed. */
  private pause = 0;
  /** Time of `performance.now()` at which the pause ends. */
  private pauseEnd = 0;
  private lastError = '';
  /** Calls made while the circuit breaker is not closed run one after the other. */
  private lastProbe: Promise<unknown> = Promise.resolve();

  /**
   * @param onOpen is called each time the circuit breaker opens, with the message of the last error
   * @param wait is replaced in tests
   */
  constructor(
    private readonly onOpen: (reason: string) => void,
    private readonly wait: typeof sleep = sleep,
  ) {}

  /** Why it is open or half-open; undefined while it is closed. */
  get openReason(): string | undefined {
    return this.pause > 0 ? `circuit breaker open, most messages fail: ${this.lastError}` : undefined;
  }

  /**
   * Runs `handle`: at once if closed, otherwise as a probe.
   *
   * @param classify says how the result counts; it gets the error if there was one
   * @throws what `handle` throws, or an `AbortError` if `signal` aborts during the pause
   */
  async run<Result>(
    handle: () => Promise<Result>,
    classify: (error?: unknown) => CallOutcome,
    signal: AbortSignal,
  ): Promise<Result> {
    if (this.pause === 0)
      return this.observe(handle, classify, (outcome, error) => this.recordCall(outcome, error));
    const probe = this.lastProbe.then(async () => {
      if (this.pause === 0) return handle();
      await this.wait(Math.max(0, this.pauseEnd - performance.now()), undefined, { signal });
      return this.observe(handle, classify, (outcome, error) => this.recordProbe(outcome, error));
    });
    this.lastProbe = probe.catch(() => undefined);
    return probe;
  }

  private async observe<Result>(
    handle: () => Promise<Result>,
    classify: (error?: unknown) => CallOutcome,
    record: (outcome: CallOutcome, error?: unknown) => void,
  ): Promise<Result> {
    try {
      const result = await handle();
      record(classify());
      return result;
    } catch (error) {
      record(classify(error), error);
      throw error;
    }
  }

  private recordCall(outcome: CallOutcome, error: unknown) {
    // Calls that were running when the circuit breaker opened are not counted.
    if (this.pause > 0 || outcome === 'ignored') return;
    this.latest.push(outcome === 'succeeded');
    if (this.latest.length > WINDOW) this.latest.shift();
    if (outcome === 'succeeded') return;
    const failures = this.latest.filter((succeeded) => !succeeded).length;
    if (failures >= MIN_FAILURES && failures * 2 > this.latest.length) this.open(error, PAUSE_MS.first);
  }

  private recordProbe(outcome: CallOutcome, error: unknown) {
    if (outcome === 'failed') return this.open(error, Math.min(this.pause * 2, PAUSE_MS.max));
    if (outcome === 'ignored') return;
    this.pause = 0;
    this.latest = [];
  }

  private open(error: unknown, pause: number) {
    this.lastError = error instanceof Error ? error.message : String(error);
    this.pause = pause;
    this.pauseEnd = performance.now() + pause;
    this.onOpen(this.lastError);
  }
}
