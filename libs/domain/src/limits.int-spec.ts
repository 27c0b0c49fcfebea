import { TestShop } from '../../../test/support/test-shop.js';
import { MAX_ON_HAND, MAX_PRICE, MAX_TOTAL, MAX_UNITS } from './limits.js';

/** Upper bound of a BETWEEN, as PostgreSQL prints it. A literal that exceeds the column's type is quoted and cast. */
const UPPER_BOUND = /\((\w+) <= '?(\d+)'?(?:::\w+)?\)/g;

describe('Limits', () => {
  it('equal those of the CHECK constraints in the migrated database', async () => {
    const shop = await TestShop.open({ workers: 1 });
    try {
      const constraints = await shop.dataSource.query<{ relation: string; definition: string }[]>(
        `SELECT conrelid::regclass::text AS relation, pg_get_constraintdef(oid) AS definition
         FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace`,
      );
      const bounds = constraints.flatMap(({ relation, definition }) =>
        [...definition.matchAll(UPPER_BOUND)].map(([, column, bound]) => [
          `${relation}.${column}`,
          Number(bound),
        ]),
      );
      expect(Object.fromEntries(bounds)).toEqual({
        'order_lines.quantity': MAX_UNITS,
        'orders.total': MAX_TOTAL,
        'payments.amount': MAX_TOTAL,
        'refunds.amount': MAX_TOTAL,
        'returns.amount': MAX_TOTAL,
        'products.price': MAX_PRICE,
        'stock.on_hand': MAX_ON_HAND,
      });
    } finally {
      await shop.close();
    }
  });
});
