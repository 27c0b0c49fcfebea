import { RowLocked } from '@estoque/database';
import { ACTOR, TestShop } from '../../../../test/support/test-shop.js';
import { ProductsService } from './products.service.js';

describe('ProductsService', () => {
  let shop: TestShop;
  let products: ProductsService;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 4 });
    products = new ProductsService(shop.unitOfWork);
  });
  afterAll(() => shop.close());

  // A lock FOR KEY SHARE is that of an order of the product that is not yet committed.
  it.each([
    [
      'FOR NO KEY UPDATE',
      { price: 100 },
      /^Locked by another session: data of product \d+\. Nothing was stored/,
    ],
    ['FOR UPDATE', { price: 100 }, /data of product/],
    ['FOR KEY SHARE', { sku: 'CHANGED' }, /SKU of product/],
  ])('refuses to change a product that another session has locked %s: %j', async (lock, changes, message) => {
    const id = await shop.createProduct(0);
    const before = await products.get(id);
    await shop.whileLocked(`SELECT FROM products WHERE id = $1 ${lock}`, [id], async () => {
      const error = await products.change(id, changes, ACTOR).catch((refusal: unknown) => refusal);
      expect(error).toBeInstanceOf(RowLocked);
      expect((error as Error).message).toMatch(message);
      expect(await products.get(id)).toEqual(before);
    });
    expect(await products.change(id, changes, ACTOR)).toMatchObject(changes);
  });

  it('changes a product while an order of it is not yet committed', async () => {
    const id = await shop.createProduct(0);
    await shop.whileLocked('SELECT FROM products WHERE id = $1 FOR KEY SHARE', [id], async () => {
      expect(await products.change(id, { price: 100 }, ACTOR)).toMatchObject({ price: 100 });
    });
  });
});
