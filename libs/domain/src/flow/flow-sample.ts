import type { ProcessReport } from '../processes/process-report.repository.js';

type Counters = Record<string, number>;

/** Counters of a process since its start. */
export interface ProcessTotals {
  /** Orders that entered each status. */
  orders: Counters;
  /** Published events by event. */
  published: Counters;
  /** Settled messages by queue: those that left it. */
  settled: Counters;
  /** Messages that returned to their queue, by queue. */
  returned: Counters;
}

/** What happened within an interval, and what was there at its end. */
export interface FlowSample extends ProcessTotals {
  /** Duration of the interval. */
  seconds: number;
  /** Handling times by event, of the slowest process of the last minute. */
  latency: Record<string, { p50_ms: number; p95_ms: number }>;
  /** Messages in each queue. Null if the broker was unavailable. */
  queues: Counters | null;
  outbox: { depth: number; lag_seconds: number };
}

export type TotalsByInstance = Record<string, ProcessTotals>;

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

export function totalsOf(reports: Pick<ProcessReport, 'instance' | 'report'>[]): TotalsByInstance {
  return Object.fromEntries(
    reports.map(({ instance, report: { consumer, orders, published } }) => {
      const events = Object.values(consumer?.events ?? {});
      const byQueue = (count: number): Counters => (consumer ? { [consumer.queue]: count } : {});
      const totals = {
        orders,
        published,
        settled: byQueue(
          sum(events.map((event) => event.done + event.retried + event.dead_lettered + event.requeued)),
        ),
        returned: byQueue(sum(events.map((event) => event.retried + event.requeued))),
      };
      return [instance, totals];
    }),
  );
}

/**
 * What all processes together counted since the last sample. A process that the last sample does not contain has started
 * since. What a process counted after its last report is missing, if it has ended.
 */
export function increaseOf(current: TotalsByInstance, last: TotalsByInstance): ProcessTotals {
  const increase: ProcessTotals = { orders: {}, published: {}, settled: {}, returned: {} };
  for (const [instance, totals] of Object.entries(current))
    for (const kind of ['orders', 'published', 'settled', 'returned'] as const)
      for (const [name, total] of Object.entries(totals[kind])) {
        const added = total - (last[instance]?.[kind][name] ?? 0);
        if (added > 0) increase[kind][name] = (increase[kind][name] ?? 0) + added;
      }
  return increase;
}

/** @returns the handling times by event, of the slowest process */
export function latencyOf(reports: Pick<ProcessReport, 'report'>[]): FlowSample['latency'] {
  const latency: FlowSample['latency'] = {};
  for (const { report } of reports)
    for (const [event, { p50_ms, p95_ms }] of Object.entries(report.consumer?.events ?? {})) {
      if (p50_ms === null || p95_ms === null || p95_ms <= (latency[event]?.p95_ms ?? -1)) continue;
      latency[event] = { p50_ms, p95_ms };
    }
  return latency;
}
