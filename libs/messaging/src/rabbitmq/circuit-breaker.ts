import { setTimeout as sleep } from 'node:timers/promises';

/** Number of calls in the window: the latest ones that succeeded or failed. Ignored calls are not in it. */
const WINDOW = 40;
/** With fewer failures within the window, the circuit breaker stays closed. */
const MIN_FAILURES = 20;
const PAUSE_MS = { first: 5_000, max: 60_000 };

/**
 * `ignored`: the call failed, but the failure does not indicate that this process is the cause, so it is not counted.
 */
export type CallOutcome = 'succeeded' | 'failed' | 'ignored';

/**
 * Circuit breaker around the handler of messages.
 *
 * If more than half of the latest calls fail, the cause is most likely this process (a bad release) or its data (a
 * database restored from an old backup), not the messages. Handling then stops, so that the messages are not all moved
 * to the dead letter queue.
 *
 * - closed: calls run immediately. If at least 20 and more than half of the latest 40 calls failed: open.
 * - open: calls wait for a pause of 5 s, doubled after each failed trial call, at most 60 s. Then: half-open.
 * - half-open: one call runs as the trial call. If it succeeds: closed. If it fails: open. If it is ignored, the next
 *   call is the trial call.
 */
export class CircuitBreaker {
  /** Whether each of the latest calls succeeded, oldest first. */
  private latest: boolean[] = [];
  /** In milliseconds; 0 while the circuit breaker is closed. */
  private pause = 0;
  /** Time of `performance.now()` at which the pause ends. */
  private pauseEnd = 0;
  private lastError = '';
  /** Settles when the latest trial call is finished: trial calls run one after the other. */
  private lastTrial: Promise<unknown> = Promise.resolve();

  /**
   * @param onOpen is called each time the circuit breaker opens, with the message of the last error
   * @param wait is replaced in tests
   */
  constructor(
    private readonly onOpen: (reason: string) => void,
    private readonly wait: typeof sleep = sleep,
  ) {}

  /** Reason why it is open or half-open; undefined while it is closed. */
  get openReason(): string | undefined {
    return this.pause > 0 ? `circuit breaker open, most messages fail: ${this.lastError}` : undefined;
  }

  /**
   * Runs `handle`: immediately if closed, otherwise as a trial call.
   *
   * @param classify returns the outcome of the call; it gets the error if `handle` threw one
   * @throws what `handle` throws, or an `AbortError` if `signal` aborts during the pause
   */
  async run<Result>(
    handle: () => Promise<Result>,
    classify: (error?: unknown) => CallOutcome,
    signal: AbortSignal,
  ): Promise<Result> {
    if (this.pause === 0)
      return this.observe(handle, classify, (outcome, error) => this.recordCall(outcome, error));
    const trial = this.lastTrial.then(async () => {
      if (this.pause === 0) return handle();
      await this.wait(Math.max(0, this.pauseEnd - performance.now()), undefined, { signal });
      return this.observe(handle, classify, (outcome, error) => this.recordTrial(outcome, error));
    });
    this.lastTrial = trial.catch(() => undefined);
    return trial;
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

  private recordTrial(outcome: CallOutcome, error: unknown) {
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
