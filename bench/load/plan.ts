/** What customers order. Products are numbered without gaps. */
export interface Plan {
  /** The first and the last that they choose from. */
  products: [number, number];
  /** The least and the most lines of an order. */
  lines: [number, number];
  /** Products that nobody has in stock: of all orders so many (0 to 1) want one of them too. */
  soldOut?: { products: [number, number]; share: number };
}

export interface Item {
  product_id: number;
  quantity: number;
}

/** @param random from 0 to below 1 */
export function drawItems({ products, lines, soldOut }: Plan, random = Math.random): Item[] {
  const between = ([least, most]: [number, number]) => least + Math.floor(random() * (most - least + 1));
  const wanted = new Set<number>();
  if (soldOut && random() < soldOut.share) wanted.add(between(soldOut.products));
  const count = between(lines);
  while (wanted.size < count) wanted.add(between(products));
  return [...wanted].map((product_id) => ({ product_id, quantity: 1 }));
}
