import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // A row is updated every 5 s. The space lets each new version stay in the page of the old one.
  `CREATE TABLE process_reports (
     instance    text PRIMARY KEY,
     app         text NOT NULL,
     version     text NOT NULL,
     started_at  timestamptz NOT NULL,
     reported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     report      jsonb NOT NULL
   ) WITH (fillfactor = 50)`,
  // At most about 500 rows: the sampler deletes older ones.
  `CREATE TABLE flow_samples (
     resolution smallint NOT NULL,
     at         timestamptz NOT NULL,
     sample     jsonb NOT NULL,
     totals     jsonb NOT NULL,
     PRIMARY KEY (resolution, at)
   )`,
];

const DOWN = ['DROP TABLE flow_samples', 'DROP TABLE process_reports'];

/** What each process reports about itself, and the history of the flow (docs/adr/0041). */
export class ProcessReports1766050000000 implements MigrationInterface {
  name = 'ProcessReports1766050000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
