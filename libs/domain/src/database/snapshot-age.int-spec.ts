import { sqlClientOf } from '@estoque/database';
import pg from 'pg';
import { createDatabase } from '../../../../test/support/database.js';
import { until } from '../../../../test/support/until.js';
import { createDataSource } from './data-source.js';
import { SnapshotAge } from './snapshot-age.js';

describe('The age of the oldest snapshot', () => {
  it('is that of an idle transaction that has read something, until it ends', async () => {
    const database = await createDatabase();
    const dataSource = await createDataSource(database.url, { poolSize: 1 }).initialize();
    const holder = new pg.Client(database.url);
    await holder.connect();
    try {
      await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await holder.query('SELECT 1');
      const startedAt = performance.now();
      const secondsSinceStart = () => (performance.now() - startedAt) / 1_000;
      const read = () => new SnapshotAge(sqlClientOf(dataSource)).read();
      await until('an age of two seconds', async () => (await read()) > 2);
      await holder.query('ROLLBACK');
      // Other tests on this server open transactions too.
      const isOfLaterTransaction = async () => secondsSinceStart() > (await read());
      await until('the age to be that of a later transaction', isOfLaterTransaction, { seconds: 50 });
    } finally {
      await holder.end();
      await dataSource.destroy();
      await database.drop();
    }
  });
});
