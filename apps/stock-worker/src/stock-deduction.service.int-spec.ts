import { TestShop } from '../../../test/support/test-shop.js';
import { StockDeductionService } from './stock-deduction.service.js';

describe('Deduction while another session holds a lock', () => {
  let shop: TestShop;
  let service: StockDeductionService;
  beforeAll(async () => {
    shop = await TestShop.open();
    service = new StockDeductionService(shop.unitOfWorkOf('stock-worker'));
  });
  afterAll(() => shop.close());

  const createReservedOrder = async (productId: number) => {
    const items = [{ product_id: productId, quantity: 1 }];
    const order_id = await shop.createOrder(items);
    await shop.unitOfWork.inTransaction(async ({ orders, reservations }) => {
      const locked = [await orders.lockForUpdate(order_id)];
      await reservations.lockLevels(locked);
      await reservations.reserve(locked, 60);
      await orders.reserve([order_id]);
    });
    return { order_id, items };
  };

  it.each(['stock WHERE product_id', 'products WHERE id'])(
    'holds up only the orders of the product, in one further transaction: %s',
    async (row) => {
      const [locked, free] = await Promise.all([shop.createProduct(100), shop.createProduct(100)]);
      const blocked = await createReservedOrder(locked);
      const others: Awaited<ReturnType<typeof createReservedOrder>>[] = [];
      for (let count = 0; count < 20; count++) others.push(await createReservedOrder(free));
      await shop.whileLocked(`SELECT FROM ${row} = $1 FOR UPDATE`, [locked], async () => {
        const refused = expect(service.deduct(blocked)).rejects.toMatchObject({ code: 'row_locked' });
        const startedAt = performance.now();
        const outcomes = await Promise.all(others.map((message) => service.deduct(message)));
        // One lock timeout. One for each of the 20 would take 8 s.
        expect(performance.now() - startedAt).toBeLessThan(2_000);
        expect(new Set(outcomes)).toEqual(new Set(['processed']));
        await refused;
      });
      expect(await service.deduct(blocked)).toBe('processed');
    },
  );
});
