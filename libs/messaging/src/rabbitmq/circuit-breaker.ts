import { setTimeout as sleep } from 'node:timers/promises';

/** First tries that it looks back on. */
const WINDOW = 40;
/** So many of them must have failed before it says anything. */
const LEAST_FAILURES = 20;
const PAUSE_MS = { first: 5_000, most: 60_000 };

/** What a try says of us: `ignored` where its failure is the message's own or a neighbour's. */
export type Outcome = 'well' | 'failed' | 'ignored';

/**
 * When most messages fail, something is wrong with us and not with them: a bad release, a database of yesterday. Then
 * the consumer stands still instead of draining its queue into the dead letters, and lets one message through now
 * and then to see whether things are well again.
 */
export class CircuitBreaker {
  private outcomes: boolean[] = [];
  /** 0 while all is well. */
  private pause = 0;
  private closedUntil = 0;
  private reason = '';
  /** While it is pulled, messages go through one after the other. */
  private probes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pulled: (reason: string) => void,
    private readonly wait: typeof sleep = sleep,
  ) {}

  /** Why it stands still, while it does. */
  get fault(): string | undefined {
    return this.pause > 0 ? `circuit breaker open, most messages fail: ${this.reason}` : undefined;
  }

  /** Lets a message through: at once or, while it is pulled, in its turn and after a pause. */
  async run<Result>(
    handle: () => Promise<Result>,
    judge: (error?: unknown) => Outcome,
    signal: AbortSignal,
  ): Promise<Result> {
    if (this.pause === 0) return this.watch(handle, judge, (outcome, error) => this.look(outcome, error));
    const probe = this.probes.then(async () => {
      if (this.pause === 0) return handle();
      await this.wait(Math.max(0, this.closedUntil - performance.now()), undefined, { signal });
      return this.watch(handle, judge, (outcome, error) => this.lookAtProbe(outcome, error));
    });
    this.probes = probe.catch(() => undefined);
    return probe;
  }

  private async watch<Result>(
    handle: () => Promise<Result>,
    judge: (error?: unknown) => Outcome,
    look: (outcome: Outcome, error?: unknown) => void,
  ): Promise<Result> {
    try {
      const result = await handle();
      look(judge());
      return result;
    } catch (error) {
      look(judge(error), error);
      throw error;
    }
  }

  private look(outcome: Outcome, error: unknown) {
    // What was on its way when the switch was pulled is no news.
    if (this.pause > 0 || outcome === 'ignored') return;
    this.outcomes.push(outcome === 'well');
    if (this.outcomes.length > WINDOW) this.outcomes.shift();
    if (outcome === 'well') return;
    const failures = this.outcomes.filter((well) => !well).length;
    if (failures >= LEAST_FAILURES && failures * 2 > this.outcomes.length) this.open(error, PAUSE_MS.first);
  }

  private lookAtProbe(outcome: Outcome, error: unknown) {
    if (outcome === 'failed') return this.open(error, Math.min(this.pause * 2, PAUSE_MS.most));
    if (outcome === 'ignored') return;
    this.pause = 0;
    this.outcomes = [];
  }

  private open(error: unknown, pause: number) {
    this.reason = error instanceof Error ? error.message : String(error);
    this.pause = pause;
    this.closedUntil = performance.now() + pause;
    this.pulled(this.reason);
  }
}
