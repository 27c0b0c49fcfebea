import { connect } from 'amqplib';
import { createTransport } from 'nodemailer';
import { once } from 'node:events';
import pg from 'pg';
import { createVhost } from '../support/broker.js';
import { serverUrl } from '../support/environment.js';
import { until } from '../support/until.js';
import { MailSink } from './mail-sink.js';
import { Proxy, type Dependency, type Rule } from './proxy.js';
import type { Step } from './wire.js';

const portOf = (url: string) => Number(new URL(url).port);

/** A proxy before a real server, and what is seen at it. */
async function watched(neighbour: Dependency, target: number) {
  const seen: Step[] = [];
  let kills = 0;
  const proxy = await Proxy.start(neighbour, target, () => (kills += 1));
  proxy.onStep((step) => seen.push(step));
  const arm = (name: string, when: Rule['when'], more: Partial<Rule> = {}) =>
    proxy.arm({ match: (step) => step.name === name, when, then: 'kill', ...more });
  return { proxy, arm, names: () => seen.map(({ name }) => name), seen, kills: () => kills };
}

describe('A proxy before PostgreSQL', () => {
  let at: Awaited<ReturnType<typeof watched>>;
  const direct = new pg.Client(serverUrl('DATABASE'));
  const table = `proxy_${process.pid}`;
  beforeAll(async () => {
    at = await watched('postgres', portOf(serverUrl('DATABASE')));
    await direct.connect();
    await direct.query(`CREATE TABLE ${table} (id integer)`);
  });
  afterAll(async () => {
    await direct.query(`DROP TABLE ${table}`);
    await direct.end();
    await at.proxy.stop();
  });

  const client = async () => {
    const url = new URL(serverUrl('DATABASE'));
    url.port = String(at.proxy.port);
    const connected = new pg.Client(url.href);
    connected.on('error', () => undefined);
    await connected.connect();
    return connected;
  };
  /** Whether a transaction that inserts `id` is said to be committed. */
  const insert = async (id: number) => {
    const connected = await client();
    await connected.query('BEGIN');
    await connected.query(`INSERT INTO ${table} VALUES ($1)`, [id]);
    const told = await connected.query('COMMIT').then(
      () => true,
      () => false,
    );
    await connected.end().catch(() => undefined);
    return told;
  };
  const isThere = async (id: number) =>
    (await direct.query(`SELECT 1 FROM ${table} WHERE id = $1`, [id])).rowCount === 1;

  it('sees statements with their values, and what a commit commits', async () => {
    expect(await insert(1)).toBe(true);
    expect(at.seen).toContainEqual(
      expect.objectContaining({ name: 'statement', text: `INSERT INTO ${table} VALUES ($1)`, values: ['1'] }),
    );
    for (const name of ['commit', 'committed'])
      expect(at.seen.find((step) => step.name === name)?.text).toContain(`INSERT INTO ${table}`);
  });

  it('knows a prepared statement by its name', async () => {
    const connected = await client();
    const text = `SELECT 1 FROM ${table} WHERE id = $1`;
    for (const id of [7, 8]) await connected.query({ name: 'one', text, values: [id] });
    await connected.end();
    const values = at.seen.filter((step) => step.text === text).map((step) => step.values);
    expect(values).toEqual([['7'], ['8']]);
  });

  it.each([
    ['before', 'commit', false, false],
    ['unanswered', 'commit', false, true],
    ['after', 'committed', undefined, true],
  ] as const)('kills %s the %s', async (when, name, told, there) => {
    const id = { before: 10, unanswered: 11, after: 12 }[when];
    const kills = at.kills();
    const rule = at.arm(name, when);
    const answer = await insert(id);
    await until('the hit', () => rule.hits === 1);
    if (told !== undefined) expect(answer).toBe(told);
    expect(at.kills()).toBe(kills + 1);
    expect(await isThere(id)).toBe(there);
    // Once is enough.
    expect(await insert(id + 100)).toBe(true);
  });

  it('cuts and does not kill, as often as it is told, after those it lets pass', async () => {
    const kills = at.kills();
    const rule = at.arm('commit', 'before', { then: 'cut', times: 2, skip: 1 });
    const told = [await insert(20), await insert(21), await insert(22), await insert(23)];
    expect(told).toEqual([true, false, false, true]);
    expect([rule.hits, at.kills() - kills]).toEqual([2, 0]);
  });

  it('falls silent, and is dead to those who were connected even when it speaks again', async () => {
    const connected = await client();
    at.proxy.goSilent();
    const answer = connected.query('SELECT 1').then(
      () => 'answered',
      () => 'lost',
    );
    at.proxy.speakAgain();
    expect(await insert(30)).toBe(true);
    expect(await Promise.race([answer, Promise.resolve('silence')])).toBe('silence');
    expect(at.proxy.buryTheSilent()).toBe(1);
    expect(await answer).toBe('lost');
  });
});

