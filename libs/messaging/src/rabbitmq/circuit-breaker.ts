import { AppError } from '@estoque/platform';

/** Number of calls in the window: the latest ones that succeeded or failed. Ignored calls are not in it. */
const WINDOW = 40;
/** With fewer failures within the window, the circuit breaker stays closed. */
const MIN_FAILURES = 20;
const PAUSE_MS = { first: 100, max: 5_000 };
/** Number of trial calls that run concurrently after a pause. */
const TRIAL_CALLS = 10;

/**
 * `ignored`: the call failed, but the failure says nothing about this process: its message is wrong, was tried before,
 * or a dependency is unavailable.
 */
export type CallOutcome = 'succeeded' | 'failed' | 'ignored';

/** The circuit breaker is open: the message is to be requeued. This uses up no attempt. */
export class CircuitOpen extends AppError {
  constructor(reason: string, cause?: unknown) {
    super('unavailable', 'circuit_open', reason, { cause });
  }
}

/** A message to be handled. */
export interface Call<Result> {
  handle: () => Promise<Result>;
  /** Returns the outcome of the call; it gets the error if `handle` threw one. */
  classify: (error?: unknown) => CallOutcome;
  /** Whether a failure counts while the circuit breaker is closed. Such calls are preferred as trial calls. */
  counts: boolean;
  /** Time of `performance.now()` until which the call waits while the circuit breaker is open. */
  deadline: number;
}

interface WaitingCall {
  counts: boolean;
  /** Runs the call as a trial call. Never rejects. */
  runAsTrial: () => Promise<CallOutcome>;
  /** Runs the call normally, because the circuit breaker has closed. */
  release: () => void;
}

/**
 * Circuit breaker around the handler of messages.
 *
 * If more than half of the latest calls fail, the cause is most likely this process (a bad release), not the messages.
 * Handling then stops, so that the messages are not all moved to the dead letter queue.
 *
 * - closed: calls run immediately. If at least 20 and more than half of the latest 40 calls failed: open.
 * - open: calls wait for a pause of 100 ms, doubled while all trial calls fail, at most 5 s. Then: half-open.
 * - half-open: up to ten of the waiting calls run as trial calls, those that count first. If more of them succeed than
 *   fail: closed. If some succeed: open, with the first pause again, so that good messages get through. If all fail:
 *   open. If all are ignored, others are tried immediately.
 *
 * A trial call that fails, and a call that waits until its deadline, reject with `CircuitOpen`: the message uses up no
 * attempt.
 */
export class CircuitBreaker {
  /** Whether each of the latest calls succeeded, oldest first. */
  private latest: boolean[] = [];
  /** In milliseconds; 0 while the circuit breaker is closed. */
  private pause = 0;
  private lastError = '';
  private readonly waiting = new Set<WaitingCall>();
  private isPausing = false;
  private isTrying = false;

  /**
   * @param onOpen is called when the circuit breaker opens after it was closed, with the message of the last error
   * @param startTimer is replaced in tests
   */
  constructor(
    private readonly onOpen: (reason: string) => void,
    private readonly startTimer = (callback: () => void, milliseconds: number): unknown =>
      setTimeout(callback, milliseconds).unref(),
  ) {}

  /** Reason why it is open or half-open; undefined while it is closed. */
  get openReason(): string | undefined {
    return this.pause > 0 ? `circuit breaker open, most messages fail: ${this.lastError}` : undefined;
  }

  /**
   * Runs the call: immediately if closed, otherwise as a trial call or after the circuit breaker has closed.
   *
   * @throws what `handle` throws; CircuitOpen; an `AbortError` if `signal` aborts while the call waits
   */
  async run<Result>(call: Call<Result>, signal: AbortSignal): Promise<Result> {
    if (this.pause > 0) return this.wait(call, signal);
    try {
      const result = await call.handle();
      this.recordCall(call.classify());
      return result;
    } catch (error) {
      if (call.counts) this.recordCall(call.classify(error), error);
      throw error;
    }
  }

  private wait<Result>(call: Call<Result>, signal: AbortSignal): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const leave = () => {
        this.waiting.delete(waitingCall);
        clearTimeout(timeout);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = () => (leave(), reject(signal.reason as Error));
      const onDeadline = () => (leave(), reject(new CircuitOpen(this.openReason!)));
      const waitingCall: WaitingCall = {
        counts: call.counts,
        runAsTrial: async () => {
          leave();
          try {
            const result = await call.handle();
            resolve(result);
            return call.classify();
          } catch (error) {
            const outcome = call.classify(error);
            reject(outcome === 'failed' ? this.toCircuitOpen(error) : (error as Error));
            return outcome;
          }
        },
        release: () => {
          leave();
          this.run(call, signal).then(resolve, reject);
        },
      };
      if (signal.aborted) return reject(signal.reason as Error);
      const timeout = setTimeout(onDeadline, Math.max(0, call.deadline - performance.now()));
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(waitingCall);
      if (!this.isPausing) void this.tryWaitingCalls();
    });
  }

  private toCircuitOpen(error: unknown) {
    this.lastError = messageOf(error);
    return new CircuitOpen(this.openReason!, error);
  }

  private recordCall(outcome: CallOutcome, error?: unknown) {
    // Calls that were running when the circuit breaker opened are not counted.
    if (this.pause > 0 || outcome === 'ignored') return;
    this.latest.push(outcome === 'succeeded');
    if (this.latest.length > WINDOW) this.latest.shift();
    if (outcome === 'succeeded') return;
    const failures = this.latest.filter((succeeded) => !succeeded).length;
    if (failures < MIN_FAILURES || failures * 2 <= this.latest.length) return;
    this.lastError = messageOf(error);
    this.onOpen(this.lastError);
    this.open(PAUSE_MS.first);
  }

  private open(pause: number) {
    this.pause = pause;
    this.isPausing = true;
    this.startTimer(() => {
      this.isPausing = false;
      void this.tryWaitingCalls();
    }, pause);
  }

  /** Half-open: runs trial calls. If none is waiting, the next call is a trial call. */
  private async tryWaitingCalls() {
    if (this.isTrying) return;
    this.isTrying = true;
    let counted: CallOutcome[] = [];
    while (counted.length === 0 && this.waiting.size > 0) {
      const outcomes = await Promise.all(this.chooseTrialCalls().map(({ runAsTrial }) => runAsTrial()));
      counted = outcomes.filter((outcome) => outcome !== 'ignored');
    }
    this.isTrying = false;
    if (counted.length === 0) return;
    const succeeded = counted.filter((outcome) => outcome === 'succeeded').length;
    if (succeeded * 2 > counted.length) this.close();
    else this.open(succeeded > 0 ? PAUSE_MS.first : Math.min(this.pause * 2, PAUSE_MS.max));
  }

  /** Spread over all waiting calls, because messages of one cause often arrive one after the other. */
  private chooseTrialCalls(): WaitingCall[] {
    const waiting = [...this.waiting];
    const counting = waiting.filter(({ counts }) => counts);
    const candidates = counting.length > 0 ? counting : waiting;
    const step = Math.max(1, Math.floor(candidates.length / TRIAL_CALLS));
    return candidates.filter((_, index) => index % step === 0).slice(0, TRIAL_CALLS);
  }

  private close() {
    this.pause = 0;
    this.latest = [];
    for (const { release } of [...this.waiting]) release();
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
