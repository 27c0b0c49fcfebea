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

const topology = topologyOf('samples', sampleEvents);
const logger = createLogger('test', { LOG_LEVEL: 'silent' });

describe('OutboxRelay', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let pool: pg.Pool;
  let externalClient: ExternalClient;
  let cleanups: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    [database, vhost] = await Promise.all([createDatabase(), createVhost()]);
    pool = new pg.Pool({ connectionString: database.url });
    externalClient = await ExternalClient.connect(vhost.url);
  });
  afterEach(async () => {
    for (const cleanUp of cleanups.toReversed()) await cleanUp();
    cleanups = [];
    await pool.query('TRUNCATE outbox');
  });
  afterAll(async () => {
    await externalClient.disconnect();
    await pool.end();
    await Promise.all([database.drop(), vhost.drop()]);
  });

  /** Inserts rows as a crashed process leaves them, leased for another `leasedFor` seconds. @returns their event ids */
  async function insertRows(count: number, { leasedFor = -1 } = {}): Promise<string[]> {
    const { rows } = await pool.query<{ event_id: string }>(
      `INSERT INTO outbox (event_id, event, source, body, leased_until)
       SELECT gen_random_uuid(), 'sample.created', 'gone', json_build_object('event', 'sample.created', 'sample_id', sample_number),
              clock_timestamp() + make_interval(secs => $2)
       FROM generate_series(1, $1::integer) AS sample_number RETURNING event_id`,
      [count, leasedFor],
    );
    return rows.map((row) => row.event_id);
  }

  const countRows = async () => (await pool.query('SELECT 1 FROM outbox')).rowCount;

  /** Starts a relay. @returns a function that returns the number of rows that it has claimed so far */
  async function startRelay(exchange: string) {
    const publisher = new Publisher([vhost.url], topology, logger);
    cleanups.push(() => publisher.close());
    await until('the publisher is ready', () => publisher.ready);
    let claimed = 0;
    const sqlClient: SqlClient = {
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
    const relay = new OutboxRelay(publisher, exchange, sampleEvents, sqlClient, logger, new Metrics());
    cleanups.push(() => relay.stop());
    relay.start();
    return () => claimed;
  }

  /** Empties the queue. @returns the ids of its messages */
  async function takeAll(queue: string): Promise<string[]> {
    const ids: string[] = [];
    for (let message = await externalClient.take(queue); message; message = await externalClient.take(queue))
      ids.push(String(message.properties.messageId));
    return ids;
  }

  it('publishes each row of a crashed process once, and does not publish leased rows', async () => {
    const ids = await insertRows(5);
    await insertRows(1, { leasedFor: 3_600 });
    await startRelay('samples');
    await until('only the leased row remains', async () => (await countRows()) === 1);
    expect(await takeAll('sample_queue')).toEqual(ids);
    expect(await countRows()).toBe(1);
  });

  it('keeps rows for which no queue is bound, until one is bound', async () => {
    await externalClient.channel.assertExchange('unbound', 'topic');
    const ids = await insertRows(3);
    const claimed = await startRelay('unbound');
    await until('all rows were tried twice', () => claimed() >= 6);
    expect(await countRows()).toBe(3);
    await externalClient.channel.assertQueue('late');
    await externalClient.channel.bindQueue('late', 'unbound', '#');
    await until('the outbox is empty', async () => (await countRows()) === 0);
    expect(await takeAll('late')).toEqual(ids);
  });

  it('keeps rows that the broker refuses, until it accepts them', async () => {
    await externalClient.channel.assertExchange('narrow', 'fanout');
    await externalClient.channel.assertQueue('full', {
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await externalClient.channel.bindQueue('full', 'narrow', '');
    await externalClient.publish('', {}, 'narrow');
    await insertRows(2);
    const claimed = await startRelay('narrow');
    await until('both rows were tried', () => claimed() >= 2);
    expect(await countRows()).toBe(2);
    const makeSpaceAndCheck = async () => {
      await externalClient.take('full');
      return (await countRows()) === 0;
    };
    await until('the outbox is empty', makeSpaceAndCheck);
  });

  it('shares the rows with another relay, and publishes no row twice', async () => {
    const ids = await insertRows(3_000);
    const claimedCounts = await Promise.all([startRelay('samples'), startRelay('samples')]);
    await until('the outbox is empty', async () => (await countRows()) === 0, { seconds: 30 });
    const taken = await takeAll('sample_queue');
    expect(taken.toSorted()).toEqual(ids.toSorted());
    for (const claimed of claimedCounts) expect(claimed()).toBeGreaterThan(0);
  });
});
