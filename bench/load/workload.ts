/** What clients order. Product ids have no gaps. */
export interface Workload {
  /** First and last id of the products to choose from. */
  products: [number, number];
  /** Minimum and maximum number of lines of an order. */
  lines: [number, number];
  /** Products without stock: this share of all orders (0 to 1) contains one of them as well. */
  soldOut?: { products: [number, number]; share: number };
  /** Token of the payment gateway. Unset: orders without a payment. */
  paymentMethod?: string;
}

export interface Item {
  product_id: number;
  quantity: number;
}

/** Draws the items of one order. @param random returns a number from 0 to below 1 */
export function drawItems({ products, lines, soldOut }: Workload, random = Math.random): Item[] {
  const between = ([min, max]: [number, number]) => min + Math.floor(random() * (max - min + 1));
  const productIds = new Set<number>();
  if (soldOut && random() < soldOut.share) productIds.add(between(soldOut.products));
  const count = between(lines);
  while (productIds.size < count) productIds.add(between(products));
  return [...productIds].map((product_id) => ({ product_id, quantity: 1 }));
}
