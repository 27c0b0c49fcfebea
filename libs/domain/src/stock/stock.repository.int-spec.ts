import { TestShop } from '../../../../test/support/test-shop.js';
import type { OrderItem } from '../order/locked-order.js';
import { StockBelowReserved } from './stock.errors.js';

describe('StockRepository', () => {
  let shop: TestShop;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 4 })));
  afterAll(() => shop.close());

  const sql = <Row>(text: string, parameters: unknown[] = []) =>
    shop.dataSource.query<Row[]>(text, parameters);
  const reservedOrder = async (items: OrderItem[]): Promise<number> => {
    const id = await shop.createOrder(items);
    await shop.unitOfWork.inTransaction(({ reservations }) =>
      reservations.reserve([{ id, status: 'pending', version: 1, has_payment: false, items }], 60),
    );
    return id;
  };

  it('refuses an adjustment that leaves less on hand than is reserved', async () => {
    const product_id = await shop.createProduct(5);
    await reservedOrder([{ product_id, quantity: 3 }]);
    const remove = (quantity: number) =>
      shop.unitOfWork.inTransaction(({ stock }) =>
        stock.recordMovement(product_id, 'adjustment', -quantity, 'lost'),
      );
    await expect(remove(3)).rejects.toThrow(StockBelowReserved);
    expect(await remove(2)).toMatchObject({ on_hand: 3, reserved: 3, available: 0 });
  });

  describe('The database constraints refuse', () => {
    const [CHECK, UNIQUE, RESTRICT] = ['23514', '23505', '23001'];
    let product: number;
    let order: number;
    beforeAll(async () => {
      product = await shop.createProduct(5);
      order = await reservedOrder([{ product_id: product, quantity: 2 }]);
      await shop.unitOfWork.inTransaction(async ({ orders, reservations }) =>
        reservations.deduct([await orders.lockForUpdate(order)]),
      );
    });

    const movement =
      'INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason) VALUES';
    it.each([
      [
        'more units reserved than on hand',
        CHECK,
        () => `UPDATE stock SET reserved = 4 WHERE product_id = ${product}`,
      ],
      [
        'a negative number of units reserved',
        CHECK,
        () => `UPDATE stock SET reserved = -1 WHERE product_id = ${product}`,
      ],
      [
        'a negative number of units on hand',
        CHECK,
        () => `UPDATE stock SET on_hand = -1 WHERE product_id = ${product}`,
      ],
      [
        'a second sale of an order line',
        UNIQUE,
        () => `${movement} (${product}, ${order}, 'sale', -2, 1, 'again')`,
      ],
      ['a sale without an order', CHECK, () => `${movement} (${product}, NULL, 'sale', -2, 1, 'none')`],
      ['a movement of 0 units', CHECK, () => `${movement} (${product}, NULL, 'receipt', 0, 3, 'none')`],
      [
        'to change a movement',
        RESTRICT,
        () => `UPDATE movements SET quantity = -1 WHERE product_id = ${product}`,
      ],
      ['to delete a movement', RESTRICT, () => `DELETE FROM movements WHERE product_id = ${product}`],
      ['to truncate the movements', RESTRICT, () => 'TRUNCATE movements CASCADE'],
    ])('%s', async (_description, code, statement) => {
      const movements = () => sql('SELECT * FROM movements ORDER BY id');
      const before = await movements();
      await expect(sql(statement())).rejects.toMatchObject({ code });
      expect(await movements()).toEqual(before);
    });
  });
});
