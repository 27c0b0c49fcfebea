import { connect } from 'amqplib';
import { createTransport } from 'nodemailer';
import { once } from 'node:events';
import pg from 'pg';
import { createVhost } from '../support/broker.js';
import { serverUrl } from '../support/environment.js';
import { until } from '../support/until.js';
import { MailSink } from './mail-sink.js';
import { Proxy, type Dependency, type Rule } from './proxy.js';
import type { ProtocolStep } from './wire/wire.js';

const portOf = (url: string) => Number(new URL(url).port);

/** Starts a proxy to a real server, which records the protocol steps and counts kills instead of killing. */
async function startRecordingProxy(dependency: Dependency, targetPort: number) {
  const steps: ProtocolStep[] = [];
  let kills = 0;
  const proxy = await Proxy.start(dependency, targetPort, () => (kills += 1));
  proxy.onStep((step) => steps.push(step));
  const addRule = (stepName: string, when: Rule['when'], options: Partial<Rule> = {}) =>
    proxy.addRule({ match: ({ name }) => name === stepName, when, then: 'kill', ...options });
  return {
    proxy,
    addRule,
    steps,
    stepNames: () => steps.map(({ name }) => name),
    countKills: () => kills,
  };
}

type RecordingProxy = Awaited<ReturnType<typeof startRecordingProxy>>;

