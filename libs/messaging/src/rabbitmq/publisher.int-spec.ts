import { createLogger } from '@estoque/platform';
import { createVhost, ExternalClient } from '../../../../test/support/broker.js';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { until } from '../../../../test/support/until.js';
import { Publisher } from './publisher.js';
import { topologyOf } from './topology.js';

const topology = topologyOf('samples', sampleEvents);
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe('Publisher', () => {
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let publisher: Publisher;
  let externalClient: ExternalClient;
  beforeAll(async () => {
    vhost = await createVhost();
    publisher = new Publisher([vhost.url], topology, logger);
    await until('the publisher is ready', () => publisher.ready);
    externalClient = await ExternalClient.connect(vhost.url);
  });
  afterAll(async () => {
    await publisher.close();
    await externalClient.disconnect();
    await vhost.drop();
  });

  const publish = (exchange: string, key = 'sample.created', messageId: string = crypto.randomUUID()) =>
    publisher.publish(exchange, key, Buffer.from('{}'), { messageId });
  const unavailable = { kind: 'unavailable', code: 'broker_unavailable' };

  it('resolves when the message is in the queue, and makes it persistent', async () => {
    await publish('samples', 'sample.created', 'one');
    const message = await externalClient.take('sample_queue');
    expect(message).toMatchObject({ properties: { messageId: 'one', deliveryMode: 2 } });
  });

  it('publishes a message for which no work queue is bound through the alternate exchange', async () => {
    await publish('samples', 'sample.unknown', 'two');
    expect(await externalClient.take('unrouted_queue')).toMatchObject({
      properties: { messageId: 'two' },
      fields: { routingKey: 'sample.unknown' },
    });
  });

  it('rejects a message that reaches no queue, and no other message', async () => {
    await externalClient.channel.assertExchange('unbound', 'topic');
    const results = await Promise.allSettled([publish('samples'), publish('unbound'), publish('samples')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(publish('unbound')).rejects.toMatchObject({
      ...unavailable,
      message: 'no queue is bound for sample.created',
    });
    // The earlier returns have no effect on a later publish.
    await externalClient.channel.bindQueue('sample_queue', 'unbound', '#');
    await publish('unbound');
  });

  it('restores a lost binding when it declares the topology again', async () => {
    await externalClient.channel.purgeQueue('sample_queue');
    await externalClient.channel.unbindQueue('sample_queue', 'samples', 'sample.created');
    await publish('samples', 'sample.created', 'lost');
    expect(await externalClient.take('sample_queue')).toBe(false);
    await publisher.redeclareTopology();
    await publish('samples', 'sample.created', 'restored');
    expect(await externalClient.take('sample_queue')).toMatchObject({
      properties: { messageId: 'restored' },
    });
  });

  it('rejects a message that the broker refuses because the queue is full', async () => {
    await externalClient.channel.assertQueue('full', {
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await externalClient.channel.assertExchange('narrow', 'fanout');
    await externalClient.channel.bindQueue('full', 'narrow', '');
    await publish('narrow');
    await expect(publish('narrow')).rejects.toMatchObject({
      ...unavailable,
      message: 'the broker refused the message',
    });
  });

  it('rejects a message to a missing exchange, and recovers', async () => {
    await expect(publish('missing')).rejects.toMatchObject(unavailable);
    await until('publishing works again', () => publish('samples').then(() => true));
  });

  it('rejects immediately without a connection', async () => {
    const disconnected = new Publisher(['amqp://127.0.0.1:1'], topology, logger);
    try {
      await expect(
        disconnected.publish('samples', 'sample.created', Buffer.from('{}'), { messageId: 'x' }),
      ).rejects.toMatchObject(unavailable);
    } finally {
      await disconnected.close();
    }
  });
});
