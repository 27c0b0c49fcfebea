import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently } from '../concurrent-indexes.js';

const API_KEYS = `CREATE TABLE IF NOT EXISTS api_keys (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash            bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  prefix          text NOT NULL,
  name            text NOT NULL,
  scopes          text[] NOT NULL,
  customer_email  text,
  created_by      text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  expires_at      timestamptz,
  last_used_at    timestamptz,
  revoked_at      timestamptz
)`;

/** For the mails of one customer, newest first. */
const RECIPIENTS = {
  name: 'notifications_recipient_index',
  on: 'notifications ((lower(recipient) COLLATE "C"), id)',
};

export class Access1766004000000 implements MigrationInterface {
  name = 'Access1766004000000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    await queryRunner.query(API_KEYS);
    await createIndexesConcurrently(queryRunner, [RECIPIENTS]);
  }

  async down(queryRunner: QueryRunner) {
    await queryRunner.query(`DROP INDEX ${RECIPIENTS.name}`);
    await queryRunner.query('DROP TABLE api_keys');
  }
}
