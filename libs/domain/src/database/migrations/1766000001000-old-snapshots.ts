import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently } from '../concurrent-indexes.js';

const INDEXES = [
  // The outbox is read by lease end from a remembered position.
  { name: 'outbox_lease_index', on: 'outbox (leased_until, id)' },
  // The current row version of a product's stock is the first one in this index, read backwards.
  { name: 'stock_current_index', on: 'stock (product_id, change_group)' },
];

/**
 * The index of stock cannot be unique: PostgreSQL would visit all row versions of the product at each update that writes
 * an index entry. The trigger refuses a second row of a product instead of the primary key.
 */
const ONE_ROW_PER_PRODUCT = [
  `CREATE OR REPLACE FUNCTION refuse_second_stock() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM 1 FROM products WHERE id = NEW.product_id FOR UPDATE;
     IF EXISTS (SELECT 1 FROM stock WHERE product_id = NEW.product_id) THEN
       RAISE EXCEPTION 'product % has a stock row already', NEW.product_id USING ERRCODE = 'unique_violation';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE OR REPLACE TRIGGER stock_once_per_product BEFORE INSERT OR UPDATE OF product_id ON stock
   FOR EACH ROW EXECUTE FUNCTION refuse_second_stock()`,
  'ALTER TABLE stock DROP CONSTRAINT IF EXISTS stock_pkey',
];

const UNDO = [
  'ALTER TABLE stock ADD CONSTRAINT stock_pkey PRIMARY KEY (product_id)',
  'DROP TRIGGER stock_once_per_product ON stock',
  'DROP FUNCTION refuse_second_stock',
  'DROP INDEX stock_current_index',
  'ALTER TABLE stock DROP COLUMN change_group',
  'DROP INDEX outbox_lease_index',
];

/** Access paths that do not read the dead row versions that an old snapshot keeps (docs/adr/0021). */
export class OldSnapshots1766000001000 implements MigrationInterface {
  name = 'OldSnapshots1766000001000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. Each statement can be repeated. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await queryRunner.query(
      'ALTER TABLE stock ADD COLUMN IF NOT EXISTS change_group bigint NOT NULL DEFAULT 0',
    );
    await createIndexesConcurrently(queryRunner, INDEXES);
    for (const statement of ONE_ROW_PER_PRODUCT) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of UNDO) await queryRunner.query(statement);
  }
}
