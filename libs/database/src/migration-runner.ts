import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';

/** Advisory lock that a process holds while it migrates, so that two processes migrate one after the other. */
const MIGRATION_LOCK = 7_346_001;
const LOCK_POLL_MS = 50;

/** Runs all pending migrations of a connected data source. @returns the names of those that ran */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const lockConnection = dataSource.createQueryRunner();
  try {
    await acquireLock(lockConnection);
    const migrations = await dataSource.runMigrations({ transaction: 'each' });
    return migrations.map(({ name }) => name);
  } finally {
    await lockConnection.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lockConnection.release();
  }
}

/**
 * Polls instead of waiting in PostgreSQL: a statement that waits holds a snapshot, and CREATE INDEX CONCURRENTLY of the
 * process that has the lock would wait for that snapshot, which is a deadlock.
 */
async function acquireLock(connection: QueryRunner) {
  const tryLock = () =>
    connection.query('SELECT pg_try_advisory_lock($1) AS locked', [MIGRATION_LOCK]) as Promise<
      [{ locked: boolean }]
    >;
  while (!(await tryLock())[0].locked) await sleep(LOCK_POLL_MS);
}
