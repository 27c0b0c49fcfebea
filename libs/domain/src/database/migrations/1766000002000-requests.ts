import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently } from '../concurrent-indexes.js';

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
  {
    name: 'orders_reference_index',
    on: `orders ((reference COLLATE "C"), (created_at AT TIME ZONE 'UTC'), id) WHERE reference IS NOT NULL`,
  },
];

/** Idempotency keys, the customer's reference and metadata of an order, and indexes for the filters of lists. */
export class Requests1766000002000 implements MigrationInterface {
  name = 'Requests1766000002000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. Each statement can be repeated. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    for (const statement of TABLES) await queryRunner.query(statement);
    await createIndexesConcurrently(queryRunner, INDEXES);
  }

  async down(queryRunner: QueryRunner) {
    for (const { name } of INDEXES) await queryRunner.query(`DROP INDEX IF EXISTS ${name}`);
    await queryRunner.query('ALTER TABLE orders DROP COLUMN reference, DROP COLUMN metadata');
    await queryRunner.query('DROP TABLE idempotency_keys');
  }
}
