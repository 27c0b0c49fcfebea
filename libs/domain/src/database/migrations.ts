import { runMigrations } from '@estoque/database';
import { createDataSource } from './data-source.js';

/** Runs all pending migrations. @returns the names of the migrations that ran */
export async function migrate(url: string): Promise<string[]> {
  // A migration may build an index on a large table, so there is no time limit.
  const options = { poolSize: 2, app: 'migrate', queryTimeoutMs: 0 };
  const dataSource = await createDataSource(url, options).initialize();
  try {
    return await runMigrations(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
