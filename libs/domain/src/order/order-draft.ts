import type { Actor } from '../audit-log/actor.js';
import type { ProductSnapshot } from '../product/product.repository.js';
import type { Locale } from './order.entity.js';
import { InvalidOrder, UnknownProducts } from './order.errors.js';
import type { OrderItem } from './locked-order.js';
import type { NewOrder } from './order.repository.js';
import { addUpQuantities, orderTotal, singleCurrency } from './totals.js';

/** A request for an order. Several items can have the same product. */
export interface PlaceOrderRequest {
  customer: { name: string; email: string };
  items: OrderItem[];
  locale: Locale;
  reference?: string;
  metadata?: Record<string, string>;
  payment?: { method: string };
}

/**
 * Converts a request to an order that can be stored, with the names and prices of the products at the time of ordering.
 *
 * @param snapshots of those products of the request that exist, by product id
 * @param placedBy who sent the request
 * @param receivedAt when this process received the request, by `performance.now()`
 * @returns the order, or the InvalidOrder error
 */
export function draftOrder(
  request: PlaceOrderRequest,
  snapshots: ReadonlyMap<number, ProductSnapshot>,
  placedBy?: Actor,
  receivedAt?: number,
): NewOrder | InvalidOrder {
  try {
    return { ...applyRules(request, snapshots), placedBy, receivedAt };
  } catch (error) {
    if (error instanceof InvalidOrder) return error;
    throw error;
  }
}

/** @throws InvalidOrder */
function applyRules(
  { customer, items, locale, reference, metadata, payment }: PlaceOrderRequest,
  snapshots: ReadonlyMap<number, ProductSnapshot>,
): NewOrder {
  const quantities = addUpQuantities(items);
  refuseUnknownProducts(items, snapshots);
  const products = [...quantities.keys()].map((id) => snapshots.get(id)!);
  const lines = products.map(({ id, sku, name, price }) => ({
    product_id: id,
    sku,
    name,
    quantity: quantities.get(id)!,
    unit_price: price,
  }));
  const total = orderTotal(lines);
  return {
    customer_name: customer.name,
    customer_email: customer.email,
    locale,
    reference,
    metadata,
    currency: singleCurrency(products),
    total,
    lines,
    // Nothing is charged for a free order.
    ...(payment && total > 0 && { payment_method: payment.method }),
  };
}

/** @throws UnknownProducts */
function refuseUnknownProducts(
  items: readonly OrderItem[],
  snapshots: ReadonlyMap<number, ProductSnapshot>,
): void {
  const unknown = items
    .map(({ product_id }, index) => ({ index, product_id }))
    .filter(({ product_id }) => !snapshots.has(product_id));
  if (unknown.length > 0) throw new UnknownProducts(unknown);
}
