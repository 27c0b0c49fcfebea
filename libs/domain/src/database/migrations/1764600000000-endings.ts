import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders that are cancelled, reservations that end, mails with a time, events in the order of their subject. */
const UP = [
  `ALTER TABLE orders
     ADD COLUMN cancellation text CHECK (cancellation IN ('requested', 'expired')),
     ADD COLUMN closed_at timestamptz,
     ADD COLUMN republish_count smallint NOT NULL DEFAULT 0,
     ADD COLUMN republished_at timestamptz,
     DROP CONSTRAINT orders_status_check,
     ADD CONSTRAINT orders_status_check CHECK (status IN ('pending', 'reserved', 'processed', 'rejected', 'cancelled')),
     ADD CONSTRAINT orders_cancelled_with_reason CHECK ((status = 'cancelled') = (cancellation IS NOT NULL))`,
  `UPDATE orders SET closed_at = updated_at
   WHERE EXISTS (SELECT 1 FROM notifications WHERE notifications.order_id = orders.id)`,
  // Small whatever the shop's age: an order leaves it when nothing more is to come.
  'CREATE INDEX orders_open_index ON orders (updated_at) WHERE closed_at IS NULL',

  `ALTER TABLE reservations
     ADD COLUMN expires_at timestamptz NOT NULL DEFAULT now() + interval '30 minutes',
     DROP CONSTRAINT reservations_status_check,
     ADD CONSTRAINT reservations_status_check CHECK (status IN ('active', 'committed', 'released', 'expired'))`,
  `CREATE INDEX reservations_active_index ON reservations (expires_at) WHERE status = 'active'`,

  `ALTER TABLE notifications
     ADD COLUMN due_at timestamptz NOT NULL DEFAULT now(),
     ADD COLUMN resends integer NOT NULL DEFAULT 0`,
  `CREATE INDEX notifications_pending_index ON notifications (due_at) WHERE state = 'pending'`,

  'ALTER TABLE outbox ADD COLUMN key text',
  'CREATE INDEX outbox_key_index ON outbox (key, id) WHERE key IS NOT NULL',
];

const DOWN = [
  'DROP INDEX outbox_key_index',
  'ALTER TABLE outbox DROP COLUMN key',
  'ALTER TABLE notifications DROP COLUMN resends, DROP COLUMN due_at',
  `ALTER TABLE reservations
     DROP COLUMN expires_at,
     DROP CONSTRAINT reservations_status_check,
     ADD CONSTRAINT reservations_status_check CHECK (status IN ('active', 'committed'))`,
  `ALTER TABLE orders
     DROP COLUMN republished_at,
     DROP COLUMN republish_count,
     DROP COLUMN closed_at,
     DROP COLUMN cancellation,
     DROP CONSTRAINT orders_status_check,
     ADD CONSTRAINT orders_status_check CHECK (status IN ('pending', 'reserved', 'processed', 'rejected'))`,
];

export class Endings1764600000000 implements MigrationInterface {
  name = 'Endings1764600000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
