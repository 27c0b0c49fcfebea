import type { ListedCharge } from '../support/payment-gateway.js';
import { SOLD } from './ledger-queries.js';
import type { Sql } from './ledger.js';

interface PaidOrder {
  id: number;
  status: string;
  total: number;
  is_sold: boolean;
  has_ended: boolean;
  /** As the payment records it. */
  captured: number;
  refunded: number;
  /** Sum of the refunds that were made. */
  made: number;
}

/** @returns the orders for which the payment gateway has taken money more than once, as lines of text */
export function findDoubleCharges(charges: ListedCharge[]): string[] {
  const counts = new Map<number, number>();
  for (const { order_id } of capturedOf(charges)) counts.set(order_id, (counts.get(order_id) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => `order ${id} was charged ${count} times`);
}

/**
 * Compares what the payment gateway has taken with the orders, to the cent: the total of an order that is sold, except for
 * refunds that were requested, and nothing of one that was rejected or cancelled. The payments must record the same. Orders
 * in progress are omitted.
 *
 * @returns the orders that differ, with a line of text for each
 */
export async function findWrongAmounts(
  sql: Sql,
  charges: ListedCharge[],
  upToOrder = Number.MAX_SAFE_INTEGER,
): Promise<{ order: number; line: string }[]> {
  const orders = (await sql(
    `SELECT orders.id::int, orders.status, total::int, orders.status IN (${SOLD}) AS is_sold,
            orders.status IN ('rejected', 'cancelled') AS has_ended,
            coalesce(captured, 0)::int AS captured, coalesce(refunded, 0)::int AS refunded,
            (SELECT coalesce(sum(refunds.amount), 0)::int FROM refunds
             WHERE payment_id = payments.id AND refunds.status = 'succeeded') AS made
     FROM orders LEFT JOIN payments ON payments.order_id = orders.id
     WHERE payment_method IS NOT NULL AND orders.id <= $1 ORDER BY orders.id`,
    [upToOrder],
  )) as PaidOrder[];
  const taken = new Map(capturedOf(charges).map((charge) => [charge.order_id, charge]));
  return orders.flatMap((order) => {
    const { captured, refunded } = taken.get(order.id) ?? { captured: 0, refunded: 0 };
    if (!order.is_sold && !order.has_ended) return [];
    const isExpected = captured === (order.is_sold ? order.total : refunded);
    const isRecorded = order.captured === captured && order.refunded === refunded && order.made === refunded;
    if (isExpected && isRecorded) return [];
    const line = `order ${order.id} is ${order.status} with a total of ${order.total}; the gateway has captured ${captured} and refunded ${refunded}; recorded are ${order.captured} and ${order.refunded}`;
    return [{ order: order.id, line }];
  });
}

const capturedOf = (charges: ListedCharge[]) => charges.filter(({ captured }) => captured > 0);
