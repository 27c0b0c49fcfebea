import { drawItems } from './workload.js';

describe('drawItems', () => {
  it('draws distinct products within the ranges of the workload', () => {
    for (let count = 0; count < 200; count++) {
      const items = drawItems({ products: [5, 9], lines: [2, 4] });
      const products = new Set(items.map(({ product_id }) => product_id));
      expect(products.size).toBe(items.length);
      expect(items.length).toBeGreaterThanOrEqual(2);
      expect(items.length).toBeLessThanOrEqual(4);
      for (const product of products) expect(product >= 5 && product <= 9).toBe(true);
    }
  });

  it('adds a sold-out product to the configured share of orders', () => {
    const workload = {
      products: [1, 9],
      lines: [1, 1],
      soldOut: { products: [10, 10], share: 0.5 },
    } as const;
    const drawWith = (...values: number[]) =>
      drawItems(structuredClone(workload) as never, () => values.shift()!);
    expect(drawWith(0.4, 0, 0)[0]!.product_id).toBe(10);
    expect(drawWith(0.6, 0, 0)[0]!.product_id).toBe(1);
  });
});
