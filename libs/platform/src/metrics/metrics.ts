import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

/** What this process measures, in Prometheus' terms. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  /** A value that is read whenever somebody asks; where it can't be read, it is left out. */
  gauge(name: string, help: string, read: () => Promise<number> | number) {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.reset();
        try {
          this.set(await read());
        } catch {
          this.remove();
        }
      },
    });
  }
}
