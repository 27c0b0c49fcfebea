import type { SqlClient } from '@estoque/database';
import { pendingConfirmation } from '../events/confirmations.js';
import { quoted } from '../order/order-parts.js';
import {
  STATUSES_UNSOLD,
  STATUSES_WITH_STOCK_RESERVED,
  STATUSES_WITH_STOCK_SOLD,
} from '../order/order-state-machine.js';

/** A difference between two records of the stock ledger. Quantities are in units. */
export interface Discrepancy {
  /** The check that failed. */
  check: keyof typeof CHECKS;
  product_id: number;
  /** Order the discrepancy belongs to, or null if it concerns several. */
  order_id: number | null;
  expected: number;
  found: number;
}

/** A difference between the payment of an order and the order, in the currency's minor unit. */
export interface PaymentDiscrepancy {
  /** The check that failed. */
  check: keyof typeof PAYMENT_CHECKS;
  order_id: number;
  expected: number;
  found: number;
}

/** Each check is a query that returns its discrepancies. */
const CHECKS = {
  /** Stock on hand is the sum of the movements. */
  on_hand: `
    SELECT product_id, NULL::bigint AS order_id, coalesce(booked, 0) AS expected, coalesce(on_hand, 0) AS found
    FROM stock FULL JOIN (SELECT product_id, sum(quantity) AS booked FROM movements GROUP BY product_id) booked USING (product_id)
    WHERE coalesce(booked, 0) <> coalesce(on_hand, 0)`,
  /** Reserved stock is the sum of the active reservations. */
  reserved: `
    SELECT product_id, NULL::bigint AS order_id, coalesce(active, 0) AS expected, coalesce(reserved, 0) AS found
    FROM stock FULL JOIN (
      SELECT product_id, sum(quantity) AS active FROM reservations WHERE status = 'active' GROUP BY product_id
    ) reservation USING (product_id)
    WHERE coalesce(active, 0) <> coalesce(reserved, 0)`,
  /** The balance of a movement is the sum of the product's movements up to it. A correction settles those before it. */
  balance: `
    SELECT product_id, order_id, expected, found FROM (
      SELECT id, product_id, order_id, balance_after AS found,
             sum(quantity) OVER (PARTITION BY product_id ORDER BY id) AS expected
      FROM movements) movement
    WHERE expected <> found AND NOT EXISTS (
      SELECT FROM movements correction
      WHERE correction.product_id = movement.product_id AND correction.id > movement.id AND is_correction)`,
  /** Each line of an order with sold stock has a sale of its quantity. Any other sale is undone by a cancellation. */
  sold: `
    SELECT product_id, order_id, coalesce(ordered, 0) AS expected, coalesce(sold, 0) AS found
    FROM (SELECT order_id, product_id, quantity AS ordered FROM order_lines JOIN orders ON orders.id = order_id
          WHERE status IN (${quoted(STATUSES_WITH_STOCK_SOLD)})) line
    FULL JOIN (SELECT order_id, product_id, -sum(quantity) AS sold FROM movements WHERE kind IN ('sale', 'cancellation')
          GROUP BY order_id, product_id) sale USING (order_id, product_id)
    WHERE coalesce(ordered, 0) <> coalesce(sold, 0)`,
  /** The shipped units of a line are those of its shipments. */
  shipped: `
    SELECT product_id, order_id, coalesce(sent, 0) AS expected, coalesce(shipped, 0) AS found
    FROM (SELECT order_id, product_id, shipped FROM order_lines WHERE shipped > 0) line
    FULL JOIN (SELECT order_id, product_id, sum(quantity) AS sent FROM shipment_lines GROUP BY order_id, product_id) shipment
      USING (order_id, product_id)
    WHERE coalesce(sent, 0) <> coalesce(shipped, 0)`,
  /** The returned units of a line are those of its returns. */
  returned: `
    SELECT product_id, order_id, coalesce(received, 0) AS expected, coalesce(returned, 0) AS found
    FROM (SELECT order_id, product_id, returned FROM order_lines WHERE returned > 0) line
    FULL JOIN (SELECT order_id, product_id, sum(quantity) AS received FROM return_lines GROUP BY order_id, product_id) receipt
      USING (order_id, product_id)
    WHERE coalesce(received, 0) <> coalesce(returned, 0)`,
  /** The returned units that are on hand again have movements. There are no others. */
  restocked: `
    SELECT product_id, order_id, coalesce(received, 0) AS expected, coalesce(booked, 0) AS found
    FROM (SELECT return_lines.order_id, product_id, sum(quantity) AS received
          FROM return_lines JOIN returns ON returns.id = return_id WHERE restocked
          GROUP BY return_lines.order_id, product_id) receipt
    FULL JOIN (SELECT order_id, product_id, sum(quantity) AS booked FROM movements WHERE kind = 'return'
          GROUP BY order_id, product_id) movement USING (order_id, product_id)
    WHERE coalesce(received, 0) <> coalesce(booked, 0)`,
  /** Each line of an order with reserved stock has an active reservation of its quantity. There are no others. */
  reservations: `
    SELECT product_id, order_id, coalesce(ordered, 0) AS expected, coalesce(active, 0) AS found
    FROM (SELECT order_id, product_id, quantity AS ordered FROM order_lines JOIN orders ON orders.id = order_id
          WHERE status IN (${quoted(STATUSES_WITH_STOCK_RESERVED)})) line
    FULL JOIN (SELECT order_id, product_id, quantity AS active FROM reservations WHERE status = 'active') reservation
      USING (order_id, product_id)
    WHERE coalesce(ordered, 0) <> coalesce(active, 0)`,
};

