import { createDatabase } from '../../../test/support/database.js';
import { Pool } from './pool.js';

describe('A connection of the pool that is lost', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let pool: Pool;
  beforeAll(async () => {
    database = await createDatabase();
    pool = new Pool({ connectionString: database.url, max: 1, limits: { queryTimeoutMs: 10_000 } });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('while a caller uses it fails the query of the caller, and does not end the process', async () => {
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = new Promise((resolve) => client.once('end', () => resolve(undefined)));
    const sleeping = expect(client.query('SELECT pg_sleep(30)')).rejects.toThrow();
    const other = new Pool({ connectionString: database.url, max: 1, limits: { queryTimeoutMs: 10_000 } });
    await other.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
    await other.end();
    await sleeping;
    await ended;
    client.release(true);
    expect((await pool.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
