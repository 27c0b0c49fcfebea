import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Idempotency keys, the customer's reference and metadata of an order, and an index for the filter of products. It only
 * adds: the previous release works on this schema.
 *
 * The new columns of `orders` have no CHECK constraint, because adding one reads the whole table under an exclusive
 * lock. The API validates them (libs/domain/src/limits.ts).
 */
const STATEMENTS = [
  // A row is written once, in the transaction of the effect, and never updated: see docs/adr/0022.
  `CREATE TABLE idempotency_keys (
     caller      text NOT NULL,
     key         text NOT NULL,
     fingerprint text NOT NULL,
     -- json, because jsonb sorts the fields of the stored answer
     answer      json NOT NULL,
     created_at  timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (caller, key)
   )`,
  'CREATE INDEX idempotency_keys_created_index ON idempotency_keys (created_at)',
  'ALTER TABLE orders ADD COLUMN reference text, ADD COLUMN metadata json',
  // Orders without a reference have no entry.
  'CREATE INDEX orders_reference_index ON orders (reference, id) WHERE reference IS NOT NULL',
  'CREATE INDEX products_active_index ON products (active, id)',
];

export class Requests1766000002000 implements MigrationInterface {
  name = 'Requests1766000002000';

  async up(queryRunner: QueryRunner) {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query('DROP INDEX products_active_index');
    await queryRunner.query('ALTER TABLE orders DROP COLUMN reference, DROP COLUMN metadata');
    await queryRunner.query('DROP TABLE idempotency_keys');
  }
}
