import { MIGRATION_LOCK_TIMEOUT_MS, runMigrations, type MigrationOptions } from '@estoque/database';
import { createDataSource } from './data-source.js';

/** Runs all pending migrations. @returns the names of the migrations that ran */
export async function migrate(url: string, options?: MigrationOptions): Promise<string[]> {
  // A migration may build an index on a large table, so there is no time limit.
  const limits = { queryTimeoutMs: 0, lockTimeoutMs: MIGRATION_LOCK_TIMEOUT_MS };
  const dataSource = await createDataSource(url, { poolSize: 2, app: 'migrate', ...limits }).initialize();
  try {
    return await runMigrations(dataSource, options);
  } finally {
    await dataSource.destroy();
  }
}
