import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { createHash } from 'node:crypto';
import { createVhost } from '../../../../test/support/broker.js';
import { nestedTables, publishRaw } from '../../../../test/support/hostile-messages.js';
import { until } from '../../../../test/support/until.js';
import { MAX_BODY_BYTES } from '../contract/event.js';
import { boundMessages, defectOf } from './bounded-messages.js';

/** The largest body that the broker of the tests accepts, as in production: `max_message_size`. */
const LARGEST_BODY_BYTES = 16 * 1024 ** 2;

/** A table that contains a table that contains a table ... */
const nested = (levels: number) => {
  const value: Record<string, unknown> = {};
  let inner = value;
  for (let level = 1; level < levels; level++) inner = inner.a = {} as Record<string, unknown>;
  return value;
};

describe('boundMessages', () => {
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let publishing: ChannelModel;
  let consuming: ChannelModel;
  let channel: Channel;
  let received: ConsumeMessage[];
  beforeAll(async () => {
    vhost = await createVhost();
    publishing = await connect(vhost.url);
    consuming = await connect(vhost.url);
    consuming.on('error', () => undefined);
    channel = await consuming.createChannel();
    channel.on('error', () => undefined);
    boundMessages(channel);
    await channel.assertQueue('queue');
    await channel.consume('queue', (message) => void received.push(message!), { noAck: true });
  });
  beforeEach(() => (received = []));
  afterAll(async () => {
    await publishing.close();
    await consuming.close();
    await vhost.drop();
  });

  const publish = async (
    body: Buffer,
    headers: Record<string, unknown>,
    contentType = 'application/json',
  ) => {
    const confirming = await publishing.createConfirmChannel();
    confirming.sendToQueue('queue', body, { headers, contentType, messageId: 'one' });
    await confirming.waitForConfirms();
    await confirming.close();
  };
  const next = () => until('a message', () => received.shift());

  it('changes no message within the bounds', async () => {
    const headers = { text: 'ã'.repeat(1_000), list: [1, { deep: [true, null] }], table: nested(10) };
    const body = Buffer.alloc(MAX_BODY_BYTES, 'x');
    await publish(body, headers);
    const message = await next();
    expect(defectOf(message)).toBeUndefined();
    expect(message.properties).toMatchObject({ headers, messageId: 'one', contentType: 'application/json' });
    expect(message.content.equals(body)).toBe(true);
  });

  it.each([
    ['nested 400 levels deep', nested(400), 'nested deeper than 16 levels'],
    ['larger than the maximum', { text: 'x'.repeat(40_000) }, 'the properties have 40'],
    ['that are many', Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`h${i}`, 1])), 'bytes'],
  ])('removes headers %s, and keeps body and properties', async (_, headers, reason) => {
    await publish(Buffer.from('{}'), headers);
    const message = await next();
    expect(defectOf(message)).toMatchObject({
      code: 'invalid_headers',
      reason: expect.stringContaining(reason) as string,
    });
    expect(message.properties).toMatchObject({
      headers: {},
      messageId: 'one',
      contentType: 'application/json',
    });
    expect(message.content.toString()).toBe('{}');
  });

  it('survives tables nested 15,000 levels deep, which overflow the stack of the decoder', async () => {
    await publishRaw(vhost.url, {
      routingKey: 'queue',
      headers: nestedTables(15_000),
      body: Buffer.from('{"a": 1}'),
    });
    const message = await next();
    expect(defectOf(message)?.code).toBe('invalid_headers');
    expect(message.content.toString()).toBe('{"a": 1}');
    await publish(Buffer.from('next'), {});
    expect((await next()).content.toString()).toBe('next');
  });

  it('keeps the first MiB of a larger body, and notes its size and hash', async () => {
    const body = Buffer.alloc(LARGEST_BODY_BYTES, 'abcdefg');
    await publish(body, {});
    await publish(Buffer.from('next'), {});
    const message = await next();
    expect(message.content.equals(body.subarray(0, MAX_BODY_BYTES))).toBe(true);
    const hash = createHash('sha256').update(body).digest('hex');
    expect(defectOf(message)).toEqual({
      code: 'body_too_large',
      reason: `the body has ${LARGEST_BODY_BYTES} bytes (SHA-256 ${hash}); only the first 1048576 are kept`,
    });
    expect((await next()).content.toString()).toBe('next');
  });
});
