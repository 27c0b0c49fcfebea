import pg from 'pg';
import type { DataSource } from 'typeorm';

/** Runs a statement and rolls it back. @returns the pages that it touched, in memory or on disk */
export async function countBuffers(
  dataSource: DataSource,
  sql: string,
  parameters: unknown[] = [],
): Promise<number> {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  try {
    const [row] = (await runner.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, parameters)) as {
      'QUERY PLAN': { Plan: Record<string, number> }[];
    }[];
    const { Plan: plan } = row!['QUERY PLAN'][0]!;
    return plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!;
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

/**
 * Opens a transaction whose snapshot keeps all rows that are deleted or replaced from now on. Its session has no time
 * limits, unlike those of the apps.
 *
 * @returns what ends it
 */
export async function holdSnapshot(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT 1');
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}
