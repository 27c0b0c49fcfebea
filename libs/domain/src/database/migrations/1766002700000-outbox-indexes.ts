import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently, dropIndexConcurrently, type Index } from '../concurrent-indexes.js';

/**
 * `(id + 0)` instead of `id`, so that no index but the primary key can answer a condition on `id`. The outbox has few live
 * rows, so by its statistics all indexes are equally good, and the planner chose one that it had to read completely,
 * with the entries of all rows that an old snapshot keeps.
 */
const INDEXES: Index[] = [
  { name: 'outbox_due_index', on: 'outbox (leased_until, (id + 0))' },
  { name: 'outbox_sequence_index', on: 'outbox (key, (id + 0)) WHERE key IS NOT NULL' },
];
const REPLACED: Index[] = [
  { name: 'outbox_lease_index', on: 'outbox (leased_until, id)' },
  { name: 'outbox_key_index', on: 'outbox (key, id) WHERE key IS NOT NULL' },
];

export class OutboxIndexes1766002700000 implements MigrationInterface {
  name = 'OutboxIndexes1766002700000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await createIndexesConcurrently(queryRunner, INDEXES);
    for (const { name } of REPLACED) await dropIndexConcurrently(queryRunner, name);
  }

  async down(queryRunner: QueryRunner) {
    for (const { name, on } of REPLACED) await queryRunner.query(`CREATE INDEX ${name} ON ${on}`);
    for (const { name } of INDEXES) await queryRunner.query(`DROP INDEX ${name}`);
  }
}
