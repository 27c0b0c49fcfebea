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

  it('lists products with their stock by level and by a part of SKU or name, in pages', async () => {
    const empty = await shop.createProduct(0);
    const reserved = await shop.createProduct(2);
    await reservedOrder([{ product_id: reserved, quantity: 2 }]);
    const low = await shop.createProduct(3);
    await sql('UPDATE products SET reorder_point = 3, name = $2 WHERE id = $1', [low, 'Chá 100% (mate)_']);
    const idsOf = async (filter: Parameters<typeof stock.list>[0]) =>
      (await stock.list(filter)).map(({ id }) => id).filter((id) => id >= empty);
    const { stock, activeReservations } = shop.unitOfWork.read;
    expect(await idsOf({ level: 'out', limit: 100 })).toEqual([reserved, empty]);
    expect(await idsOf({ level: 'low', limit: 100 })).toEqual([low, empty]);
    expect(await idsOf({ limit: 2 })).toEqual([low, reserved]);
    expect(await idsOf({ before: reserved, limit: 1 })).toEqual([empty]);
    for (const search of ['CHÁ', '100% (mate)', '_'])
      expect(await idsOf({ search, limit: 100 })).toEqual([low]);
    expect(await idsOf({ search: 'CHÁ', level: 'out', limit: 100 })).toEqual([]);
    expect(await activeReservations.ofProduct(reserved, 10)).toMatchObject([{ quantity: 2 }]);
    expect(await activeReservations.ofProduct(low, 10)).toEqual([]);
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
