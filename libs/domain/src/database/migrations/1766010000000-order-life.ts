import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  // The rows are checked by the next migration, which does not block writes.
  `ALTER TABLE orders
     ADD COLUMN version integer NOT NULL DEFAULT 1,
     ADD COLUMN cancellation_reason text,
     ADD COLUMN shipment_status text,
     DROP CONSTRAINT orders_status_check,
     ADD CONSTRAINT orders_status_check CHECK (status IN ('pending', 'awaiting_payment', 'reserved', 'processed',
       'partially_shipped', 'shipped', 'completed', 'rejected', 'cancelled', 'partially_returned', 'returned')) NOT VALID,
     ADD CONSTRAINT orders_cancellation_reason_check CHECK (cancellation_reason IS NULL
       OR (cancellation IS NOT NULL AND char_length(cancellation_reason) <= 500)) NOT VALID,
     ADD CONSTRAINT orders_shipment_status_check CHECK (shipment_status IS NOT DISTINCT FROM CASE
       WHEN status IN ('partially_shipped', 'shipped', 'completed', 'partially_returned', 'returned') THEN status END) NOT VALID`,
  'ALTER TABLE products ADD COLUMN version integer NOT NULL DEFAULT 1',
  `ALTER TABLE movements
     DROP CONSTRAINT movements_kind_check,
     ADD CONSTRAINT movements_kind_check
       CHECK (kind IN ('receipt', 'adjustment', 'sale', 'cancellation', 'return')) NOT VALID,
     DROP CONSTRAINT movements_check,
     ADD CONSTRAINT movements_check
       CHECK ((kind IN ('sale', 'cancellation', 'return')) = (order_id IS NOT NULL)) NOT VALID`,
];

// The previous release has no sale that is undone: the movements of such an order become adjustments.
const DOWN = [
  'ALTER TABLE movements DISABLE TRIGGER movements_append_only',
  `UPDATE movements SET kind = 'adjustment', order_id = NULL
   WHERE kind IN ('cancellation', 'return')
      OR (kind = 'sale' AND order_id IN (SELECT order_id FROM movements WHERE kind = 'cancellation'))`,
  'ALTER TABLE movements ENABLE TRIGGER movements_append_only',
  `ALTER TABLE movements
     DROP CONSTRAINT movements_kind_check,
     ADD CONSTRAINT movements_kind_check CHECK (kind IN ('receipt', 'adjustment', 'sale')),
     DROP CONSTRAINT movements_check,
     ADD CONSTRAINT movements_check CHECK ((kind = 'sale') = (order_id IS NOT NULL))`,
  'ALTER TABLE products DROP COLUMN version',
  'ALTER TABLE orders DROP CONSTRAINT orders_shipment_status_check',
  `UPDATE orders SET status = CASE status WHEN 'awaiting_payment' THEN 'reserved' ELSE 'processed' END
   WHERE status IN ('awaiting_payment', 'partially_shipped', 'shipped', 'completed', 'partially_returned', 'returned')`,
  `ALTER TABLE orders
     DROP CONSTRAINT orders_cancellation_reason_check,
     DROP COLUMN version,
     DROP COLUMN cancellation_reason,
     DROP COLUMN shipment_status,
     DROP CONSTRAINT orders_status_check,
     ADD CONSTRAINT orders_status_check
       CHECK (status IN ('pending', 'reserved', 'processed', 'rejected', 'cancelled'))`,
];

/** All statuses of an order's life, versions of orders and products, and sales that a cancellation undoes (docs/adr/0036). */
export class OrderLife1766010000000 implements MigrationInterface {
  name = 'OrderLife1766010000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
