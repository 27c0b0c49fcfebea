import { mkdirSync } from 'node:fs';
import type { PrintProgress, ProcessSpec } from './process-spec.js';
import { Service, StoppingError } from './service.js';

/** All processes of one run. Each is recorded in a folder, so that a later run can stop it if this one is killed. */
export class Processes {
  readonly services: Service[] = [];
  private stopping: Promise<void> | undefined;
  /** Called whenever a process starts or exits. */
  changed: () => void = () => undefined;

  constructor(
    private readonly records: string,
    private readonly printProgress: PrintProgress,
  ) {
    mkdirSync(records, { recursive: true });
  }

  async start(spec: ProcessSpec): Promise<Service> {
    if (this.stopping) throw new StoppingError();
    const service = new Service(spec, this.records, this.printProgress, () => this.changed());
    this.services.push(service);
    await service.start();
    return service;
  }

  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** Stops all processes, one stage after another, the highest first. */
  stop(): Promise<void> {
    this.stopping ??= (async () => {
      const stages = [...new Set(this.services.map((service) => service.spec.stage))].sort((a, b) => b - a);
      for (const stage of stages) {
        const services = this.services.filter((service) => service.spec.stage === stage);
        await Promise.all(services.map((service) => service.stop()));
      }
    })();
    return this.stopping;
  }

  async stopImmediately(): Promise<void> {
    this.stopping ??= Promise.resolve();
    await Promise.all(this.services.map((service) => service.stop(true)));
  }

  /** For the exit handler, which cannot await anything. */
  killAll(): void {
    for (const service of this.services) service.killGroup();
  }
}
