import type pg from 'pg';
import { PRODUCTS } from './shop.js';

/**
 * Inserts $1 past orders: one for each of the last $1 seconds, every second order with two lines. All orders are
 * processed and closed, and their mails are sent. Each statement fills a whole table. The stock ledger reconciles.
 */
const HISTORY = [
  // Skip the foreign key checks, which would take most of the time: the rows are correct by construction.
  `SET LOCAL session_replication_role = replica`,
  `CREATE TEMPORARY TABLE past ON COMMIT DROP AS
   SELECT id, 1 + (id::bigint * 7919) % $2::integer AS first, 1 + (id::bigint * 7919 + 499) % $2::integer AS second,
          now() - make_interval(secs => $1::integer - id) AS placed_at
   FROM generate_series(1, $1::integer) AS id`,
  `CREATE TEMPORARY TABLE past_line ON COMMIT DROP AS
   SELECT id, first AS product_id, 1 AS position, placed_at FROM past
   UNION ALL SELECT id, second, 2, placed_at FROM past WHERE id % 2 = 0`,
  `INSERT INTO orders (id, customer_name, customer_email, locale, status, currency, total, created_at, updated_at, closed_at)
   SELECT id, 'Ana Souza', 'past-' || id || '@load.example', 'en', 'processed', 'BRL',
          CASE WHEN id % 2 = 0 THEN 2500 ELSE 1250 END, placed_at, placed_at, placed_at
   FROM past ORDER BY id`,
  `INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
   SELECT id, product_id, position, 'BENCH-' || product_id, 'Product BENCH-' || product_id, 1, 1250
   FROM past_line ORDER BY id, position`,
  `INSERT INTO order_timeline (order_id, step, at)
   SELECT id, step, placed_at FROM past, unnest(ARRAY['pending', 'reserved', 'processed', 'notified'])
     WITH ORDINALITY AS steps (step, position) ORDER BY id, position`,
  `INSERT INTO reservations (order_id, product_id, quantity, status, created_at, expires_at)
   SELECT id, product_id, 1, 'committed', placed_at, placed_at + interval '30 minutes' FROM past_line ORDER BY id, product_id`,
  `INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason, created_at)
   SELECT product_id, past_line.id, 'sale', -1,
          on_hand - row_number() OVER (PARTITION BY product_id ORDER BY past_line.id), 'order ' || past_line.id, placed_at
   FROM past_line JOIN stock USING (product_id) ORDER BY past_line.id, product_id`,
  `UPDATE stock SET on_hand = on_hand - sold.quantity
   FROM (SELECT product_id, count(*) AS quantity FROM past_line GROUP BY product_id) AS sold
   WHERE stock.product_id = sold.product_id`,
  `INSERT INTO notifications (order_id, kind, recipient, locale, state, attempts, created_at, sent_at, due_at)
   SELECT id, 'order_processed', 'past-' || id || '@load.example', 'en', 'sent', 1, placed_at, placed_at, placed_at FROM past ORDER BY id`,
  `SELECT setval(pg_get_serial_sequence('orders', 'id'), $1::integer)`,
];

/** Writes `orders` past orders into a database without orders. */
export async function writeHistory(pool: pg.Pool, orders: number) {
  const values = [orders, PRODUCTS[1]];
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const statement of HISTORY) {
      // Utility statements take no parameters. Inserting the values is safe: both are numbers.
      const text = statement.replaceAll(/\$(\d)/g, (_, index: string) => String(values[Number(index) - 1]));
      await client.query(text);
    }
    await client.query('COMMIT');
    // In a running system, autovacuum would have done this.
    await client.query('VACUUM ANALYZE');
  } finally {
    client.release();
  }
}
