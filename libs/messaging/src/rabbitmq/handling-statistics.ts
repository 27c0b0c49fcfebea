/** `requeued`: the message will be delivered again with the same attempt number. */
export const OUTCOMES = ['done', 'retried', 'dead_lettered', 'requeued'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The percentiles are those of the last minute, of the latest messages of the event only. */
const WINDOW_MS = 60_000;
const MAX_DURATIONS = 500;

/** How the messages of one event were handled. */
export type EventHandling = Record<Outcome, number> & {
  /** Time from delivery to settlement, in milliseconds. Null if no message was settled within the last minute. */
  p50_ms: number | null;
  p95_ms: number | null;
};

/** Counts the settled messages of this process by event, for its report about itself. */
export class HandlingStatistics {
  private readonly byEvent = new Map<string, EventStatistics>();

  constructor(private readonly now = () => performance.now()) {}

  record(event: string, outcome: Outcome, durationMs: number) {
    let statistics = this.byEvent.get(event);
    if (!statistics) this.byEvent.set(event, (statistics = new EventStatistics()));
    statistics.add(outcome, durationMs, this.now());
  }

  /** @returns the counters since the start, and the percentiles of the last minute */
  byEventName(): Record<string, EventHandling> {
    const since = this.now() - WINDOW_MS;
    return Object.fromEntries([...this.byEvent].map(([event, each]) => [event, each.summary(since)]));
  }
}

class EventStatistics {
  private readonly counts: Record<Outcome, number> = { done: 0, retried: 0, dead_lettered: 0, requeued: 0 };
  /** Ring buffers of the latest messages. */
  private readonly durations: number[] = [];
  private readonly ends: number[] = [];
  private next = 0;

  add(outcome: Outcome, durationMs: number, settledAt: number) {
    this.counts[outcome] += 1;
    this.durations[this.next] = durationMs;
    this.ends[this.next] = settledAt;
    this.next = (this.next + 1) % MAX_DURATIONS;
  }

  summary(since: number): EventHandling {
    const durations = this.durations
      .filter((_duration, index) => this.ends[index]! >= since)
      .toSorted((one, other) => one - other);
    return { ...this.counts, p50_ms: percentile(durations, 0.5), p95_ms: percentile(durations, 0.95) };
  }
}

/** @param sorted lowest value first @returns rounded to a tenth */
function percentile(sorted: number[], share: number): number | null {
  if (sorted.length === 0) return null;
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1]! * 10) / 10;
}
