import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From an answer out of memory to a message that waits for its neighbour. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

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

  counter<Label extends string>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** Of durations in seconds. */
  histogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}
