import type { ProductSnapshot } from '../product/product.repository.js';
import type { Locale } from './order.entity.js';
import { InvalidOrder, UnknownProducts } from './order.errors.js';
import type { NewOrder, OrderItem } from './order.repository.js';
import { addUpQuantities, orderTotal, singleCurrency } from './totals.js';

/** An order as a customer requests it. Several items may have the same product. */
export interface PlaceOrderRequest {
  customer: { name: string; email: string };
  items: OrderItem[];
  locale: Locale;
}

/**
 * Makes a storable order of a request, with the names and prices of the products at the time of ordering.
 *
 * @param snapshots by product id, of those products of the request that exist
 * @returns the order, or the rule that the request breaks
 */
export function draftOrder(
  request: PlaceOrderRequest,
  snapshots: ReadonlyMap<number, ProductSnapshot>,
): NewOrder | InvalidOrder {
  try {
    return applyRules(request, snapshots);
  } catch (error) {
    if (error instanceof InvalidOrder) return error;
    throw error;
  }
}

/** @throws InvalidOrder */
function applyRules(
  { customer, items, locale }: PlaceOrderRequest,
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
  return {
    customer_name: customer.name,
    customer_email: customer.email,
    locale,
    currency: singleCurrency(products),
    total: orderTotal(lines),
    lines,
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
