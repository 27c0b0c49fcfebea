import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently, dropIndexConcurrently, type Index } from '../concurrent-indexes.js';

/**
 * Only the statements of the mail sender imply the condition, which means the same as `state = 'pending'`. With that
 * condition, the planner could choose the index by id for them, and read the entries of all mails that an old snapshot
 * keeps.
 */
const INDEX: Index = {
  name: 'notifications_due_index',
  on: `notifications (due_at) WHERE state NOT IN ('sent', 'failed')`,
};
/** The previous release finds due mails by `notifications_unsent_index`. */
const REPLACED: Index = {
  name: 'notifications_pending_index',
  on: `notifications (due_at) WHERE state = 'pending'`,
};

export class DueNotifications1766002600000 implements MigrationInterface {
  name = 'DueNotifications1766002600000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await createIndexesConcurrently(queryRunner, [INDEX]);
    await dropIndexConcurrently(queryRunner, REPLACED.name);
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query(`CREATE INDEX ${REPLACED.name} ON ${REPLACED.on}`);
    await queryRunner.query(`DROP INDEX ${INDEX.name}`);
  }
}
