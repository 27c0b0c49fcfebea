import type { SqlClient } from '@estoque/database';

/** Two records that should say the same and don't. */
export interface Discrepancy {
  /** Which rule is broken. */
  check: keyof typeof CHECKS;
  product_id: number;
  /** The order, where the drift is one order's. */
  order_id: number | null;
  expected: number;
  found: number;
}

/** Each is a query for the rows that break it. */
const CHECKS = {
  /** What is on hand is the sum of the movements. */
  on_hand: `
    SELECT product_id, NULL::bigint AS order_id, coalesce(booked, 0) AS expected, coalesce(on_hand, 0) AS found
    FROM stock FULL JOIN (SELECT product_id, sum(quantity) AS booked FROM movements GROUP BY product_id) booked USING (product_id)
    WHERE coalesce(booked, 0) <> coalesce(on_hand, 0)`,
  /** What is reserved is the sum of the held reservations. */
  reserved: `
    SELECT product_id, NULL::bigint AS order_id, coalesce(held, 0) AS expected, coalesce(reserved, 0) AS found
    FROM stock FULL JOIN (
      SELECT product_id, sum(quantity) AS held FROM reservations WHERE status = 'active' GROUP BY product_id
    ) held USING (product_id)
    WHERE coalesce(held, 0) <> coalesce(reserved, 0)`,
  /** Each movement's balance is the sum of all up to it. */
  balance: `
    SELECT product_id, order_id, expected, found FROM (
      SELECT product_id, order_id, balance_after AS found, sum(quantity) OVER (PARTITION BY product_id ORDER BY id) AS expected
      FROM movements) movement
    WHERE expected <> found`,
  /** A processed order has sold each of its lines, and no other order has sold anything. */
  sold: `
    SELECT product_id, order_id, coalesce(ordered, 0) AS expected, coalesce(sold, 0) AS found
    FROM (SELECT order_id, product_id, quantity AS ordered FROM order_lines JOIN orders ON orders.id = order_id
          WHERE status = 'processed') ordered
    FULL JOIN (SELECT order_id, product_id, -sum(quantity) AS sold FROM movements WHERE kind = 'sale'
          GROUP BY order_id, product_id) sold USING (order_id, product_id)
    WHERE coalesce(ordered, 0) <> coalesce(sold, 0)`,
  /** A reserved order holds each of its lines, and no other order holds anything. */
  held: `
    SELECT product_id, order_id, coalesce(ordered, 0) AS expected, coalesce(held, 0) AS found
    FROM (SELECT order_id, product_id, quantity AS ordered FROM order_lines JOIN orders ON orders.id = order_id
          WHERE status = 'reserved') ordered
    FULL JOIN (SELECT order_id, product_id, quantity AS held FROM reservations WHERE status = 'active') held
      USING (order_id, product_id)
    WHERE coalesce(ordered, 0) <> coalesce(held, 0)`,
};

/** So many are told; more of the same kind tell nothing new. */
const MAX_DISCREPANCIES = 1_000;

/** Holds the books against each other: recomputes stock from movements and reservations. It never repairs anything. */
export class StockAudit {
  constructor(private readonly sql: SqlClient) {}

  /** @returns every drift, in one snapshot of the database, so that work in progress is no drift; empty when the books balance */
  run(): Promise<Discrepancy[]> {
    const checks = Object.entries(CHECKS).map(
      ([check, rows]) =>
        `SELECT '${check}' AS check, product_id, order_id, expected::float8 AS expected, found::float8 AS found FROM (${rows}) AS ${check}_drift`,
    );
    return this.sql.query<Discrepancy>(`${checks.join(' UNION ALL ')} LIMIT ${MAX_DISCREPANCIES}`);
  }
}
