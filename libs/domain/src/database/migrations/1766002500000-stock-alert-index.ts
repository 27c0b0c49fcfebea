import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently } from '../concurrent-indexes.js';

/** Finds the low-stock alerts of the last hour. It has no entry for mails about orders. */
export class StockAlertIndex1766002500000 implements MigrationInterface {
  name = 'StockAlertIndex1766002500000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await createIndexesConcurrently(queryRunner, [
      { name: 'notifications_stock_alert_index', on: `notifications (created_at) WHERE kind = 'low_stock'` },
    ]);
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query('DROP INDEX notifications_stock_alert_index');
  }
}
