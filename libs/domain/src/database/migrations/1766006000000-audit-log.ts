import type { MigrationInterface, QueryRunner } from 'typeorm';

const OBJECT = `object_type || ':' || object_id`;

/**
 * What the filters of a list select, one index for each combination. Each is one expression, so that the planner cannot
 * use the index of one combination for another. Only actors can contain a space, and they come first.
 */
const SELECTIONS = [
  'actor',
  'action',
  OBJECT,
  `actor || ' ' || action`,
  `actor || ' ' || ${OBJECT}`,
  `action || ' ' || ${OBJECT}`,
  `actor || ' ' || action || ' ' || ${OBJECT}`,
];

/**
 * The trigger refuses every change but those of the two functions below, which set the parameter for their duration (a SET
 * clause of the function would require a superuser). They run with the privileges of the owner, so that no app needs the
 * privilege to update or delete.
 */
const APPEND_ONLY = [
  `CREATE FUNCTION refuse_audit_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF TG_OP = 'TRUNCATE' OR current_setting('estoque.audit_log_maintenance', true) IS DISTINCT FROM TG_OP THEN
       RAISE EXCEPTION 'audit_log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
   FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_log_change()`,

  // Whatever the caller asks for, entries of the last 30 days stay.
  `CREATE FUNCTION prune_audit_log(retention_days integer, from_at timestamptz, max_count integer,
                                   OUT pruned_count integer, OUT last_at timestamptz)
   LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
   BEGIN
     PERFORM set_config('estoque.audit_log_maintenance', 'DELETE', true);
     WITH pruned AS (
       DELETE FROM audit_log WHERE id = ANY(ARRAY(
         SELECT id FROM audit_log
         WHERE at >= from_at AND at < clock_timestamp() - make_interval(days => greatest(retention_days, 30))
         ORDER BY at, id LIMIT max_count FOR UPDATE SKIP LOCKED))
       RETURNING at
     )
     SELECT count(*)::integer, max(at) INTO pruned_count, last_at FROM pruned;
     PERFORM set_config('estoque.audit_log_maintenance', '', true);
   END $$`,

  // Only entries of customers about orders whose customer was erased.
  `CREATE FUNCTION erase_customer_from_audit_log(order_ids bigint[]) RETURNS integer
   LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
   DECLARE
     erased_count integer;
   BEGIN
     PERFORM set_config('estoque.audit_log_maintenance', 'UPDATE', true);
     WITH erased AS (
       UPDATE audit_log SET actor = 'customer:erased', address = NULL
       WHERE object_type = 'order' AND actor LIKE 'customer:%' AND object_id = ANY(ARRAY(
         SELECT id::text FROM orders WHERE id = ANY(order_ids) AND customer_email = 'erased@erased.invalid'))
       RETURNING id
     )
     SELECT count(*)::integer INTO erased_count FROM erased;
     PERFORM set_config('estoque.audit_log_maintenance', '', true);
     RETURN erased_count;
   END $$`,
  'REVOKE ALL ON FUNCTION prune_audit_log FROM PUBLIC',
  'REVOKE ALL ON FUNCTION erase_customer_from_audit_log FROM PUBLIC',
];

const UP = [
  // The collation makes comparisons of positions fast, and independent of the server's locale.
  `CREATE TABLE audit_log (
     id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     at          timestamptz NOT NULL DEFAULT clock_timestamp(),
     actor       text COLLATE "C" NOT NULL,
     address     text,
     action      text COLLATE "C" NOT NULL,
     object_type text COLLATE "C" NOT NULL,
     object_id   text COLLATE "C" NOT NULL,
     before      jsonb,
     after       jsonb
   )`,
  'CREATE INDEX ON audit_log (at, id)',
  ...SELECTIONS.map((selection) => `CREATE INDEX ON audit_log ((${selection}), at, id)`),
  // For the erasure of a customer.
  "CREATE INDEX ON audit_log (object_id) WHERE object_type = 'order'",
  ...APPEND_ONLY,
  // An order is the record of its own placing. Null for orders that were placed before.
  'ALTER TABLE orders ADD COLUMN placed_by text, ADD COLUMN placed_from text',
];

const DOWN = [
  'ALTER TABLE orders DROP COLUMN placed_by, DROP COLUMN placed_from',
  'DROP FUNCTION erase_customer_from_audit_log',
  'DROP FUNCTION prune_audit_log',
  'DROP TABLE audit_log',
  'DROP FUNCTION refuse_audit_log_change',
];

/** Who changed what (docs/adr/0034). */
export class AuditLog1766006000000 implements MigrationInterface {
  name = 'AuditLog1766006000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
