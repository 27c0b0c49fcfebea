import type { QueryRunner } from 'typeorm';

/** An index by its name, and what follows ON in CREATE INDEX. */
export interface Index {
  name: string;
  on: string;
  isUnique?: boolean;
}

/**
 * Creates indexes without blocking writes. The migration must not run in a transaction (`transaction = false`). It can be
 * repeated: an index that exists is kept, and an invalid one, which an interrupted attempt leaves, is created again.
 */
export async function createIndexesConcurrently(queryRunner: QueryRunner, indexes: readonly Index[]) {
  await withoutLockTimeout(queryRunner, async () => {
    for (const { name, on, isUnique } of indexes) {
      if (await isValid(queryRunner, name)) continue;
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await queryRunner.query(`CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${name} ON ${on}`);
    }
  });
}

/** Removes an index without blocking reads or writes. */
export async function dropIndexConcurrently(queryRunner: QueryRunner, name: string) {
  await withoutLockTimeout(queryRunner, async () => {
    await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  });
}

/** The table is locked in a mode that no read and no write waits for, so there is no need for a lock timeout. */
async function withoutLockTimeout(queryRunner: QueryRunner, work: () => Promise<void>) {
  const [before] = (await queryRunner.query('SHOW lock_timeout')) as [{ lock_timeout: string }];
  await queryRunner.query('SET lock_timeout = 0');
  try {
    await work();
  } finally {
    // The connection returns to the pool, and a later attempt must not wait without a limit.
    await queryRunner.query(`SET lock_timeout = '${before.lock_timeout}'`);
  }
}

async function isValid(queryRunner: QueryRunner, index: string): Promise<boolean> {
  const rows = (await queryRunner.query(
    'SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND indisvalid',
    [index],
  )) as unknown[];
  return rows.length > 0;
}