describe('A proxy before RabbitMQ', () => {
  let at: Awaited<ReturnType<typeof watched>>;
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  beforeAll(async () => {
    at = await watched('rabbitmq', portOf(serverUrl('RABBITMQ')));
    vhost = await createVhost();
    await on(vhost.url, (channel) => channel.assertQueue('q'));
  });
  afterAll(async () => {
    await at.proxy.stop();
    await vhost.drop();
  });

  const through = () => {
    const url = new URL(vhost.url);
    url.port = String(at.proxy.port);
    return url.href;
  };
  type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>;
  async function on<Result>(url: string, work: (channel: Channel) => Promise<Result>) {
    const connection = await connect(url);
    connection.on('error', () => undefined);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    try {
      return await work(channel);
    } finally {
      // One that is cut while it closes says nothing more than that.
      await Promise.race([connection.close(), once(connection, 'close')]).catch(() => undefined);
    }
  }
  /** Whether a message is said to be taken. */
  const publish = (body: Buffer) =>
    on(through(), async (channel) => {
      channel.publish('', 'q', body);
      return Promise.race([
        channel.waitForConfirms().then(
          () => true,
          () => false,
        ),
        once(channel, 'close').then(() => false),
      ]);
    });
  const taken = () => on(vhost.url, async (channel) => (await channel.purgeQueue('q')).messageCount);

  it('sees a message of several frames pass, with its key and body', async () => {
    const body = Buffer.alloc(300_000, 'x');
    expect(await publish(body)).toBe(true);
    expect(at.names()).toEqual(['publish', 'published', 'confirm']);
    expect(at.seen[1]).toMatchObject({ text: ' q' });
    expect(at.seen[1]!.body!.equals(body)).toBe(true);
    expect(await taken()).toBe(1);
  });

  it.each([
    ['before', 'publish', false, 0],
    ['after', 'published', false, 1],
    ['before', 'confirm', false, 1],
    ['after', 'confirm', undefined, 1],
  ] as const)('kills %s the %s', async (when, name, told, count) => {
    const rule = at.arm(name, when);
    const answer = await publish(Buffer.from('{}'));
    await until('the hit', () => rule.hits === 1);
    if (told !== undefined) expect(answer).toBe(told);
    await until('what is forwarded to arrive', async () => (await taken()) === count);
  });

  it('sees deliveries, whether for the first time or again, and acks', async () => {
    await publish(Buffer.from('{}'));
    const receive = (ack: boolean) =>
      on(through(), async (channel) => {
        await new Promise<void>((resolve) => {
          void channel.consume('q', (message) => {
            if (ack) channel.ack(message!);
            resolve();
          });
        });
        await channel.checkQueue('q');
      });
    await until(
      'the message',
      async () => (await on(vhost.url, (channel) => channel.checkQueue('q'))).messageCount === 1,
    );
    at.seen.length = 0;
    const rule = at.arm('ack', 'before');
    await receive(true).catch(() => undefined);
    await until('the hit', () => rule.hits === 1);
    await receive(true);
    expect(at.seen.filter(({ name }) => name === 'deliver').map(({ redelivered }) => redelivered)).toEqual([
      false,
      true,
    ]);
    expect(at.names().filter((name) => name === 'ack')).toHaveLength(2);
    expect(await taken()).toBe(0);
  });

  it('cancels a consumer in the name of the broker', async () => {
    await on(through(), async (channel) => {
      const cancelled = new Promise<unknown>((resolve) => void channel.consume('q', resolve));
      await channel.checkQueue('q');
      at.proxy.cancelConsumers();
      expect(await cancelled).toBeNull();
    });
  });
});

describe('A proxy before a mail server', () => {
  let at: Awaited<ReturnType<typeof watched>>;
  const sink = new MailSink();
  beforeAll(async () => {
    await sink.start();
    at = await watched('smtp', sink.port);
  });
  afterAll(async () => {
    await at.proxy.stop();
    await sink.stop();
  });

  const send = async (id: string) => {
    const transport = createTransport({ host: '127.0.0.1', port: at.proxy.port });
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
  const copies = (id: string) => sink.mails.filter(({ messageId }) => messageId === `<${id}@x>`).length;

  it('sees the last line of a mail, and its answer', async () => {
    expect(await send('plain')).toBe(true);
    expect(at.names()).toEqual(['mail', 'accepted']);
    expect(at.seen[0]!.text).toContain('plain@x.example');
    expect(sink.mails).toMatchObject([{ to: 'plain@x.example', messageId: '<plain@x>' }]);
  });

  it.each([
    ['before', 'mail', false, 0],
    ['unanswered', 'mail', false, 1],
    ['after', 'accepted', undefined, 1],
  ] as const)('kills %s the %s', async (when, name, told, count) => {
    const rule = at.arm(name, when);
    const answer = await send(when);
    await until('the hit', () => rule.hits === 1);
    if (told !== undefined) expect(answer).toBe(told);
    expect(copies(when)).toBe(count);
  });

  it('meets a mail server that is busy, or refuses', async () => {
    sink.mood = {
      recipient: (address) => (address.startsWith('no') ? { code: 550, text: 'no' } : undefined),
    };
    expect([await send('nobody'), await send('somebody')]).toEqual([false, true]);
    sink.mood = { greeting: { code: 421, text: 'busy' } };
    expect(await send('busy')).toBe(false);
    sink.mood = {};
  });
});
