import type { DataSource } from 'typeorm';

/** Advisory lock that a process holds while it migrates, so that two processes migrate one after the other. */
const MIGRATION_LOCK = 7_346_001;

/** Runs all pending migrations of a connected data source. @returns the names of those that ran */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const lockConnection = dataSource.createQueryRunner();
  try {
    await lockConnection.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const migrations = await dataSource.runMigrations({ transaction: 'each' });
    return migrations.map(({ name }) => name);
  } finally {
    await lockConnection.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lockConnection.release();
  }
}
