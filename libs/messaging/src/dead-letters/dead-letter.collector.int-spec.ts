import { AppError, createLogger, Metrics } from '@estoque/platform';
import type { ConsumeMessage } from 'amqplib';
import { createVhost, ExternalClient } from '../../../../test/support/broker.js';
import { nestedTables, publishRaw } from '../../../../test/support/hostile-messages.js';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { until } from '../../../../test/support/until.js';
import { MAX_BODY_BYTES } from '../contract/event.js';
import { Publisher } from '../rabbitmq/publisher.js';
import { DEAD_LETTER_QUEUE, topologyOf } from '../rabbitmq/topology.js';
import { DeadLetterCollector } from './dead-letter.collector.js';
import type { DeadLetters } from './dead-letters.js';
import type { NewDeadLetter } from './new-dead-letter.js';

const topology = topologyOf('samples', sampleEvents);
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe('DeadLetterCollector', () => {
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let client: ExternalClient;
  let publisher: Publisher;
  let collector: DeadLetterCollector;
  let stored: NewDeadLetter[];
  /** Replaces the database. */
  let record: (deadLetter: NewDeadLetter) => Promise<void>;
  beforeAll(async () => {
    vhost = await createVhost();
    client = await ExternalClient.connect(vhost.url);
    publisher = new Publisher([vhost.url], topology, logger);
    await until('the publisher', () => publisher.ready);
    const deadLetters = { record: (deadLetter: NewDeadLetter) => record(deadLetter) } as DeadLetters;
    collector = new DeadLetterCollector(
      [vhost.url],
      topology,
      sampleEvents,
      deadLetters,
      publisher,
      logger,
      new Metrics(),
    );
    expect(collector.unavailableReason).toContain('not connected');
    collector.start();
    await until('the collector', () => collector.unavailableReason === undefined);
  });
  beforeEach(() => {
    stored = [];
    record = (deadLetter) => Promise.resolve(void stored.push(deadLetter));
  });
  afterAll(async () => {
    await collector.stop();
    await publisher.close();
    await client.disconnect();
    await vhost.drop();
  });

  const publish = async (
    exchange: string,
    headers: Record<string, unknown>,
    { body = 'body', expiration }: { body?: string; expiration?: number } = {},
  ) => {
    client.channel.publish(exchange, 'sample.created', Buffer.from(body), { headers, expiration });
    await client.channel.waitForConfirms();
  };
  const next = () => until('a dead letter', () => stored.shift());

  it.each([
    [{ attempt: 3_000_000_000 }],
    [{ attempt: { deep: 1 } }],
    [{ 'x-death': [{ queue: 5 }] }],
    [{ 'x-death': 'text' }],
    [{ 'x-death': [null] }],
    [{ dead_letter_from: 5, dead_letter_reason: ['a'] }],
  ])('stores a message with the headers %j', async (headers) => {
    await publish('samples.dead', headers);
    expect(await next()).toMatchObject({ queue: 'unknown', reason: 'unknown', attempts: 1 });
  });

  it('stores a message whose headers cannot be decoded', async () => {
    const message = { exchange: 'samples.dead', routingKey: 'sample.created', body: Buffer.from('body') };
    await publishRaw(vhost.url, { ...message, headers: nestedTables(15_000) });
    expect(await next()).toMatchObject({ reason: 'invalid_headers', body: Buffer.from('body') });
  });

  it.each([
    ['a retry', 'samples.retry.v2', { retry_step: 1 }, 50],
    ['a retry without an expiration', 'samples.retry.v2', { retry_step: 1 }, undefined],
    ['a replay', 'samples.return.v2', {}, undefined],
    ['an unknown retry step', 'samples.retry.v2', { retry_step: 77 }, undefined],
  ])('stores a message of an unknown home queue: %s', async (_, exchange, headers, expiration) => {
    await publish(exchange, { home_queue: 'nowhere', ...headers }, { expiration });
    expect(await next()).toMatchObject({ queue: 'nowhere', reason: 'unroutable' });
  });

  it.each([
    ['samples.dead', {}],
    ['samples.dead', { dead_letter_from: 'sample_queue', dead_letter_code: 'bug', dead_letter_reason: 'x' }],
    ['samples.return.v2', { home_queue: 'nowhere' }],
    ['samples.dead', { home_queue: 'sample_queue' }],
    ['samples.unrouted', {}],
  ])('keeps as the reason that the body was truncated: %s %j', async (exchange, headers) => {
    await publish(exchange, headers, { body: 'x'.repeat(MAX_BODY_BYTES + 1) });
    const { reason, error, body } = await next();
    expect([reason, body.length]).toEqual(['body_too_large', MAX_BODY_BYTES]);
    expect(error).toContain(`the body has ${MAX_BODY_BYTES + 1} bytes (SHA-256 `);
  });

  it('reroutes a message of a home queue whose binding is missing', async () => {
    const home = { home_queue: 'sample_queue' };
    await client.channel.unbindQueue('sample_queue', 'samples.return.v2', '', { 'x-match': 'all', ...home });
    await publish('samples.return.v2', home);
    const message = await until('the message', () => client.take('sample_queue'));
    expect(message).toMatchObject({ properties: { headers: { rerouted: 1 } } });
    expect(stored).toEqual([]);
  });

  it('stores a message that cannot be stored as it is in a reduced form', async () => {
    record = (deadLetter) => {
      if (deadLetter.reason !== 'not_storable') throw new Error('value out of range');
      return Promise.resolve(void stored.push(deadLetter));
    };
    await publish('samples.dead', { custom: 'kept' });
    expect(await next()).toMatchObject({
      reason: 'not_storable',
      error: expect.stringContaining('value out of range') as string,
      headers: {},
      body: Buffer.from('body'),
    });
  });

  it('reports that messages are not stored, until they are', async () => {
    record = () => Promise.reject(new AppError('unavailable', 'database_unavailable', 'no database'));
    await publish('samples.dead', {});
    await until(
      'the report',
      () => collector.unavailableReason === '1 dead letters are not stored: no database',
    );
    record = (deadLetter) => Promise.resolve(void stored.push(deadLetter));
    await next();
    await until('the end of the report', () => collector.unavailableReason === undefined);
  });

  it('replaces a message that was delivered five times by a copy, which the broker counts from 0', async () => {
    const { channel } = client;
    await channel.prefetch(1);
    const deliveries: unknown[] = [];
    const consumed = new Promise<void>((resolve) => {
      const onMessage = async (message: ConsumeMessage) => {
        deliveries.push(message);
        if (deliveries.length === 5) await channel.cancel('first');
        channel.reject(message, true);
        if (deliveries.length === 5) resolve();
      };
      const options = { priority: 10, consumerTag: 'first' };
      void channel.consume(DEAD_LETTER_QUEUE, (message) => void onMessage(message!), options);
    });
    await channel.checkQueue(DEAD_LETTER_QUEUE);
    const headers = { dead_letter_from: 'sample_queue', dead_letter_code: 'bug', attempt: 4, custom: 'kept' };
    const publishing = jest.spyOn(publisher, 'publishCopy');
    await publish('samples.dead', headers);
    await consumed;
    expect(await next()).toMatchObject({
      queue: 'sample_queue',
      reason: 'bug',
      attempts: 4,
      headers: { custom: 'kept' },
    });
    expect(publishing).toHaveBeenCalledTimes(1);
  });
});
