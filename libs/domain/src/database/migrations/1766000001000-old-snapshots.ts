import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently } from '../concurrent-indexes.js';

/**
 * Access paths that do not read the dead row versions that an old snapshot keeps (docs/adr/0021).
 *
 * The outbox is read by lease end from a remembered position. An index on the id or a count of the table would read
 * every row that was deleted since the snapshot.
 */
export class OldSnapshots1766000001000 implements MigrationInterface {
  name = 'OldSnapshots1766000001000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await createIndexesConcurrently(queryRunner, [
      { name: 'outbox_lease_index', on: `outbox (leased_until, id)` },
    ]);
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query('DROP INDEX outbox_lease_index');
  }
}
