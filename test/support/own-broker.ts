import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Processes, type Service } from '../../tools/infrastructure/processes.js';
import { startRabbitMq, type RabbitMq } from '../../tools/infrastructure/rabbitmq.js';

/** A RabbitMQ for one test file that stops the broker or needs other settings than the broker of `npm test`. */
export class OwnBroker {
  private constructor(
    private readonly rabbitMq: RabbitMq,
    private readonly processes: Processes,
    private readonly folder: string,
  ) {}

  /** @param settings of the Erlang application `rabbit` */
  static async start(settings: Record<string, number> = {}) {
    const folder = mkdtempSync(join(process.cwd(), '.local', 'broker-'));
    const ignoreOutput = () => undefined;
    const processes = new Processes(join(folder, 'processes'), ignoreOutput);
    const rabbitMq = await startRabbitMq({
      root: process.cwd(),
      dir: folder,
      log: join(folder, 'rabbitmq.log'),
      processes,
      printProgress: ignoreOutput,
      settings,
    });
    return new OwnBroker(rabbitMq, processes, folder);
  }

  get url(): string {
    return this.rabbitMq.url;
  }

  get managementUrl(): string {
    return this.rabbitMq.managementUrl;
  }

  /** Stops and starts the node. */
  get service(): Service {
    return this.rabbitMq.service;
  }

  /** Ends the node and deletes its data. */
  async remove() {
    await this.processes.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
