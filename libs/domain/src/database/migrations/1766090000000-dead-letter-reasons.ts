import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE dead_letters ADD COLUMN stack text',
  'ALTER TABLE dead_letter_actions ADD COLUMN reason text',
  'ALTER TABLE dead_letter_jobs ADD COLUMN reason text',
  // A reason is free text: an erasure of personal data removes it. Nothing else of an action changes.
  `CREATE FUNCTION refuse_change_of_action() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NEW.reason IS NOT NULL OR (NEW.id, NEW.dead_letter_id, NEW.action, NEW.actor, NEW.at)
          IS DISTINCT FROM (OLD.id, OLD.dead_letter_id, OLD.action, OLD.actor, OLD.at) THEN
       RAISE EXCEPTION 'dead_letter_actions is append-only: UPDATE refused' USING ERRCODE = 'restrict_violation';
     END IF;
     RETURN NEW;
   END $$`,
  'DROP TRIGGER dead_letter_actions_append_only ON dead_letter_actions',
  `CREATE TRIGGER dead_letter_actions_append_only BEFORE TRUNCATE ON dead_letter_actions
   FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  `CREATE TRIGGER dead_letter_actions_unchanged BEFORE UPDATE ON dead_letter_actions
   FOR EACH ROW EXECUTE FUNCTION refuse_change_of_action()`,
];

const DOWN = [
  'DROP TRIGGER dead_letter_actions_unchanged ON dead_letter_actions',
  'DROP TRIGGER dead_letter_actions_append_only ON dead_letter_actions',
  `CREATE TRIGGER dead_letter_actions_append_only BEFORE UPDATE OR TRUNCATE ON dead_letter_actions
   FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  'DROP FUNCTION refuse_change_of_action',
  'ALTER TABLE dead_letter_jobs DROP COLUMN reason',
  'ALTER TABLE dead_letter_actions DROP COLUMN reason',
  'ALTER TABLE dead_letters DROP COLUMN stack',
];

/** Reasons of replays and discards, and where the error of a dead letter was thrown (docs/adr/0042). */
export class DeadLetterReasons1766090000000 implements MigrationInterface {
  name = 'DeadLetterReasons1766090000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
