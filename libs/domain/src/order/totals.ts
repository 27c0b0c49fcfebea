import { MAX_TOTAL, MAX_UNITS } from '../limits.js';
import { MixedCurrencies, TooManyUnits, TotalTooLarge } from './order.errors.js';
import type { OrderItem } from './locked-order.js';

/**
 * Adds up the quantities of items with the same product.
 *
 * @returns units by product id, sorted by the first appearance of the products
 * @throws TooManyUnits
 */
export function addUpQuantities(items: readonly OrderItem[]): Map<number, number> {
  const quantities = new Map<number, number>();
  for (const { product_id, quantity } of items)
    quantities.set(product_id, (quantities.get(product_id) ?? 0) + quantity);
  const tooLarge = items.findIndex(({ product_id }) => quantities.get(product_id)! > MAX_UNITS);
  if (tooLarge >= 0) throw new TooManyUnits(tooLarge);
  return quantities;
}

/**
 * Determines the currency of an order.
 *
 * @param products of the order, at least one
 * @returns the currency (ISO 4217) that all products have
 * @throws MixedCurrencies
 */
export function singleCurrency(products: readonly { currency: string }[]): string {
  const [currency, ...others] = new Set(products.map((product) => product.currency));
  if (others.length > 0) throw new MixedCurrencies([currency!, ...others]);
  return currency!;
}

/**
 * Calculates the total of an order.
 *
 * @param lines with unit prices in the currency's minor unit
 * @returns the total in the currency's minor unit
 * @throws TotalTooLarge
 */
export function orderTotal(lines: readonly { quantity: number; unit_price: number }[]): number {
  // BigInt, because a number above the maximum is rounded.
  const total = lines.reduce(
    (sum, { quantity, unit_price }) => sum + BigInt(quantity) * BigInt(unit_price),
    0n,
  );
  if (total > BigInt(MAX_TOTAL)) throw new TotalTooLarge();
  return Number(total);
}
