import { MAX_PRICE, MAX_UNITS } from '../limits.js';
import type { ProductSnapshot } from '../product/product.repository.js';
import { draftOrder, type PlaceOrderRequest } from './order-draft.js';
import {
  InvalidOrder,
  MixedCurrencies,
  TooManyUnits,
  TotalTooLarge,
  UnknownProducts,
} from './order.errors.js';

const coffee: ProductSnapshot = { id: 10, sku: 'CAF-250', name: 'Café', price: 2_490, currency: 'BRL' };
const filter: ProductSnapshot = { id: 11, sku: 'FIL-100', name: 'Filtro', price: 990, currency: 'BRL' };
const imported: ProductSnapshot = { id: 12, sku: 'TEA-100', name: 'Tea', price: 700, currency: 'USD' };
/** Products with the highest price. In the highest quantity, ten of them exceed the maximum total. */
const expensive = Array.from({ length: 10 }, (_, index): ProductSnapshot => ({
  ...coffee,
  id: 20 + index,
  price: MAX_PRICE,
}));
const tooExpensive = expensive.map(({ id }): [number, number] => [id, MAX_UNITS]);
const snapshots = new Map([coffee, filter, imported, ...expensive].map((product) => [product.id, product]));

const request = (...items: [product_id: number, quantity: number][]): PlaceOrderRequest => ({
  customer: { name: 'Ana Souza', email: 'ana@example.com' },
  items: items.map(([product_id, quantity]) => ({ product_id, quantity })),
  locale: 'pt-BR',
});
const problemsOf = (...items: [product_id: number, quantity: number][]) => {
  const draft = draftOrder(request(...items), snapshots);
  return draft instanceof InvalidOrder && draft.fieldErrors.map(({ pointer, code }) => [pointer, code]);
};

describe('draftOrder', () => {
  it('makes one line for each product, with its name and price, and the total', () => {
    expect(draftOrder(request([11, 1], [10, 2], [11, 2]), snapshots)).toEqual({
      customer_name: 'Ana Souza',
      customer_email: 'ana@example.com',
      locale: 'pt-BR',
      currency: 'BRL',
      total: 3 * 990 + 2 * 2_490,
      lines: [
        { product_id: 11, sku: 'FIL-100', name: 'Filtro', quantity: 3, unit_price: 990 },
        { product_id: 10, sku: 'CAF-250', name: 'Café', quantity: 2, unit_price: 2_490 },
      ],
    });
  });

  it('keeps the reference and the metadata of the request', () => {
    const own = { reference: 'PO-118', metadata: { channel: 'web' } };
    expect(draftOrder({ ...request([10, 1]), ...own }, snapshots)).toMatchObject(own);
  });

  it('returns an InvalidOrder of its own type for each rule', () => {
    expect(draftOrder(request([10, MAX_UNITS], [10, 1]), snapshots)).toBeInstanceOf(TooManyUnits);
    expect(draftOrder(request([99, 1]), snapshots)).toBeInstanceOf(UnknownProducts);
    expect(draftOrder(request([10, 1], [12, 1]), snapshots)).toBeInstanceOf(MixedCurrencies);
    expect(draftOrder(request(...tooExpensive), snapshots)).toBeInstanceOf(TotalTooLarge);
  });

  it('points to the fields of the request', () => {
    expect(problemsOf([11, 1], [10, MAX_UNITS], [10, 1])).toEqual([['/items/1/quantity', 'too_large']]);
    expect(problemsOf([99, 1], [10, 1], [98, 1])).toEqual([
      ['/items/0/product_id', 'unknown_product'],
      ['/items/2/product_id', 'unknown_product'],
    ]);
    expect(problemsOf([10, 1], [12, 1])).toEqual([['/items', 'mixed_currencies']]);
    expect(problemsOf(...tooExpensive)).toEqual([['/items', 'total_too_large']]);
  });

  it('throws an error that is not an InvalidOrder', () => {
    const unreadable = { has: () => true, get: () => undefined } as unknown as Map<number, ProductSnapshot>;
    expect(() => draftOrder(request([10, 1]), unreadable)).toThrow(TypeError);
  });
});
