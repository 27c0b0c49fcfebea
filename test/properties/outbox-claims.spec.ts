import { sqlClientOf } from '@estoque/database';
import { createDataSource } from '@estoque/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { ClaimPosition } from '../../libs/messaging/src/outbox/claim-position.js';
import { OutboxClaims } from '../../libs/messaging/src/outbox/outbox.claims.js';
import { countBuffers, holdSnapshot } from '../support/old-snapshots.js';
import { createDatabase } from '../support/database.js';
import { runConcurrently } from '../support/test-shop.js';
import { until } from '../support/until.js';

const INSERT = `INSERT INTO outbox (event_id, event, source, key, body, leased_until)
  SELECT gen_random_uuid(), 'sample.created', 'test', $2, '{}', clock_timestamp() + make_interval(secs => $3)
  FROM generate_series(1, $1::integer) RETURNING id`;

/** A transaction that wrote something before its events, as those of the apps do. */
const BEGIN = 'BEGIN; SELECT pg_current_xact_id()';

describe('Claims of the outbox', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let pool: pg.Pool;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 20 });
    dataSource = await createDataSource(database.url).initialize();
  });
  afterEach(() => pool.query('TRUNCATE outbox'));
  afterAll(async () => {
    await dataSource.destroy();
    await pool.end();
    await database.drop();
  });

  async function insertRows(count: number, { key = null as string | null, leasedFor = 0 } = {}) {
    const { rows } = await pool.query<{ id: string }>(INSERT, [count, key, leasedFor]);
    return rows.map(({ id }) => Number(id));
  }

  /** Runs one pass to its end. @returns the ids of the claimed rows, one list for each page */
  async function runPass(claims: OutboxClaims): Promise<number[][]> {
    const pages: number[][] = [];
    const claimPage = claims.startPass();
    for (let isLast = false; !isLast;) {
      const claim = await claimPage();
      pages.push(claim.rows.map(({ id }) => id));
      ({ isLast } = claim);
    }
    return pages;
  }
  const newClaims = (options = {}) => new OutboxClaims(sqlClientOf(dataSource), new ClaimPosition(options));

  it('claim each row of transactions that commit in any order and after any time, once', async () => {
    // Without an overlap, so that the proof by transaction ids alone has to find the late ones.
    const claims = newClaims({ overlapSeconds: 0.001, settledPassInterval: 0 });
    const claimed: number[] = [];
    let isWriting = true;
    const relay = (async () => {
      while (isWriting) claimed.push(...(await runPass(claims)).flat());
      claimed.push(...(await runPass(claims)).flat());
    })();
    const written = await runConcurrently(12, async (writer) => {
      const ids: number[] = [];
      for (let round = 0; round < 15; round++) {
        const client = await pool.connect();
        await client.query(BEGIN);
        const { rows } = await client.query<{ id: string }>(INSERT, [3, null, 0]);
        await sleep((writer * 7 + round * 13) % 120);
        const isCommitted = (writer + round) % 5 > 0;
        await client.query(isCommitted ? 'COMMIT' : 'ROLLBACK');
        client.release();
        if (isCommitted) ids.push(...rows.map(({ id }) => Number(id)));
      }
      return ids;
    });
    isWriting = false;
    await relay;
    expect(claimed.toSorted((a, b) => a - b)).toEqual(written.flat().toSorted((a, b) => a - b));
  });

  it('claim a row whose transaction committed long after the position had passed it', async () => {
    const claims = newClaims({ overlapSeconds: 0.001, settledPassInterval: 0.2 });
    const client = await pool.connect();
    await client.query(BEGIN);
    const { rows } = await client.query<{ id: string }>(INSERT, [1, null, 0]);
    for (let pass = 0; pass < 20; pass++) {
      expect((await runPass(claims)).flat()).toEqual([]);
      await insertRows(1).then((ids) => pool.query('DELETE FROM outbox WHERE id = ANY($1)', [ids]));
    }
    await client.query('COMMIT');
    client.release();
    await until('the late row is claimed', async () =>
      (await runPass(claims)).flat().includes(Number(rows[0]!.id)),
    );
  });

  it('claim rows with one key together, in their sequence, also if an earlier one waits since later', async () => {
    const claims = newClaims();
    const ids = await insertRows(3, { key: 'a' });
    await pool.query('UPDATE outbox SET leased_until = clock_timestamp() WHERE id = $1', [ids[0]]);
    expect(await runPass(claims)).toEqual([ids]);
  });

  it.each([
    ['leased', 60],
    ['locked', 0],
  ])('claim no row after a %s row with the same key, and claim it later', async (obstacle, leasedFor) => {
    // The position would move past the row, and no pass from the settled position would find it.
    const claims = newClaims({ overlapSeconds: 0.001, settledPassInterval: 3_600 });
    await runPass(claims);
    const [first] = await insertRows(1, { key: 'a', leasedFor });
    const [second] = await insertRows(1, { key: 'a' });
    const [other] = await insertRows(1, { key: 'b' });
    const client = await pool.connect();
    await client.query('BEGIN');
    if (obstacle === 'locked') await client.query('SELECT 1 FROM outbox WHERE id = $1 FOR UPDATE', [first]);
    expect(await runPass(claims)).toEqual([[other]]);
    expect(await runPass(claims)).toEqual([[]]);
    await client.query('ROLLBACK');
    client.release();
    if (obstacle === 'leased') await pool.query('DELETE FROM outbox WHERE id = $1', [first]);
    expect((await runPass(claims)).flat()).toEqual(obstacle === 'leased' ? [second] : [first, second]);
  });

  it('reach the rows behind more than a page of rows that cannot be claimed', async () => {
    const claims = newClaims();
    const keys = Array.from({ length: 600 }, (_, index) => `blocked-${index}`);
    for (const leasedFor of [60, 0])
      await pool.query(
        `INSERT INTO outbox (event_id, event, source, key, body, leased_until)
         SELECT gen_random_uuid(), 'sample.created', 'test', key, '{}', now() + make_interval(secs => $2)
         FROM unnest($1::text[]) AS key`,
        [keys, leasedFor],
      );
    const [behind] = await insertRows(1);
    expect((await runPass(claims)).flat()).toEqual([behind]);
  });

  it('claim nothing while another session holds the lock, and everything afterwards', async () => {
    const ids = await insertRows(2);
    const sqlClient = sqlClientOf(dataSource);
    const query = <Row>(sql: string, parameters?: unknown[]) => sqlClient.query<Row>(sql, parameters);
    // As a client that only tries to take the lock.
    let isLocked = true;
    const queryWithAdvisoryLock = <Row>(_: number, sql: string, parameters?: unknown[]) =>
      isLocked ? Promise.resolve<Row[]>([]) : query<Row>(sql, parameters);
    const claims = new OutboxClaims({ query, queryWithAdvisoryLock });
    expect(await runPass(claims)).toEqual([[]]);
    isLocked = false;
    expect((await runPass(claims)).flat()).toEqual(ids);
  });

  // With another index that contains the id, the plan of a deletion depends on the statistics of the moment: the planner
  // could read the whole index, with the entries of all rows that an old snapshot keeps (docs/adr/0021).
  it('find rows by id only in the primary key', async () => {
    const { rows } = await pool.query<{ index: string }>(
      `SELECT indexrelid::regclass::text AS index FROM pg_index
       JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
       WHERE indrelid = 'outbox'::regclass AND attname = 'id'`,
    );
    expect(rows.map(({ index }) => index)).toEqual(['outbox_pkey']);
  });

  describe('while an old snapshot keeps 20,000 deleted rows', () => {
    let endSnapshot: () => Promise<void>;
    beforeAll(async () => void (endSnapshot = await holdSnapshot(database.url)));
    afterAll(() => endSnapshot());

    it('touch a bounded number of pages, as does the measured depth', async () => {
      const buffers: number[] = [];
      const sqlClient = sqlClientOf(dataSource);
      const claims = new OutboxClaims({
        query: async <Row>(sql: string, parameters?: unknown[]) => {
          buffers.push(await countBuffers(dataSource, sql, parameters));
          return sqlClient.query<Row>(sql, parameters);
        },
        queryWithAdvisoryLock: async <Row>(lock: number, sql: string, parameters?: unknown[]) => {
          buffers.push(await countBuffers(dataSource, sql, parameters));
          return sqlClient.queryWithAdvisoryLock<Row>(lock, sql, parameters);
        },
      });
      await runPass(claims);
      await pool.query(
        `INSERT INTO outbox (event_id, event, source, key, body, leased_until)
         SELECT gen_random_uuid(), 'sample.created', 'test', n::text, '{}', now() - interval '10 seconds'
         FROM generate_series(1, 20000) AS n`,
      );
      await pool.query('DELETE FROM outbox');
      const [waiting] = await insertRows(1);
      buffers.length = 0;
      expect((await runPass(claims)).flat()).toEqual([waiting]);
      expect(await claims.measure()).toMatchObject({ depth: 1 });
      expect(buffers).toHaveLength(2);
      for (const count of buffers) expect(count).toBeLessThan(100);
      // The check itself: a statement that reads the table does touch the pages of the deleted rows.
      expect(await countBuffers(dataSource, 'SELECT count(*) FROM outbox')).toBeGreaterThan(200);
    });
  });
});
