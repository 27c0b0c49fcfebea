import type pg from 'pg';
import { insertApiKeys } from '../test/support/credentials.js';

/** Name of the migrated database with products and stock and without orders. Every contender gets a copy of it. */
export const SHOP = 'bench_shop';
/** As SHOP, for the revision that this one is compared with: its tables can be others. */
export const OTHER_SHOP = 'bench_other_shop';
export const PRODUCTS: [number, number] = [1, 1_000];
export const SOLD_OUT: [number, number] = [1_001, 1_010];
/** Stock of each product that is not sold out from the start: more than any run orders. */
const OPENING_QUANTITY = 10_000_000;

/** @returns quantity on hand before the first order, by product id */
export function openingStock(): Map<number, number> {
  const opening = new Map<number, number>();
  for (let id = PRODUCTS[0]; id <= PRODUCTS[1]; id++) opening.set(id, OPENING_QUANTITY);
  for (let id = SOLD_OUT[0]; id <= SOLD_OUT[1]; id++) opening.set(id, 0);
  return opening;
}

/** Writes products, stock and opening movements as the API would, and the API keys of the clients. */
export async function fillShop(pool: pg.Pool) {
  const values = [SOLD_OUT[1], PRODUCTS[1], OPENING_QUANTITY];
  await pool.query(
    `INSERT INTO products (id, sku, name, price, currency)
     SELECT id, 'BENCH-' || id, 'Product BENCH-' || id, 1250, 'BRL' FROM generate_series(1, $1::integer) AS id`,
    values.slice(0, 1),
  );
  await pool.query(
    `INSERT INTO stock (product_id, on_hand)
     SELECT id, CASE WHEN id <= $2::integer THEN $3::integer ELSE 0 END FROM generate_series(1, $1::integer) AS id`,
    values,
  );
  await pool.query(
    `INSERT INTO movements (product_id, kind, quantity, balance_after, reason)
     SELECT product_id, 'receipt', on_hand, on_hand, 'opening stock' FROM stock WHERE on_hand > 0 ORDER BY product_id`,
  );
  await pool.query(`SELECT setval(pg_get_serial_sequence('products', 'id'), $1)`, values.slice(0, 1));
  await insertApiKeys((sql, parameters) => pool.query(sql, parameters));
  // Do not analyse the empty tables: PostgreSQL would plan sequential scans of them, and pgbench keeps its plans.
  await pool.query('VACUUM ANALYZE products, stock, movements');
}
