import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndexesConcurrently, dropIndexConcurrently, type Index } from '../concurrent-indexes.js';

const CONSTRAINTS = [
  ['orders', 'orders_status_check'],
  ['orders', 'orders_cancellation_reason_check'],
  ['orders', 'orders_shipment_status_check'],
  ['movements', 'movements_kind_check'],
  ['movements', 'movements_check'],
];

const CREATION = `(created_at AT TIME ZONE 'UTC'), id`;
const EMAIL = `(lower(customer_email) COLLATE "C")`;
const OPEN = 'closed_at IS NULL AND rejection IS NULL AND cancellation IS NULL';
const CLOSED = 'closed_at IS NOT NULL AND rejection IS NULL AND cancellation IS NULL';

const INDEXES: Index[] = [
  // An order deducts each of its products once, and restores it at most once.
  {
    name: 'movements_sold_once',
    on: `movements (order_id, product_id) WHERE kind = 'sale'`,
    isUnique: true,
  },
  {
    name: 'movements_cancelled_once',
    on: `movements (order_id, product_id) WHERE kind = 'cancellation'`,
    isUnique: true,
  },
  // Lists of orders (order-parts.ts). An order of which nothing was shipped has no entry in the last two.
  { name: 'orders_open_list', on: `orders (${CREATION}) WHERE ${OPEN} AND shipment_status IS NULL` },
  {
    name: 'orders_open_email',
    on: `orders (${EMAIL}, ${CREATION}) WHERE ${OPEN} AND shipment_status IS NULL`,
  },
  { name: 'orders_processed_list', on: `orders (${CREATION}) WHERE ${CLOSED} AND shipment_status IS NULL` },
  {
    name: 'orders_processed_email',
    on: `orders (${EMAIL}, ${CREATION}) WHERE ${CLOSED} AND shipment_status IS NULL`,
  },
  {
    name: 'orders_shipped_list',
    on: `orders (shipment_status, ${CREATION}) WHERE shipment_status IS NOT NULL`,
  },
  {
    name: 'orders_shipped_email',
    on: `orders (shipment_status, ${EMAIL}, ${CREATION}) WHERE shipment_status IS NOT NULL`,
  },
];

/**
 * The first one allows one movement for each product of an order. Without the next four, the previous release lists open
 * and processed orders more slowly. The last three were kept for the release before it (docs/adr/0024).
 */
const REPLACED: Index[] = [
  { name: 'movements_sale_once', on: 'movements (order_id, product_id) WHERE order_id IS NOT NULL' },
  { name: 'orders_open_list_index', on: `orders (${CREATION}) WHERE ${OPEN}` },
  { name: 'orders_open_email_index', on: `orders (${EMAIL}, ${CREATION}) WHERE ${OPEN}` },
  { name: 'orders_processed_list_index', on: `orders (${CREATION}) WHERE ${CLOSED}` },
  { name: 'orders_processed_email_index', on: `orders (${EMAIL}, ${CREATION}) WHERE ${CLOSED}` },
  { name: 'orders_email_index', on: 'orders (lower(customer_email), id)' },
  { name: 'orders_rejected_index', on: 'orders (id) WHERE rejection IS NOT NULL' },
  { name: 'orders_cancelled_index', on: 'orders (id) WHERE cancellation IS NOT NULL' },
];

/** Indexes for sales that are undone, and for lists of orders that were shipped. */
export class OrderLifeIndexes1766010001000 implements MigrationInterface {
  name = 'OrderLifeIndexes1766010001000';
  /** CREATE INDEX CONCURRENTLY does not block writes and cannot run in a transaction. */
  transaction = false;

  async up(queryRunner: QueryRunner) {
    for (const [table, constraint] of CONSTRAINTS)
      await queryRunner.query(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint}`);
    await createIndexesConcurrently(queryRunner, INDEXES);
    for (const { name } of REPLACED) await dropIndexConcurrently(queryRunner, name);
  }

  /** Movements that undo a sale have a second row for their product, so the index of movements is not unique again. */
  async down(queryRunner: QueryRunner) {
    for (const { name, on } of REPLACED) await queryRunner.query(`CREATE INDEX ${name} ON ${on}`);
    for (const { name } of INDEXES) await queryRunner.query(`DROP INDEX ${name}`);
  }
}
