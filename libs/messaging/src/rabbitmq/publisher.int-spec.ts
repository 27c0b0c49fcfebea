import { createLogger } from '@estoque/platform';
import { createVhost, ExternalClient } from '../../../../test/support/broker.js';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { until } from '../../../../test/support/until.js';
import { Publisher } from './publisher.js';
import { topologyOf } from './topology.js';

const topology = topologyOf('things', sampleEvents);
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe('A publish', () => {
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let publisher: Publisher;
  let stranger: ExternalClient;
  beforeAll(async () => {
    vhost = await createVhost();
    publisher = new Publisher([vhost.url], topology, logger);
    await until('the publisher is ready', () => publisher.ready);
    stranger = await ExternalClient.connect(vhost.url);
  });
  afterAll(async () => {
    await publisher.close();
    await stranger.disconnect();
    await vhost.drop();
  });

  const publish = (exchange: string, key = 'thing.happened', messageId: string = crypto.randomUUID()) =>
    publisher.publish(exchange, key, Buffer.from('{}'), { messageId });
  const unavailable = { kind: 'unavailable', code: 'broker_unavailable' };

  it('that is confirmed lies in the queue, persistent', async () => {
    await publish('things', 'thing.happened', 'one');
    const message = await stranger.take('thing_queue');
    expect(message).toMatchObject({ properties: { messageId: 'one', deliveryMode: 2 } });
  });

  it('that no work queue is bound for is kept by the alternate exchange', async () => {
    await publish('things', 'nobody.listens', 'two');
    expect(await stranger.take('unrouted_queue')).toMatchObject({
      properties: { messageId: 'two' },
      fields: { routingKey: 'nobody.listens' },
    });
  });

  it('that no queue takes at all counts as not published, and its neighbours as published', async () => {
    await stranger.channel.assertExchange('lonely', 'topic');
    const answers = await Promise.allSettled([publish('things'), publish('lonely'), publish('things')]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(publish('lonely')).rejects.toMatchObject({
      ...unavailable,
      message: 'no queue takes thing.happened',
    });
    // Once there is a queue, the same message passes: no return is remembered.
    await stranger.channel.bindQueue('thing_queue', 'lonely', '#');
    await publish('lonely');
  });

  it('that the broker refuses, for the queue is full, counts as not published', async () => {
    await stranger.channel.assertQueue('full', {
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await stranger.channel.assertExchange('narrow', 'fanout');
    await stranger.channel.bindQueue('full', 'narrow', '');
    await publish('narrow');
    await expect(publish('narrow')).rejects.toMatchObject({
      ...unavailable,
      message: 'the broker refused the message',
    });
  });

  it('to an exchange that is not there fails, and the publisher comes back', async () => {
    await expect(publish('nowhere')).rejects.toMatchObject(unavailable);
    await until('publishing works again', () => publish('things').then(() => true));
  });

  it('without a connection fails at once', async () => {
    const away = new Publisher(['amqp://127.0.0.1:1'], topology, logger);
    try {
      await expect(
        away.publish('things', 'thing.happened', Buffer.from('{}'), { messageId: 'x' }),
      ).rejects.toMatchObject(unavailable);
    } finally {
      await away.close();
    }
  });
});
