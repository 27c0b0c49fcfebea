import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The new columns of `orders` have no CHECK constraint, because adding one reads the whole table under an exclusive
 * lock. The API validates them (libs/domain/src/limits.ts).
 */
const TABLES = [
  // A row is written once, in the transaction of the effect, and never updated: see docs/adr/0022.
  `CREATE TABLE IF NOT EXISTS idempotency_keys (
     caller      text NOT NULL,
     key         text NOT NULL,
     fingerprint text NOT NULL,
     -- json, because jsonb sorts the fields of the stored answer
     answer      json NOT NULL,
     created_at  timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (caller, key)
   )`,
  'CREATE INDEX IF NOT EXISTS idempotency_keys_created_index ON idempotency_keys (created_at)',
  'ALTER TABLE orders ADD COLUMN IF NOT EXISTS reference text, ADD COLUMN IF NOT EXISTS metadata json',
];

const INDEXES = [
  // Orders without a reference have no entry.
  { name: 'orders_reference_index', on: 'orders (reference, id) WHERE reference IS NOT NULL' },
  { name: 'products_active_index', on: 'products (active, id)' },
];

/** Idempotency keys, the customer's reference and metadata of an order, and indexes for the filters of lists. */
export class Requests1766000002000 implements MigrationInterface {
  name = 'Requests1766000002000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. Each statement can be repeated. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    for (const statement of TABLES) await queryRunner.query(statement);
    // The tables are locked in a mode that no read and no write waits for, so there is no need for a lock timeout.
    const [before] = (await queryRunner.query('SHOW lock_timeout')) as [{ lock_timeout: string }];
    await queryRunner.query('SET lock_timeout = 0');
    for (const { name, on } of INDEXES) {
      if (await isValid(queryRunner, name)) continue;
      // An attempt that was interrupted leaves an invalid index.
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await queryRunner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
    }
    await queryRunner.query(`SET lock_timeout = '${before.lock_timeout}'`);
  }

  async down(queryRunner: QueryRunner) {
    for (const { name } of INDEXES) await queryRunner.query(`DROP INDEX IF EXISTS ${name}`);
    await queryRunner.query('ALTER TABLE orders DROP COLUMN reference, DROP COLUMN metadata');
    await queryRunner.query('DROP TABLE idempotency_keys');
  }
}

async function isValid(queryRunner: QueryRunner, index: string): Promise<boolean> {
  const rows = (await queryRunner.query(
    'SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND indisvalid',
    [index],
  )) as unknown[];
  return rows.length > 0;
}