/** An order that is not paid online is not concerned. Refunds that were refused do not count. */
const PAYMENT_CHECKS = {
  /** The total of each order whose stock is deducted was captured. */
  captured: `
    SELECT orders.id AS order_id, total AS expected, coalesce(captured, 0) AS found
    FROM orders LEFT JOIN payments ON order_id = orders.id
    WHERE payment_method IS NOT NULL AND orders.status IN (${quoted(STATUSES_WITH_STOCK_SOLD)})
      AND coalesce(captured, 0) <> total`,
  /** What was captured for an order that is cancelled or rejected goes back, once payment-worker has handled the event. */
  returned: `
    SELECT order_id, captured AS expected, requested AS found
    FROM payments JOIN orders ON orders.id = order_id, LATERAL (
      SELECT coalesce(sum(amount), 0) AS requested FROM refunds WHERE payment_id = payments.id AND status <> 'failed'
    ) AS refund
    WHERE captured > 0 AND orders.status IN (${quoted(STATUSES_UNSOLD)}) AND captured <> requested
      AND NOT '${pendingConfirmation({ event: 'order.cancelled' }, 'payment_queue')}' = ANY(unconfirmed)`,
  /** The refunded amount of a payment is the sum of its refunds. */
  refunded: `
    SELECT order_id, made AS expected, refunded AS found
    FROM payments, LATERAL (
      SELECT coalesce(sum(amount), 0) AS made FROM refunds WHERE payment_id = payments.id AND status = 'succeeded'
    ) AS refund
    WHERE refunded <> made`,
};

/** Maximum number of discrepancies in the result; more of them would usually have the same cause. */
const MAX_DISCREPANCIES = 1_000;

/** The rows that an audit has compared, and the differences. */
export interface AuditResult {
  totals: { products: number; movements: number; active_reservations: number };
  discrepancies: Discrepancy[];
  payment_discrepancies: PaymentDiscrepancy[];
}

/**
 * Reconciles the stock ledger: recomputes stock from movements and reservations. Compares payments with orders, too. It
 * only reads.
 */
export class StockAudit {
  constructor(private readonly connection: Pick<SqlClient, 'query'> & { cancel?: () => Promise<void> }) {}

  /**
   * One statement, so it reads one snapshot and concurrent transactions cause no discrepancies.
   *
   * @returns no discrepancies if the ledger reconciles
   */
  async run(): Promise<AuditResult> {
    const checks = Object.entries(CHECKS).map(
      ([check, discrepancies]) =>
        `SELECT '${check}' AS check, product_id, order_id, expected::float8 AS expected, found::float8 AS found
         FROM (${discrepancies}) AS ${check}_discrepancy`,
    );
    const paymentChecks = Object.entries(PAYMENT_CHECKS).map(
      ([check, discrepancies]) =>
        `SELECT '${check}' AS check, order_id, expected::float8 AS expected, found::float8 AS found
         FROM (${discrepancies}) AS ${check}_discrepancy`,
    );
    const [result] = await this.connection.query<AuditResult>(
      `SELECT json_build_object(
                'products', (SELECT count(*) FROM stock),
                'movements', (SELECT count(*) FROM movements),
                'active_reservations', (SELECT count(*) FROM reservations WHERE status = 'active')) AS totals,
              (SELECT coalesce(json_agg(discrepancy), '[]') FROM (
                 ${checks.join(' UNION ALL ')} LIMIT ${MAX_DISCREPANCIES}) AS discrepancy) AS discrepancies,
              (SELECT coalesce(json_agg(discrepancy), '[]') FROM (
                 ${paymentChecks.join(' UNION ALL ')} LIMIT ${MAX_DISCREPANCIES}) AS discrepancy) AS payment_discrepancies`,
    );
    return result!;
  }

  /** Ends the audits that this process runs: `run` throws. No further audit is run. */
  async cancel() {
    await this.connection.cancel?.();
  }
}
