import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // At most six rows, each updated about once a minute. The space lets each new version stay in the page of the old one.
  `CREATE TABLE retention_runs (
     data                text PRIMARY KEY,
     ended_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
     deleted             integer NOT NULL,
     error               text,
     last_deletion_at    timestamptz,
     last_deletion_count integer
   ) WITH (fillfactor = 50)`,
];

const DOWN = ['DROP TABLE retention_runs'];

/** When data were last deleted (docs/adr/0012). */
export class RetentionRuns1766100000000 implements MigrationInterface {
  name = 'RetentionRuns1766100000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
