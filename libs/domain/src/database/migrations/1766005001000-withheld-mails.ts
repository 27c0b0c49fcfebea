import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently, dropIndexConcurrently, type Index } from '../concurrent-indexes.js';

/** For the list of withheld mails. It has no entry for other mails. */
const WITHHELD: Index = {
  name: 'notifications_withheld_index',
  on: `notifications (id) WHERE state = 'withheld'`,
};

/** Counted the low-stock alerts of the last hour. Without it, the previous release does that more slowly. */
const REPLACED: Index = {
  name: 'notifications_stock_alert_index',
  on: `notifications (created_at) WHERE kind = 'low_stock'`,
};

export class WithheldMails1766005001000 implements MigrationInterface {
  name = 'WithheldMails1766005001000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await queryRunner.query('ALTER TABLE notifications VALIDATE CONSTRAINT notifications_state_check');
    await createIndexesConcurrently(queryRunner, [WITHHELD]);
    await dropIndexConcurrently(queryRunner, REPLACED.name);
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query(`CREATE INDEX ${REPLACED.name} ON ${REPLACED.on}`);
    await queryRunner.query(`DROP INDEX ${WITHHELD.name}`);
  }
}
