import fc from 'fast-check';
import { MAX_PRICE, MAX_TOTAL, MAX_UNITS } from '../limits.js';
import { MixedCurrencies, TooManyUnits, TotalTooLarge } from './order.errors.js';
import { addUpQuantities, orderTotal, singleCurrency } from './totals.js';

describe('addUpQuantities', () => {
  it('adds up items with the same product, sorted by their first appearance', () => {
    const items = [
      { product_id: 11, quantity: 1 },
      { product_id: 10, quantity: 2 },
      { product_id: 11, quantity: 3 },
    ];
    expect([...addUpQuantities(items)]).toEqual([
      [11, 4],
      [10, 2],
    ]);
  });

  it('accepts the maximum of units and refuses one more', () => {
    const item = (product_id: number, quantity: number) => ({ product_id, quantity });
    expect(addUpQuantities([item(10, MAX_UNITS - 1), item(10, 1)]).get(10)).toBe(MAX_UNITS);
    const tooMany = () => addUpQuantities([item(11, MAX_UNITS), item(10, MAX_UNITS), item(10, 1)]);
    expect(tooMany).toThrow(TooManyUnits);
    expect(tooMany).toThrow('the quantities of this product add up to more than 1000000');
  });
});

describe('singleCurrency', () => {
  it('returns the currency that all products have', () => {
    expect(singleCurrency([{ currency: 'BRL' }, { currency: 'BRL' }])).toBe('BRL');
  });

  it('refuses products in several currencies and lists each currency once', () => {
    const mixed = () => singleCurrency(['BRL', 'USD', 'BRL'].map((currency) => ({ currency })));
    expect(mixed).toThrow(MixedCurrencies);
    expect(mixed).toThrow('all products of an order must have the same currency, not BRL and USD');
  });
});

describe('orderTotal', () => {
  it('adds up the quantity times the unit price of each line', () => {
    const lines = [
      { quantity: 3, unit_price: 1_250 },
      { quantity: 1, unit_price: 990 },
    ];
    expect(orderTotal(lines)).toBe(4_740);
  });

  it('accepts the maximum and refuses one unit more', () => {
    expect(orderTotal([{ quantity: 1, unit_price: MAX_TOTAL }])).toBe(MAX_TOTAL);
    const tooLarge = [
      { quantity: 1, unit_price: MAX_TOTAL },
      { quantity: 1, unit_price: 1 },
    ];
    expect(() => orderTotal(tooLarge)).toThrow(TotalTooLarge);
  });

  it('is exact for all allowed quantities and prices, or throws TotalTooLarge', () => {
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: MAX_UNITS }),
      unit_price: fc.integer({ min: 0, max: MAX_PRICE }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 100 }), (lines) => {
        const exact = lines.map(({ quantity, unit_price }) => BigInt(quantity) * BigInt(unit_price));
        const total = exact.reduce((sum, amount) => sum + amount, 0n);
        if (total > BigInt(MAX_TOTAL)) expect(() => orderTotal(lines)).toThrow(TotalTooLarge);
        else expect(BigInt(orderTotal(lines))).toBe(total);
      }),
    );
  });
});
