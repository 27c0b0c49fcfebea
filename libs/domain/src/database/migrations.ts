import { createDataSource } from './data-source.js';

/** Two processes that migrate at once take turns: this lock is held for the whole run. */
const MIGRATION_LOCK = 7_346_001;

/** Brings a database up to the newest migration. @returns the names of those that were run */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = await createDataSource(url, {
    ...{ poolSize: 2, app: 'migrate' },
    // An index on a large table takes its time.
    queryTimeoutMs: 0,
  }).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await dataSource.destroy();
  }
}
