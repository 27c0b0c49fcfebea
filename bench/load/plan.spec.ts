import { drawItems } from './plan.js';

describe('What customers order', () => {
  it('is as many different products as the plan says, all of them its own', () => {
    for (let count = 0; count < 200; count++) {
      const items = drawItems({ products: [5, 9], lines: [2, 4] });
      const products = new Set(items.map(({ product_id }) => product_id));
      expect(products.size).toBe(items.length);
      expect(items.length).toBeGreaterThanOrEqual(2);
      expect(items.length).toBeLessThanOrEqual(4);
      for (const product of products) expect(product >= 5 && product <= 9).toBe(true);
    }
  });

  it('is something sold out as often as the plan says', () => {
    const plan = { products: [1, 9], lines: [1, 1], soldOut: { products: [10, 10], share: 0.5 } } as const;
    const rigged = (...values: number[]) => drawItems(structuredClone(plan) as never, () => values.shift()!);
    expect(rigged(0.4, 0, 0)[0]!.product_id).toBe(10);
    expect(rigged(0.6, 0, 0)[0]!.product_id).toBe(1);
  });
});
