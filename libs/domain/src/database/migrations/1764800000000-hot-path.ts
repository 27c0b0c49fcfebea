import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Less to write for each order (docs/performance.md). An order changes its state twice in its page without a new entry
 * in any index, for no index is on what changes; each row of the timeline has one index entry; what an order reserves
 * is checked against its own lines, and what it sells against its own reservations, so that orders of a popular
 * product don't all lock the product's row.
 */
const UP = [
  'DROP INDEX orders_status_index',
  'DROP INDEX orders_open_index',
  'CREATE INDEX orders_open_index ON orders (id) WHERE closed_at IS NULL',
  'CREATE INDEX orders_rejected_index ON orders (id) WHERE rejection IS NOT NULL',
  'CREATE INDEX orders_cancelled_index ON orders (id) WHERE cancellation IS NOT NULL',
  'ALTER TABLE orders SET (fillfactor = 60)',

  'DROP INDEX order_timeline_order_index',
  `ALTER TABLE order_timeline
     DROP CONSTRAINT order_timeline_pkey,
     ADD CONSTRAINT order_timeline_pkey PRIMARY KEY (order_id, id)`,

  `ALTER TABLE reservations
     DROP CONSTRAINT reservations_order_id_fkey,
     DROP CONSTRAINT reservations_product_id_fkey,
     ADD CONSTRAINT reservations_line_fkey FOREIGN KEY (order_id, product_id) REFERENCES order_lines (order_id, product_id)`,
  `ALTER TABLE movements
     DROP CONSTRAINT movements_order_id_fkey,
     ADD CONSTRAINT movements_reservation_fkey FOREIGN KEY (order_id, product_id) REFERENCES reservations (order_id, product_id)`,
];

const DOWN = [
  `ALTER TABLE movements
     DROP CONSTRAINT movements_reservation_fkey,
     ADD CONSTRAINT movements_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id)`,
  `ALTER TABLE reservations
     DROP CONSTRAINT reservations_line_fkey,
     ADD CONSTRAINT reservations_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
     ADD CONSTRAINT reservations_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id)`,
  `ALTER TABLE order_timeline
     DROP CONSTRAINT order_timeline_pkey,
     ADD CONSTRAINT order_timeline_pkey PRIMARY KEY (id)`,
  'CREATE INDEX order_timeline_order_index ON order_timeline (order_id)',
  'ALTER TABLE orders SET (fillfactor = 80)',
  'DROP INDEX orders_cancelled_index',
  'DROP INDEX orders_rejected_index',
  'DROP INDEX orders_open_index',
  'CREATE INDEX orders_open_index ON orders (updated_at) WHERE closed_at IS NULL',
  'CREATE INDEX orders_status_index ON orders (status, id)',
];

export class HotPath1764800000000 implements MigrationInterface {
  name = 'HotPath1764800000000';

  async up(queryRunner: QueryRunner) {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner) {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
