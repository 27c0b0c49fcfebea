import { AppError, createLogger, Metrics } from '@estoque/platform';
import { Logger } from '@nestjs/common';
import { createVhost, ExternalClient } from '../../../../test/support/broker.js';
import { OwnBroker } from '../../../../test/support/own-broker.js';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { until } from '../../../../test/support/until.js';
import { EventTransport } from './event-transport.js';
import { Publisher } from './publisher.js';
import { topologyOf } from './topology.js';

const QUEUE = 'sample_queue';
const MESSAGES = 200;
/** In about the proportion of production, where a message waits for at most 10 of the 30 minutes. */
const CONSUMER_TIMEOUT_MS = 5_000;
const MAX_WAIT_MS = 1_500;
const topology = topologyOf('samples', sampleEvents);

/** A worker whose handler always fails, in a virtual host of its own. */
class FailingWorker {
  calls = 0;
  private readonly logger = createLogger('test', { LOG_LEVEL: 'silent' });
  private readonly warn = jest.spyOn(this.logger, 'warn');
  private readonly publisher: Publisher;
  private readonly transport: EventTransport;

  constructor(
    private readonly url: string,
    error: Error,
  ) {
    this.publisher = new Publisher([url], topology, this.logger);
    const options = { urls: [url], queue: QUEUE, topology, catalogue: sampleEvents, maxWaitMs: MAX_WAIT_MS };
    this.transport = new EventTransport(
      { ...options, prefetch: MESSAGES, retryDelaysMs: [1, 1, 1, 1] },
      this.publisher,
      this.logger,
      new Metrics(),
    );
    const fail = () => {
      this.calls += 1;
      return Promise.reject(error);
    };
    this.transport.addHandler('sample.created', fail, true);
  }

  /** Resolves when the broker has delivered all messages. */
  async receiveMessages() {
    await this.transport.listen(() => undefined);
    await until('the publisher', () => this.publisher.ready);
    const client = await ExternalClient.connect(this.url);
    for (let sample_id = 1; sample_id <= MESSAGES; sample_id++)
      await client.publish('sample.created', { event: 'sample.created', sample_id }, 'samples');
    await until('all messages to be delivered', async () => (await client.depth(QUEUE)) === 0);
    await client.disconnect();
  }

  /** Reasons for which the worker lost its channel or consumer. */
  get losses() {
    const calls = this.warn.mock.calls as unknown as [{ reason: string }, string][];
    return calls.filter(([, text]) => text === 'no longer consuming').map(([{ reason }]) => reason);
  }

  async stop() {
    await this.transport.close();
    await this.publisher.close();
  }
}

/** Uses a RabbitMQ of its own, whose consumer timeout is short. */
describe('A message that waits in a worker', () => {
  let broker: OwnBroker;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    broker = await OwnBroker.start({ consumer_timeout: CONSUMER_TIMEOUT_MS, channel_tick_interval: 500 });
  }, 120_000);
  afterAll(() => broker.remove(), 60_000);

  /** Consumes without acknowledging, until the broker ends that. */
  async function exceedConsumerTimeout() {
    const client = await ExternalClient.connect(broker.url);
    const { channel } = client;
    await channel.assertQueue('unacknowledged', { arguments: { 'x-queue-type': 'quorum' } });
    channel.sendToQueue('unacknowledged', Buffer.from('message'));
    const reason = await new Promise<string>((resolve, reject) => {
      channel.once('error', ({ message }: Error) => resolve(message));
      channel
        // From RabbitMQ 4.3 on, the broker cancels the consumer, and leaves the channel open.
        .consume('unacknowledged', (message) => message ?? resolve('acknowledgement timed out: cancelled'))
        .catch(reject);
    });
    expect(reason).toMatch(/acknowledgement.*timed out/);
    await client.disconnect();
  }

  it('is requeued before the consumer timeout of the broker, whatever it waits for', async () => {
    const vhosts = await Promise.all([createVhost(broker), createVhost(broker)]);
    const circuitBreakerOpens = new FailingWorker(vhosts[0].url, new TypeError('a bad release'));
    const outage = new AppError('unavailable', 'database_unavailable', 'no database');
    const databaseIsUnavailable = new FailingWorker(vhosts[1].url, outage);
    const workers = [circuitBreakerOpens, databaseIsUnavailable];
    try {
      await Promise.all(workers.map((worker) => worker.receiveMessages()));
      // The message of this consumer is delivered after those of the workers. The broker checks each channel at another
      // time: after the second timeout it has checked all of them.
      await exceedConsumerTimeout();
      await exceedConsumerTimeout();
      expect(workers.map(({ losses }) => losses)).toEqual([[], []]);
      for (const { calls } of workers) expect(calls).toBeGreaterThan(0);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  }, 120_000);
});
