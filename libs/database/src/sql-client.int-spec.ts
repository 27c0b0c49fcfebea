import { createDataSource } from '@estoque/domain';
import type { DataSource } from 'typeorm';
import { createDatabase } from '../../../test/support/database.js';
import { sqlClientOf } from './sql-client.js';

describe('queryWithAdvisoryLock', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await createDataSource(database.url).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('returns the rows, and none at once while another session holds the lock', async () => {
    const query = () =>
      sqlClientOf(dataSource).queryWithAdvisoryLock<{ one: number }>(4713, 'SELECT 1 AS one');
    await dataSource.transaction(async (holder) => {
      await holder.query('SELECT pg_advisory_xact_lock(4713)');
      const startedAt = performance.now();
      expect(await query()).toEqual([]);
      expect(performance.now() - startedAt).toBeLessThan(400);
    });
    expect(await query()).toEqual([{ one: 1 }]);
  });
});
