import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is stored and goes on later, in another process, goes on in the same trace (W3C trace context). */
const UP = [
  'ALTER TABLE outbox ADD COLUMN traceparent text',
  'ALTER TABLE notifications ADD COLUMN traceparent text',
];

const DOWN = [
  'ALTER TABLE notifications DROP COLUMN traceparent',
  'ALTER TABLE outbox DROP COLUMN traceparent',
];

export class Traces1764900000000 implements MigrationInterface {
  name = 'Traces1764900000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
