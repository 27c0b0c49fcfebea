import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently } from '../concurrent-indexes.js';

/** An order has one mail of each kind for each shipment. For other mails about orders, `subject_id` is null. */
const ONCE = {
  name: 'notifications_subject_once',
  on: 'notifications (order_id, movement_id, subject_id, kind, recipient) NULLS NOT DISTINCT',
  isUnique: true,
};

export class MailsBySubject1766030001000 implements MigrationInterface {
  name = 'MailsBySubject1766030001000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. Each statement can be repeated. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await queryRunner.query('ALTER TABLE order_lines VALIDATE CONSTRAINT order_lines_shipped_check');
    await createIndexesConcurrently(queryRunner, [ONCE]);
    await queryRunner.query('ALTER TABLE notifications DROP CONSTRAINT IF EXISTS notifications_once');
  }

  /** The previous release does not know mails about shipments. */
  async down(queryRunner: QueryRunner) {
    await queryRunner.query('DELETE FROM notifications WHERE subject_id IS NOT NULL');
    await queryRunner.query(
      `ALTER TABLE notifications ADD CONSTRAINT notifications_once
         UNIQUE NULLS NOT DISTINCT (order_id, movement_id, kind, recipient)`,
    );
    await queryRunner.query(`DROP INDEX ${ONCE.name}`);
  }
}
