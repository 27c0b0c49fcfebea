import fc from 'fast-check';
import { allocate, type StockLevel } from './allocation.js';

const level = (product_id: number, available: number, active = true): StockLevel => ({
  product_id,
  available,
  active,
});
const order = (id: number, ...items: [product_id: number, quantity: number][]) => ({
  id,
  items: items.map(([product_id, quantity]) => ({ product_id, quantity })),
});
type Order = ReturnType<typeof order>;

const PRODUCTS = [10, 11, 12];
const anyLevels = fc.tuple(
  ...PRODUCTS.map((product_id) =>
    fc.record({
      product_id: fc.constant(product_id),
      available: fc.nat(12),
      active: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
  ),
);
const anyOrders = fc
  .array(
    fc.uniqueArray(
      fc.record({ product_id: fc.constantFrom(...PRODUCTS, 99), quantity: fc.integer({ min: 1, max: 8 }) }),
      { minLength: 1, selector: ({ product_id }) => product_id },
    ),
    { maxLength: 10 },
  )
  .map((carts): Order[] => carts.map((items, index) => ({ id: index + 1, items })));

const unitsOf = (orders: Order[], productId: number) =>
  orders
    .flatMap(({ items }) => items)
    .filter(({ product_id }) => product_id === productId)
    .reduce((sum, { quantity }) => sum + quantity, 0);

describe('allocate', () => {
  it('allocates all items of an order', () => {
    const first = order(1, [10, 2], [11, 5]);
    expect(allocate([first], [level(10, 2), level(11, 9)])).toEqual({
      allocated: [first],
      shortages: new Map(),
    });
  });

  it('allocates nothing to an order if one item is short, and returns every shortage', () => {
    const { allocated, shortages } = allocate(
      [order(1, [10, 2], [11, 2], [12, 2], [99, 1])],
      [level(10, 5), level(11, 1), level(12, 5, false)],
    );
    expect(allocated).toEqual([]);
    expect([...shortages]).toEqual([
      [
        1,
        [
          { product_id: 11, reason: 'out_of_stock', requested: 2, available: 1 },
          { product_id: 12, reason: 'product_inactive', requested: 2, available: 5 },
          { product_id: 99, reason: 'product_inactive', requested: 1, available: 0 },
        ],
      ],
    ]);
  });

  it('serves orders first come, first served; after a rejected order, a smaller one can be allocated', () => {
    const orders = [order(1, [10, 3]), order(2, [10, 3]), order(3, [10, 2])];
    const { allocated, shortages } = allocate(orders, [level(10, 5)]);
    expect(allocated).toEqual([orders[0], orders[2]]);
    expect(shortages.get(2)).toEqual([
      { product_id: 10, reason: 'out_of_stock', requested: 3, available: 2 },
    ]);
  });

  describe('for any orders and stock levels', () => {
    it('never allocates more than is available, and nothing of an inactive or unknown product', () => {
      fc.assert(
        fc.property(anyOrders, anyLevels, (orders, levels) => {
          const { allocated } = allocate(orders, levels);
          for (const { product_id, available, active } of levels)
            expect(unitsOf(allocated, product_id)).toBeLessThanOrEqual(active ? available : 0);
          expect(unitsOf(allocated, 99)).toBe(0);
        }),
      );
    });

    it('allocates all items of an order or returns its shortages', () => {
      fc.assert(
        fc.property(anyOrders, anyLevels, (orders, levels) => {
          const { allocated, shortages } = allocate(orders, levels);
          expect(orders.filter(({ id }) => !shortages.has(id))).toEqual(allocated);
          for (const reasons of shortages.values()) expect(reasons.length).toBeGreaterThan(0);
        }),
      );
    });

    it('computes shortages from the stock that remains after the orders before', () => {
      fc.assert(
        fc.property(anyOrders, anyLevels, (orders, levels) => {
          const { allocated, shortages } = allocate(orders, levels);
          for (const [id, reasons] of shortages) {
            const before = allocated.filter((earlier) => earlier.id < id);
            for (const { product_id, reason, requested, available } of reasons) {
              const initial = levels.find((stock) => stock.product_id === product_id);
              expect(available).toBe((initial?.available ?? 0) - unitsOf(before, product_id));
              if (reason === 'out_of_stock') expect(requested).toBeGreaterThan(available);
              else expect(initial?.active ?? false).toBe(false);
            }
          }
        }),
      );
    });

    it('gives an order a result that does not depend on the orders after it', () => {
      fc.assert(
        fc.property(anyOrders, anyLevels, fc.nat(10), (orders, levels, count) => {
          const all = allocate(orders, levels);
          const first = allocate(orders.slice(0, count), levels);
          expect(first.allocated).toEqual(all.allocated.filter(({ id }) => id <= count));
          for (const [id, reasons] of first.shortages) expect(all.shortages.get(id)).toEqual(reasons);
        }),
      );
    });

    it('changes neither the orders nor the levels', () => {
      fc.assert(
        fc.property(anyOrders, anyLevels, (orders, levels) => {
          const before = structuredClone({ orders, levels });
          allocate(orders, levels);
          expect({ orders, levels }).toEqual(before);
        }),
      );
    });
  });
});
