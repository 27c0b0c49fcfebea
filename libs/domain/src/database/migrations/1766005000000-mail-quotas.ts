import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // Not logged: the times of the mails of one hour are worth no write-ahead log. After a crash of the server or a
  // failover the table is empty.
  `CREATE UNLOGGED TABLE mail_quotas (
     mailbox    bigint NOT NULL,
     for_alerts boolean NOT NULL,
     counted_at timestamptz[] NOT NULL,
     granted    integer NOT NULL,
     expires_at timestamptz NOT NULL,
     PRIMARY KEY (mailbox, for_alerts)
   )`,
  'CREATE INDEX mail_quotas_expiry_index ON mail_quotas (expires_at)',
  // The rows are checked by the next migration, which does not block writes.
  `ALTER TABLE notifications ADD COLUMN counted boolean NOT NULL DEFAULT false,
     DROP CONSTRAINT notifications_state_check,
     ADD CONSTRAINT notifications_state_check CHECK (state IN ('pending', 'sent', 'failed', 'withheld')) NOT VALID`,
];

const DOWN = [
  `UPDATE notifications SET state = 'failed' WHERE state = 'withheld'`,
  `ALTER TABLE notifications DROP COLUMN counted,
     DROP CONSTRAINT notifications_state_check,
     ADD CONSTRAINT notifications_state_check CHECK (state IN ('pending', 'sent', 'failed'))`,
  'DROP TABLE mail_quotas',
];

/** Mails of the last hour by recipient, and mails that are withheld (docs/adr/0030). */
export class MailQuotas1766005000000 implements MigrationInterface {
  name = 'MailQuotas1766005000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
