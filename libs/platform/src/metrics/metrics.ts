import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Buckets from 5 ms (a response from memory) to 60 s (a message that waits for a dependency). */
const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The labels of a metric, each with those of its values that are known in advance. */
type KnownLabelValues<Label extends string> = Record<Label, readonly string[]>;

/** A single value, or one value for each value of a label. */
type GaugeReading = number | Record<string, number>;

/** The Prometheus metrics of this process. They include prom-client's default metrics: event loop, memory, CPU. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    // Versions help only those who look for known weaknesses.
    this.registry.removeSingleMetric('nodejs_version_info');
  }

  /**
   * Registers a gauge whose value is read on each scrape. If `read` fails, the gauge is omitted from that scrape.
   *
   * @param read returns the value or, if `label` is given, an object with one value for each value of the label
   */
  gauge(name: string, help: string, read: () => Promise<GaugeReading> | GaugeReading, label?: string) {
    new Gauge({
      name,
      help,
      labelNames: label ? [label] : [],
      registers: [this.registry],
      async collect() {
        this.reset();
        try {
          const reading = await read();
          if (typeof reading === 'number') this.set(reading);
          else for (const [value, number] of Object.entries(reading)) this.set({ [label!]: value }, number);
        } catch {
          // After `reset`, a gauge without a label has the value 0. A gauge with a label has no values, and `remove`
          // would throw.
          if (!label) this.remove();
        }
      },
    });
  }

  /**
   * Registers a counter.
   *
   * @param labels label names with their known values. Each combination is exported as 0 from the start, so that
   * Prometheus sees the first increment as an increase
   */
  counter<Label extends string = never>(
    name: string,
    help: string,
    labels?: KnownLabelValues<Label>,
  ): Counter<Label> {
    const labelNames = Object.keys(labels ?? {}) as Label[];
    const counter = new Counter({ name, help, labelNames, registers: [this.registry] });
    if (labels) for (const combination of labelCombinations(labels)) counter.inc(combination, 0);
    return counter;
  }

  /** @returns the values of a counter by the values of its only label; empty if no such counter is registered */
  async totals(name: string): Promise<Record<string, number>> {
    const counter = this.registry.getSingleMetric(name) as Counter | undefined;
    const { values = [] } = (await counter?.get()) ?? {};
    return Object.fromEntries(values.map(({ labels, value }) => [String(Object.values(labels)[0]), value]));
  }

  /** Registers a histogram of durations in seconds. @param labels as for `counter` */
  histogram<Label extends string>(
    name: string,
    help: string,
    labels: KnownLabelValues<Label>,
  ): Histogram<Label> {
    const labelNames = Object.keys(labels) as Label[];
    const histogram = new Histogram({
      name,
      help,
      labelNames,
      buckets: DURATION_BUCKETS_SECONDS,
      registers: [this.registry],
    });
    for (const combination of labelCombinations(labels)) histogram.zero(combination);
    return histogram;
  }
}

/** For an object whose metrics are not exported. */
export const UNEXPORTED_METRICS: Pick<Metrics, 'counter' | 'gauge'> = {
  gauge: () => undefined,
  counter: (name, help, labels) =>
    new Counter({ name, help, labelNames: Object.keys(labels ?? {}) as never[], registers: [] }),
};

/** Returns the Cartesian product of the label values. */
function labelCombinations<Label extends string>(labels: KnownLabelValues<Label>): Record<Label, string>[] {
  const entries = Object.entries<readonly string[]>(labels);
  return entries.reduce<Record<string, string>[]>(
    (combinations, [label, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [label]: value }))),
    [{}],
  );
}
