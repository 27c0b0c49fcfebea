import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the low-stock alerts of the last hour. It has no entry for mails about orders. */
export class StockAlertIndex1766002500000 implements MigrationInterface {
  name = 'StockAlertIndex1766002500000';

  async up(queryRunner: QueryRunner) {
    await queryRunner.query(
      `CREATE INDEX notifications_stock_alert_index ON notifications (created_at) WHERE kind = 'low_stock'`,
    );
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query('DROP INDEX notifications_stock_alert_index');
  }
}
