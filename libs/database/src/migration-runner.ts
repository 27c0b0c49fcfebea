import { isLockTimeout } from '@estoque/platform';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { RowLocked } from './database.errors.js';

/** Advisory lock that a process holds while it migrates, so that two processes migrate one after the other. */
const MIGRATION_LOCK = 7_346_001;

/**
 * Lock timeout of a migration. While a migration waits for a table, every later statement on that table waits behind it:
 * it must give up well before those reach their own lock timeout.
 */
export const MIGRATION_LOCK_TIMEOUT_MS = 100;

const WAIT_MS = { first: 500, max: 10_000 };
const MAX_TOTAL_WAIT_MS = 600_000;

export interface MigrationOptions {
  /** Receives a line of text before each wait. */
  log?: (text: string) => void;
  /** After this time without the lock, the migration fails. Default: 10 minutes. */
  maxWaitMs?: number;
  /** Runs after the migrations, under the same lock. */
  finish?: (connection: QueryRunner) => Promise<void>;
}

/**
 * Runs all pending migrations of a connected data source, each in a transaction of its own. A migration that does not
 * get a lock is rolled back and tried again, with growing waits between the tries.
 *
 * @returns the names of those that ran
 * @throws the error of a migration, or of the lock timeout after `maxWaitMs`
 */
export async function runMigrations(
  dataSource: DataSource,
  options: MigrationOptions = {},
): Promise<string[]> {
  const lockConnection = dataSource.createQueryRunner();
  try {
    await repeatWhileLocked(() => tryLock(lockConnection), options);
    const namesBefore = await executedMigrations(lockConnection);
    await repeatWhileLocked(() => dataSource.runMigrations({ transaction: 'each' }), options);
    await repeatWhileLocked(() => options.finish?.(lockConnection) ?? Promise.resolve(), options);
    return (await executedMigrations(lockConnection)).filter((name) => !namesBefore.includes(name));
  } finally {
    await lockConnection.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lockConnection.release();
  }
}

/**
 * Does not wait in PostgreSQL: a statement that waits holds a snapshot, and CREATE INDEX CONCURRENTLY of the process that
 * has the lock would wait for that snapshot, which is a deadlock.
 */
async function tryLock(connection: QueryRunner) {
  const [row] = (await connection.query('SELECT pg_try_advisory_lock($1) AS is_held', [MIGRATION_LOCK])) as {
    is_held: boolean;
  }[];
  if (!row!.is_held) throw new RowLocked(['the lock of another migration']);
}

async function executedMigrations(connection: QueryRunner): Promise<string[]> {
  const [table] = (await connection.query(`SELECT to_regclass('migrations') IS NOT NULL AS exists`)) as {
    exists: boolean;
  }[];
  if (!table!.exists) return [];
  const rows = (await connection.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
  return rows.map(({ name }) => name);
}

/** Repeats `work` with growing waits while it fails because another session holds a lock. */
async function repeatWhileLocked(
  work: () => Promise<unknown>,
  { log = () => undefined, maxWaitMs = MAX_TOTAL_WAIT_MS }: MigrationOptions,
) {
  const end = performance.now() + maxWaitMs;
  for (let wait = WAIT_MS.first; ; wait = Math.min(wait * 2, WAIT_MS.max)) {
    try {
      await work();
      return;
    } catch (error) {
      const isLocked = isLockTimeout(error) || error instanceof RowLocked;
      if (!isLocked || performance.now() + wait > end) throw error;
      log(`waiting for a lock, next try in ${wait} ms: ${(error as Error).message}`);
      await sleep(wait);
    }
  }
}