describe('A proxy to PostgreSQL', () => {
  let recording: RecordingProxy;
  const direct = new pg.Client(serverUrl('DATABASE'));
  const table = `proxy_${process.pid}`;
  beforeAll(async () => {
    recording = await startRecordingProxy('postgres', portOf(serverUrl('DATABASE')));
    await direct.connect();
    await direct.query(`CREATE TABLE ${table} (id integer)`);
  });
  afterAll(async () => {
    await direct.query(`DROP TABLE ${table}`);
    await direct.end();
    await recording.proxy.stop();
  });

  const connectThroughProxy = async () => {
    const url = new URL(serverUrl('DATABASE'));
    url.port = String(recording.proxy.port);
    const client = new pg.Client(url.href);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  /** @returns whether the client got a response to the commit of a transaction that inserts `id` */
  const insert = async (id: number) => {
    const client = await connectThroughProxy();
    await client.query('BEGIN');
    await client.query(`INSERT INTO ${table} VALUES ($1)`, [id]);
    const isConfirmed = await client.query('COMMIT').then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    return isConfirmed;
  };
  const exists = async (id: number) =>
    (await direct.query(`SELECT 1 FROM ${table} WHERE id = $1`, [id])).rowCount === 1;

  it('leads new connections to another server, and leaves open ones until they are cut', async () => {
    const { proxy } = recording;
    const targetPort = portOf(serverUrl('DATABASE'));
    const other = await Proxy.start('postgres', targetPort, () => undefined);
    const before = await connectThroughProxy();
    try {
      proxy.retarget(undefined);
      await expect(connectThroughProxy()).rejects.toThrow();
      proxy.retarget(other.port);
      const after = await connectThroughProxy();
      await expect(before.query('SELECT 1')).resolves.toBeDefined();
      proxy.cutConnectionsToOtherTargets();
      await expect(before.query('SELECT 1')).rejects.toThrow();
      await expect(after.query('SELECT 1')).resolves.toBeDefined();
      await after.end();
    } finally {
      proxy.retarget(targetPort);
      await before.end().catch(() => undefined);
      await other.stop();
    }
  });

  it('reads statements with their values, and the statements of a commit', async () => {
    expect(await insert(1)).toBe(true);
    expect(recording.steps).toContainEqual(
      expect.objectContaining({ name: 'statement', text: `INSERT INTO ${table} VALUES ($1)`, values: ['1'] }),
    );
    for (const name of ['commit', 'committed'])
      expect(recording.steps.find((step) => step.name === name)?.text).toContain(`INSERT INTO ${table}`);
  });

  it('recognizes a prepared statement by its name', async () => {
    const client = await connectThroughProxy();
    const text = `SELECT 1 FROM ${table} WHERE id = $1`;
    for (const id of [7, 8]) await client.query({ name: 'one', text, values: [id] });
    await client.end();
    const values = recording.steps.filter((step) => step.text === text).map((step) => step.values);
    expect(values).toEqual([['7'], ['8']]);
  });

  it.each([
    ['before', 'commit', false, false],
    ['unanswered', 'commit', false, true],
    // Undefined: the response may arrive before the connection is closed, or not.
    ['after', 'committed', undefined, true],
  ] as const)('kills once with a rule of kind %s for the step %s', async (when, name, confirmed, stored) => {
    const id = { before: 10, unanswered: 11, after: 12 }[when];
    const kills = recording.countKills();
    const rule = recording.addRule(name, when);
    const isConfirmed = await insert(id);
    await until('the hit', () => rule.hits === 1);
    if (confirmed !== undefined) expect(isConfirmed).toBe(confirmed);
    expect(recording.countKills()).toBe(kills + 1);
    expect(await exists(id)).toBe(stored);
    expect(await insert(id + 100)).toBe(true);
  });

  it('cuts the connection without a kill, `times` times, after it let `skip` steps pass', async () => {
    const kills = recording.countKills();
    const rule = recording.addRule('commit', 'before', { then: 'cut', times: 2, skip: 1 });
    const confirmed = [await insert(20), await insert(21), await insert(22), await insert(23)];
    expect(confirmed).toEqual([true, false, false, true]);
    expect([rule.hits, recording.countKills() - kills]).toEqual([2, 0]);
  });

  it('keeps silenced connections silent after the end of the silence', async () => {
    const client = await connectThroughProxy();
    recording.proxy.silence();
    const response = client.query('SELECT 1').then(
      () => 'answered',
      () => 'lost',
    );
    recording.proxy.endSilence();
    expect(await insert(30)).toBe(true);
    expect(await Promise.race([response, Promise.resolve('no response')])).toBe('no response');
    expect(recording.proxy.closeSilentConnections()).toBe(1);
    expect(await response).toBe('lost');
  });
});

describe('A proxy to RabbitMQ', () => {
  let recording: RecordingProxy;
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  beforeAll(async () => {
    recording = await startRecordingProxy('rabbitmq', portOf(serverUrl('RABBITMQ')));
    vhost = await createVhost();
    await withChannel(vhost.url, (channel) => channel.assertQueue('q'));
  });
  afterAll(async () => {
    await recording.proxy.stop();
    await vhost.drop();
  });

  const urlThroughProxy = () => {
    const url = new URL(vhost.url);
    url.port = String(recording.proxy.port);
    return url.href;
  };
  type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>;
  async function withChannel<Result>(url: string, work: (channel: Channel) => Promise<Result>) {
    const connection = await connect(url);
    connection.on('error', () => undefined);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    try {
      return await work(channel);
    } finally {
      // The promise of close() never settles if the connection is cut while it closes.
      await Promise.race([connection.close(), once(connection, 'close')]).catch(() => undefined);
    }
  }
  /** @returns whether the publisher got a confirm */
  const publish = (body: Buffer) =>
    withChannel(urlThroughProxy(), async (channel) => {
      channel.publish('', 'q', body);
      return Promise.race([
        channel.waitForConfirms().then(
          () => true,
          () => false,
        ),
        once(channel, 'close').then(() => false),
      ]);
    });
  /** @returns how many messages were in the queue */
  const purge = () => withChannel(vhost.url, async (channel) => (await channel.purgeQueue('q')).messageCount);

  it('reads a message of several frames with its routing key and body', async () => {
    const body = Buffer.alloc(300_000, 'x');
    expect(await publish(body)).toBe(true);
    expect(recording.stepNames()).toEqual(['publish', 'published', 'confirm', 'connection close']);
    expect(recording.steps[1]).toMatchObject({ text: ' q' });
    expect(recording.steps[1]!.body!.equals(body)).toBe(true);
    expect(await purge()).toBe(1);
  });

  it.each([
    ['before', 'publish', false, 0],
    ['after', 'published', false, 1],
    ['before', 'confirm', false, 1],
    ['after', 'confirm', undefined, 1],
  ] as const)('kills with a rule of kind %s for the step %s', async (when, name, confirmed, count) => {
    const rule = recording.addRule(name, when);
    const isConfirmed = await publish(Buffer.from('{}'));
    await until('the hit', () => rule.hits === 1);
    if (confirmed !== undefined) expect(isConfirmed).toBe(confirmed);
    await until('forwarded messages to arrive', async () => (await purge()) === count);
  });

  it('reads deliveries, redeliveries and acks', async () => {
    await publish(Buffer.from('{}'));
    const consumeOne = () =>
      withChannel(urlThroughProxy(), async (channel) => {
        await new Promise<void>((resolve) => {
          void channel.consume('q', (message) => {
            channel.ack(message!);
            resolve();
          });
        });
        await channel.checkQueue('q');
      });
    await until(
      'the message',
      async () => (await withChannel(vhost.url, (channel) => channel.checkQueue('q'))).messageCount === 1,
    );
    recording.steps.length = 0;
    const rule = recording.addRule('ack', 'before');
    await consumeOne().catch(() => undefined);
    await until('the hit', () => rule.hits === 1);
    await consumeOne();
    const deliveries = recording.steps.filter(({ name }) => name === 'deliver');
    expect(deliveries.map(({ redelivered }) => redelivered)).toEqual([false, true]);
    expect(recording.stepNames().filter((name) => name === 'ack')).toHaveLength(2);
    expect(await purge()).toBe(0);
  });

  it('cancels a consumer as the broker does', async () => {
    await withChannel(urlThroughProxy(), async (channel) => {
      const cancelled = new Promise<unknown>((resolve) => void channel.consume('q', resolve));
      await channel.checkQueue('q');
      recording.proxy.cancelConsumers();
      expect(await cancelled).toBeNull();
    });
  });
});

describe('A proxy to a mail server', () => {
  let recording: RecordingProxy;
  const mailSink = new MailSink();
  beforeAll(async () => {
    await mailSink.start();
    recording = await startRecordingProxy('smtp', mailSink.port);
  });
  afterAll(async () => {
    await recording.proxy.stop();
    await mailSink.stop();
  });

  /** @returns whether the sender got a positive reply */
  const send = async (id: string) => {
    const transport = createTransport({ host: '127.0.0.1', port: recording.proxy.port });
    const mail = {
      from: 'a@x.example',
      to: `${id}@x.example`,
      messageId: `<${id}@x>`,
      text: 'one\n.\n..two',
    };
    return transport.sendMail(mail).then(
      () => true,
      () => false,
    );
  };
  const countCopies = (id: string) =>
    mailSink.mails.filter(({ messageId }) => messageId === `<${id}@x>`).length;

  it('reads the last line of a mail and the reply to it', async () => {
    expect(await send('plain')).toBe(true);
    expect(recording.stepNames()).toEqual(['mail', 'accepted']);
    expect(recording.steps[0]!.text).toContain('plain@x.example');
    expect(mailSink.mails).toMatchObject([{ to: 'plain@x.example', messageId: '<plain@x>' }]);
  });

  it.each([
    ['before', 'mail', false, 0],
    ['unanswered', 'mail', false, 1],
    ['after', 'accepted', undefined, 1],
  ] as const)('kills with a rule of kind %s for the step %s', async (when, name, confirmed, count) => {
    const rule = recording.addRule(name, when);
    const isConfirmed = await send(when);
    await until('the hit', () => rule.hits === 1);
    if (confirmed !== undefined) expect(isConfirmed).toBe(confirmed);
    expect(countCopies(when)).toBe(count);
  });

  it('forwards refusals of a recipient and of a connection', async () => {
    mailSink.refusals = {
      recipient: (address) => (address.startsWith('refused') ? { code: 550, text: 'no' } : undefined),
    };
    expect([await send('refused'), await send('welcome')]).toEqual([false, true]);
    mailSink.refusals = { greeting: { code: 421, text: 'busy' } };
    expect(await send('busy')).toBe(false);
    mailSink.refusals = {};
  });
});
