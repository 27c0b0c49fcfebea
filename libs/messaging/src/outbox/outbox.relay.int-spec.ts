import { createLogger, Metrics } from '@estoque/platform';
import pg from 'pg';
import { createVhost, ExternalClient } from '../../../../test/support/broker.js';
import { createDatabase } from '../../../../test/support/database.js';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { until } from '../../../../test/support/until.js';
import { Publisher } from '../rabbitmq/publisher.js';
import { topologyOf } from '../rabbitmq/topology.js';
import type { SqlClient } from '@estoque/database';
import { OutboxRelay } from './outbox.relay.js';

const topology = topologyOf('things', sampleEvents);
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe('The outbox', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let pool: pg.Pool;
  let stranger: ExternalClient;
  let open: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    [database, vhost] = await Promise.all([createDatabase(), createVhost()]);
    pool = new pg.Pool({ connectionString: database.url });
    stranger = await ExternalClient.connect(vhost.url);
  });
  afterEach(async () => {
    for (const close of open.toReversed()) await close();
    open = [];
    await pool.query('TRUNCATE outbox');
  });
  afterAll(async () => {
    await stranger.disconnect();
    await pool.end();
    await Promise.all([database.drop(), vhost.drop()]);
  });

  /** Rows of a process that is no more: leased for so many seconds still. @returns their event ids */
  async function left(count: number, { leasedFor = -1 } = {}): Promise<string[]> {
    const { rows } = await pool.query<{ event_id: string }>(
      `INSERT INTO outbox (event_id, event, source, body, leased_until)
       SELECT gen_random_uuid(), 'thing.happened', 'gone', json_build_object('event', 'thing.happened', 'thing_id', thing),
              clock_timestamp() + make_interval(secs => $2)
       FROM generate_series(1, $1::integer) AS thing RETURNING event_id`,
      [count, leasedFor],
    );
    return rows.map((row) => row.event_id);
  }

  const rowsLeft = async () => (await pool.query('SELECT 1 FROM outbox')).rowCount;

  /** @returns how many rows it has claimed so far */
  async function relayTo(exchange: string) {
    const publisher = new Publisher([vhost.url], topology, logger);
    open.push(() => publisher.close());
    await until('the publisher is ready', () => publisher.ready);
    let claimed = 0;
    const statements: SqlClient = {
      query: async <Row>(sql: string, parameters?: unknown[]) =>
        (await pool.query(sql, parameters)).rows as Row[],
      queryWithAdvisoryLock: async <Row>(lock: number, sql: string, parameters?: unknown[]) => {
        const client = await pool.connect();
        try {
          await client.query('SELECT pg_advisory_lock($1)', [lock]);
          const { rows } = await client.query(sql, parameters);
          claimed += rows.length;
          return rows as Row[];
        } finally {
          await client.query('SELECT pg_advisory_unlock($1)', [lock]);
          client.release();
        }
      },
    };
    const relay = new OutboxRelay(publisher, exchange, sampleEvents, statements, logger, new Metrics());
    open.push(() => relay.stop());
    relay.start();
    return () => claimed;
  }

  async function takeAll(queue: string): Promise<string[]> {
    const ids: string[] = [];
    for (let message = await stranger.take(queue); message; message = await stranger.take(queue))
      ids.push(String(message.properties.messageId));
    return ids;
  }

  it('of a process that crashed is published, each row once, and what is still leased is left alone', async () => {
    const ids = await left(5);
    await left(1, { leasedFor: 3_600 });
    await relayTo('things');
    await until('only the leased row is left', async () => (await rowsLeft()) === 1);
    expect(await takeAll('thing_queue')).toEqual(ids);
    expect(await rowsLeft()).toBe(1);
  });

  it('keeps what no queue takes, until one does', async () => {
    await stranger.channel.assertExchange('lonely', 'topic');
    const ids = await left(3);
    const claimed = await relayTo('lonely');
    await until('all rows were tried twice', () => claimed() >= 6);
    expect(await rowsLeft()).toBe(3);
    await stranger.channel.assertQueue('late');
    await stranger.channel.bindQueue('late', 'lonely', '#');
    await until('the outbox is empty', async () => (await rowsLeft()) === 0);
    expect(await takeAll('late')).toEqual(ids);
  });

  it('keeps what the broker refuses, and only that', async () => {
    await stranger.channel.assertExchange('narrow', 'fanout');
    await stranger.channel.assertQueue('full', {
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await stranger.channel.bindQueue('full', 'narrow', '');
    await stranger.publish('', {}, 'narrow');
    await left(2);
    const claimed = await relayTo('narrow');
    await until('both rows were tried', () => claimed() >= 2);
    expect(await rowsLeft()).toBe(2);
    const published = async () => {
      await stranger.take('full');
      return (await rowsLeft()) === 0;
    };
    await until('the outbox is empty', published);
  });

  it('is shared by two relays, and none publishes what the other does', async () => {
    const ids = await left(3_000);
    const claims = await Promise.all([relayTo('things'), relayTo('things')]);
    await until('the outbox is empty', async () => (await rowsLeft()) === 0, { seconds: 30 });
    const taken = await takeAll('thing_queue');
    expect(taken.toSorted()).toEqual(ids.toSorted());
    for (const claimed of claims) expect(claimed()).toBeGreaterThan(0);
  });
});
