import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From an answer out of memory to a message that waits for its neighbour. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Labels with those of their values that are known beforehand. */
type Values<Label extends string> = Record<Label, readonly string[]>;

type Reading = number | Record<string, number>;

/** What this process measures, in Prometheus' terms; beside what is asked for, event loop, memory, processor. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * A value that is read whenever somebody asks; where it can't be read, it is left out.
   *
   * @param label where there are several: what tells them apart; then `read` answers them by its values
   */
  gauge(name: string, help: string, read: () => Promise<Reading> | Reading, label?: string) {
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
          this.remove();
        }
      },
    });
  }

  /** @param labels with the values that are there from the start, at 0, so that the first of them is seen as an increase */
  counter<Label extends string = never>(name: string, help: string, labels?: Values<Label>): Counter<Label> {
    const labelNames = Object.keys(labels ?? {}) as Label[];
    const counter = new Counter({ name, help, labelNames, registers: [this.registry] });
    if (labels) for (const each of combinations(labels)) counter.inc(each, 0);
    return counter;
  }

  /** Of durations in seconds. @param labels as of a counter */
  histogram<Label extends string>(name: string, help: string, labels: Values<Label>): Histogram<Label> {
    const labelNames = Object.keys(labels) as Label[];
    const histogram = new Histogram({
      ...{ name, help, labelNames, buckets: SECONDS },
      registers: [this.registry],
    });
    for (const each of combinations(labels)) histogram.zero(each);
    return histogram;
  }
}

/** Each value of one label with each of the others. */
function combinations<Label extends string>(labels: Values<Label>): Record<Label, string>[] {
  const entries = Object.entries<readonly string[]>(labels);
  return entries.reduce<Record<string, string>[]>(
    (all, [label, values]) => all.flatMap((each) => values.map((value) => ({ ...each, [label]: value }))),
    [{}],
  );
}
