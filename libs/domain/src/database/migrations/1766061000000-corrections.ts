import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently } from '../concurrent-indexes.js';

/** For the audit, which looks for the correction after a movement. */
const CORRECTIONS = { name: 'movements_corrections', on: 'movements (product_id, id) WHERE is_correction' };

/** Movements that correct a difference between the stock and its ledger (docs/adr/0042). */
export class Corrections1766061000000 implements MigrationInterface {
  name = 'Corrections1766061000000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. Each statement can be repeated. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await queryRunner.query(
      'ALTER TABLE movements ADD COLUMN IF NOT EXISTS is_correction boolean NOT NULL DEFAULT false',
    );
    await createIndexesConcurrently(queryRunner, [CORRECTIONS]);
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query('ALTER TABLE movements DROP COLUMN is_correction');
  }
}
