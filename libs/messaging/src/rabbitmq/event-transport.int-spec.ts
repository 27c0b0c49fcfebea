import { createLogger, Metrics } from '@estoque/platform';
import { Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import { createVhost, ExternalClient } from '../../../../test/support/broker.js';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { until } from '../../../../test/support/until.js';
import { EventTransport } from './event-transport.js';
import { Publisher } from './publisher.js';
import { topologyOf } from './topology.js';

const QUEUE = 'sample_queue';
const topology = topologyOf('samples', sampleEvents);
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe('EventTransport', () => {
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let externalClient: ExternalClient;
  let publisher: Publisher;
  let transport: EventTransport;
  /** Ids of the samples whose handler has started, in this order. */
  let started: number[];
  let unfinished: Map<number, () => void>;
  /** Replaces the handler if it is set. */
  let handleInstead: ((sampleId: number) => Promise<void>) | undefined;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    vhost = await createVhost();
    externalClient = await ExternalClient.connect(vhost.url);
  });
  beforeEach(() => {
    started = [];
    unfinished = new Map();
    handleInstead = undefined;
    publisher = new Publisher([vhost.url], topology, logger);
    const options = { urls: [vhost.url], queue: QUEUE, topology, catalogue: sampleEvents };
    transport = new EventTransport(
      { ...options, prefetch: 10, retryDelaysMs: [1, 1, 1, 1] },
      publisher,
      logger,
      new Metrics(),
    );
    const handle = ({ sample_id }: { sample_id: number }) => {
      started.push(sample_id);
      if (handleInstead) return handleInstead(sample_id);
      return new Promise<void>((resolve) => unfinished.set(sample_id, resolve));
    };
    transport.addHandler('sample.created', handle, true);
  });
  afterEach(async () => {
    for (const finish of unfinished.values()) finish();
    if (transport.state !== 'closed') await transport.close();
    await publisher.close();
  });
  afterAll(async () => {
    await externalClient.disconnect();
    await vhost.drop();
  });

  async function publish(sample_id: number) {
    const body = Buffer.from(JSON.stringify({ event: 'sample.created', sample_id }));
    externalClient.channel.publish('samples', 'sample.created', body);
    await externalClient.channel.waitForConfirms();
  }
  /** A consumer with a higher priority receives the message first, and rejects it this many times. */
  async function publishRedelivered(
    sample_id: number,
    { previousDeliveries }: { previousDeliveries: number },
  ) {
    const { channel } = externalClient;
    await channel.prefetch(1);
    const rejected = new Promise<void>((resolve, reject) => {
      let deliveries = 0;
      const onMessage = async (message: ConsumeMessage) => {
        if (++deliveries === previousDeliveries) await channel.cancel('first');
        channel.reject(message, true);
        if (deliveries === previousDeliveries) resolve();
      };
      const options = { priority: 10, consumerTag: 'first' };
      channel.consume(QUEUE, (message) => void onMessage(message!).catch(reject), options).catch(reject);
    });
    await channel.checkQueue(QUEUE);
    await publish(sample_id);
    await rejected;
  }
  const haveStarted = (...ids: number[]) =>
    until(`${ids.join()} to start`, () => ids.every((id) => unfinished.has(id)));
  const finish = (id: number) => unfinished.get(id)!();
  const isInState = (state: string) => until(state, () => transport.state === state);

  it('passes through its states, and drains before it closes', async () => {
    expect(transport.state).toBe('connecting');
    expect(() => transport.assertConsuming()).toThrow('not connected yet');
    await transport.listen(() => undefined);
    await isInState('isolated');
    expect(() => transport.assertConsuming()).not.toThrow();
    await publish(1);
    await isInState('consuming');
    await publishRedelivered(2, { previousDeliveries: 1 });
    await isInState('isolated');
    finish(1);
    await haveStarted(2);

    const closed = transport.close();
    expect(transport.state).toBe('draining');
    expect(() => transport.assertConsuming()).toThrow('stopping');
    finish(2);
    await closed;
    expect(transport.state).toBe('closed');
    expect(await externalClient.depth(QUEUE)).toBe(0);
  });

  it('handles a redelivered message in isolation', async () => {
    await transport.listen(() => undefined);
    await publish(1);
    await isInState('consuming');
    await publish(2);
    await publishRedelivered(3, { previousDeliveries: 1 });
    await publish(4);
    await haveStarted(1, 2);
    await isInState('isolated');
    expect(started).toEqual([1, 2]);
    finish(1);
    finish(2);
    await haveStarted(3);
    expect(started).toEqual([1, 2, 3]);
    finish(3);
    await haveStarted(4);
    finish(4);
    await publish(5);
    await isInState('consuming');
    await haveStarted(5);
  });

  it('consumes again after its queue was deleted', async () => {
    await transport.listen(() => undefined);
    await isInState('isolated');
    await externalClient.channel.deleteQueue(QUEUE);
    await until('the loss is detected', () => transport.state === 'connecting');
    await isInState('isolated');
    await publish(1);
    await haveStarted(1);
  });

  it('dead-letters a message that was delivered five times without an acknowledgement, and does not handle it', async () => {
    await transport.listen(() => undefined);
    await publishRedelivered(1, { previousDeliveries: 5 });
    const deadLetter = await until('the dead letter', () => externalClient.take('dead_letter_queue'));
    expect(deadLetter).toMatchObject({ properties: { headers: { dead_letter_code: 'crashes_worker' } } });
    expect(started).toEqual([]);
  });

  it('moves no message to the dead letters while all messages fail, and handles all of them afterwards', async () => {
    const handled = new Set<number>();
    handleInstead = () => Promise.reject(new TypeError('a bad release'));
    await transport.listen(() => undefined);
    for (let id = 1; id <= 60; id++) await publish(id);
    await until('the circuit breaker to be open, and trial calls', () => started.length > 60);
    expect(() => transport.assertConsuming()).toThrow('circuit breaker open');
    handleInstead = (id) => Promise.resolve(void handled.add(id));
    await until('all messages to be handled', () => handled.size === 60, { seconds: 40 });
    expect(() => transport.assertConsuming()).not.toThrow();
    expect(await externalClient.depth('dead_letter_queue')).toBe(0);
  });
});
