import type { LineRejection } from '../order/order.entity.js';
import type { OrderItem } from '../order/locked-order.js';

/** Stock of a product that can be reserved. Orders with an inactive product are rejected. */
export interface StockLevel {
  product_id: number;
  available: number;
  active: boolean;
}

export interface Allocation<Order> {
  /** Orders whose items can all be reserved, in the sequence of the argument. */
  allocated: Order[];
  /** By order id, the lines that can't be fulfilled. Nothing is reserved for these orders. */
  shortages: Map<number, LineRejection[]>;
}

/**
 * Decides which orders get the available stock: first come, first served, and all items of an order or none.
 *
 * @param orders in the sequence in which they get stock; each product at most once per order
 * @param levels of the products; a product without a level has no stock and counts as inactive
 */
export function allocate<Order extends { id: number; items: OrderItem[] }>(
  orders: readonly Order[],
  levels: readonly StockLevel[],
): Allocation<Order> {
  const remaining = new Map(levels.map((level) => [level.product_id, { ...level }]));
  const allocated: Order[] = [];
  const shortages = new Map<number, LineRejection[]>();
  for (const order of orders) {
    const shortage = order.items.flatMap((item) => shortageOf(item, remaining.get(item.product_id)));
    if (shortage.length > 0) {
      shortages.set(order.id, shortage);
      continue;
    }
    for (const { product_id, quantity } of order.items) remaining.get(product_id)!.available -= quantity;
    allocated.push(order);
  }
  return { allocated, shortages };
}

/** @returns empty if the item can be fulfilled */
function shortageOf({ product_id, quantity }: OrderItem, level?: StockLevel): LineRejection[] {
  const { available = 0, active = false } = level ?? {};
  if (active && quantity <= available) return [];
  const reason = active ? 'out_of_stock' : 'product_inactive';
  return [{ product_id, reason, requested: quantity, available }];
}
