import {
  amountOf,
  isLastReturn,
  isLastShipment,
  itemsToReturn,
  itemsToShip,
  type LineProgress,
} from './fulfilment.js';

/** Two units of product 10, of which one is shipped; three of product 11; product 12 is shipped. */
const LINES: LineProgress[] = [
  { product_id: 11, quantity: 3, shipped: 0, returned: 0 },
  { product_id: 10, quantity: 2, shipped: 1, returned: 0 },
  { product_id: 12, quantity: 1, shipped: 1, returned: 0 },
];

describe('itemsToShip', () => {
  it('contains everything that is not shipped yet, unless items are requested', () => {
    expect(itemsToShip(LINES)).toEqual([
      { product_id: 11, quantity: 3 },
      { product_id: 10, quantity: 1 },
    ]);
  });

  it('adds up the requested quantities of a product', () => {
    const requested = [
      { product_id: 10, quantity: 1 },
      { product_id: 11, quantity: 1 },
      { product_id: 11, quantity: 2 },
    ];
    expect(itemsToShip(LINES, requested)).toEqual([
      { product_id: 11, quantity: 3 },
      { product_id: 10, quantity: 1 },
    ]);
  });

  it.each([
    ['more than ordered', [{ product_id: 11, quantity: 4 }], '/lines/0/quantity'],
    ['more than is left', [{ product_id: 10, quantity: 2 }], '/lines/0/quantity'],
    ['a product of which nothing is left', [{ product_id: 12, quantity: 1 }], '/lines/0/quantity'],
    [
      'more than ordered in two items',
      [
        { product_id: 10, quantity: 1 },
        { product_id: 11, quantity: 2 },
        { product_id: 11, quantity: 2 },
      ],
      '/lines/1/quantity',
    ],
  ])('refuses %s, with a pointer to its first item', (_, requested, pointer) => {
    expect(() => itemsToShip(LINES, requested)).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'shipment_too_large',
        fieldErrors: [expect.objectContaining({ pointer, code: 'shipment_too_large' })],
      }) as Error,
    );
  });

  it('refuses products that are not in the order, with a pointer to each of them', () => {
    const requested = [
      { product_id: 99, quantity: 1 },
      { product_id: 11, quantity: 100 },
      { product_id: 98, quantity: 1 },
    ];
    expect(() => itemsToShip(LINES, requested)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'validation_failed',
        fieldErrors: [
          {
            pointer: '/lines/0/product_id',
            code: 'not_in_order',
            message: 'the order has no line with product 99',
          },
          {
            pointer: '/lines/2/product_id',
            code: 'not_in_order',
            message: 'the order has no line with product 98',
          },
        ],
      }) as Error,
    );
  });
});

describe('isLastShipment', () => {
  it('is true if nothing is left to ship', () => {
    expect(isLastShipment(LINES, itemsToShip(LINES))).toBe(true);
    expect(isLastShipment(LINES, [{ product_id: 11, quantity: 3 }])).toBe(false);
    expect(
      isLastShipment(LINES, [
        { product_id: 10, quantity: 1 },
        { product_id: 11, quantity: 2 },
      ]),
    ).toBe(false);
  });
});

describe('A return', () => {
  /** All is shipped, and one unit of product 10 is returned. */
  const shipped = [
    { product_id: 11, quantity: 3, shipped: 3, returned: 0, unit_price: 2_490 },
    { product_id: 10, quantity: 2, shipped: 2, returned: 1, unit_price: 5 },
  ];
  const all = [
    { product_id: 10, quantity: 1 },
    { product_id: 11, quantity: 3 },
  ];

  it('contains the requested items', () => {
    expect(itemsToReturn(shipped, all)).toEqual([
      { product_id: 11, quantity: 3 },
      { product_id: 10, quantity: 1 },
    ]);
  });

  it.each([
    ['more than shipped', [{ product_id: 11, quantity: 4 }]],
    ['what is returned already', [{ product_id: 10, quantity: 2 }]],
  ])('cannot contain %s', (_, requested) => {
    expect(() => itemsToReturn(shipped, requested)).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'return_too_large',
        fieldErrors: [expect.objectContaining({ pointer: '/lines/0/quantity', code: 'return_too_large' })],
      }) as Error,
    );
  });

  it('is the last one if all that was ordered is returned', () => {
    expect(isLastReturn(shipped, all)).toBe(true);
    expect(isLastReturn(shipped, [{ product_id: 11, quantity: 3 }])).toBe(false);
  });

  it('has the amount of its items at the prices of the order', () => {
    expect(amountOf(shipped, all)).toBe(3 * 2_490 + 5);
    expect(amountOf(shipped, [{ product_id: 10, quantity: 1 }])).toBe(5);
  });
});
