import { join } from 'node:path';
import { startRabbitMq, type RabbitMq } from '../../tools/infrastructure/rabbitmq.js';
import type { Service } from '../../tools/infrastructure/service.js';
import { TestRun } from '../../tools/infrastructure/test-run.js';

/** A RabbitMQ for one test file that stops the broker or needs other settings than the broker of `npm test`. */
export class OwnBroker {
  private constructor(
    private readonly rabbitMq: RabbitMq,
    private readonly testRun: TestRun,
  ) {}

  /** @param settings of the Erlang application `rabbit`; a text is an Erlang term */
  static async start(settings: Record<string, number | string> = {}) {
    const testRun = new TestRun(process.cwd());
    const { root, dir, processes, printProgress } = testRun;
    const log = join(dir, 'rabbitmq.log');
    const rabbitMq = await startRabbitMq({ root, dir, log, processes, printProgress, settings });
    return new OwnBroker(rabbitMq, testRun);
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
    await this.testRun.stop();
  }
}
