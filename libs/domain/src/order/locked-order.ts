import type { EntityManager } from 'typeorm';
import type { OrderStatus } from './order-state-machine.js';

export interface OrderItem {
  product_id: number;
  quantity: number;
}

/** A message that requests the next step of an order. */
export interface OrderMessage {
  order_id: number;
  items: OrderItem[];
  /** Time of `performance.now()` at which this process received it. */
  receivedAt?: number;
}

/** An order that this transaction has locked: no other transaction can change it before this one ends. */
export interface LockedOrder {
  id: number;
  status: OrderStatus;
  version: number;
  /** Sorted by product id. */
  items: OrderItem[];
  /** Whether the order is paid online. */
  has_payment: boolean;
  /** The message for which the order was locked, if any. */
  message?: OrderMessage;
}

/**
 * Locks orders for this transaction, in the order of their ids, so that two transactions cannot deadlock.
 *
 * @param wait `SKIP LOCKED`: orders that another transaction has locked are omitted
 * @returns the locked orders by id, ascending; unknown ids are omitted
 */
export async function lockOrders(
  manager: EntityManager,
  ids: number[],
  wait: '' | 'SKIP LOCKED' = '',
): Promise<Map<number, LockedOrder>> {
  const orders = await manager.query<
    {
      id: number;
      status: OrderStatus;
      version: number;
      has_payment: boolean;
      products: number[];
      quantities: number[];
    }[]
  >(
    `SELECT id, status, version, payment_method IS NOT NULL AS has_payment, products, quantities
     FROM orders, LATERAL (
       SELECT coalesce(array_agg(product_id ORDER BY product_id), '{}') AS products,
              coalesce(array_agg(quantity ORDER BY product_id), '{}') AS quantities
       FROM order_lines WHERE order_id = orders.id
     ) AS line
     WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE OF orders ${wait}`,
    [ids],
  );
  return new Map(
    // Each column by its name: copying the rest of a row takes several times as long.
    orders.map(({ id, status, version, has_payment, products, quantities }) => {
      const items = products.map((product_id, index) => ({ product_id, quantity: quantities[index]! }));
      return [id, { id, status, version, has_payment, items }];
    }),
  );
}

/** @param lines sorted by product id @param items in any sequence */
export function hasSameItems(lines: OrderItem[], items: OrderItem[]): boolean {
  const sorted = items.toSorted((a, b) => a.product_id - b.product_id);
  const isSame = (line: OrderItem, item?: OrderItem) =>
    line.product_id === item?.product_id && line.quantity === item.quantity;
  return sorted.length === lines.length && lines.every((line, index) => isSame(line, sorted[index]));
}
