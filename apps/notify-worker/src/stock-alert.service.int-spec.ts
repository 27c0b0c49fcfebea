import type { Environment } from '@estoque/platform';
import { TestShop } from '../../../test/support/test-shop.js';
import { StockAlertService } from './stock-alert.service.js';

const environment = { STOCK_ALERT_EMAIL: 'stock@example.com', STOCK_ALERT_LOCALE: 'pt-BR' } as Environment;

describe('StockAlertService', () => {
  let shop: TestShop;
  let replicas: StockAlertService[];
  const sendSoon = jest.fn();
  beforeAll(async () => {
    shop = await TestShop.open();
    replicas = [1, 2].map(() => new StockAlertService(shop.unitOfWork, { sendSoon }, environment));
  });
  beforeEach(() => shop.dataSource.query('TRUNCATE notifications'));
  afterAll(() => shop.close());

  /** Records movements of a new product. @returns their ids; the last one lowers the stock from `from` to `to` */
  async function moveStock({ reorderPoint, from, to }: { reorderPoint: number; from: number; to: number }) {
    const product_id = await shop.createProduct(from);
    return shop.unitOfWork.inTransaction(async ({ products, stock }) => {
      await products.change(product_id, { reorder_point: reorderPoint });
      const { movement_id } = await stock.recordMovement(product_id, 'adjustment', to - from, 'a test');
      return movement_id;
    });
  }
  const item = (movement_id: number) => ({
    product_id: 1,
    movement_id,
    quantity: -10,
    on_hand: 0,
    reserved: 0,
    available: 0,
  });
  const states = async () => {
    const rows = await shop.dataSource.query<{ state: string }[]>(
      `SELECT state FROM notifications WHERE kind = 'low_stock' ORDER BY id`,
    );
    return rows.map(({ state }) => state);
  };

  it('records one alert for each crossing of the reorder point', async () => {
    const movement = await moveStock({ reorderPoint: 4, from: 5, to: 4 });
    const outcomes = await Promise.all(replicas.map((service) => service.alert([item(movement)])));
    expect(outcomes.toSorted()).toEqual(['duplicate', 'recorded']);
    expect(await replicas[0]!.alert([item(movement)])).toBe('duplicate');
    expect(await states()).toEqual(['pending']);
  });

  it('ignores a forged event: movements that do not exist or did not cross the reorder point', async () => {
    const above = await moveStock({ reorderPoint: 4, from: 10, to: 5 });
    const below = await moveStock({ reorderPoint: 4, from: 3, to: 2 });
    const raised = await moveStock({ reorderPoint: 4, from: 2, to: 4 });
    const forged = Array.from({ length: 2_000 }, (_, index) => item(1_000_000 + index));
    expect(await replicas[0]!.alert([above, below, raised].map(item).concat(forged))).toBe('ignored');
    expect(await states()).toEqual([]);
  });

  it('ignores a forged event about a crossing that is over: the stock has been above the reorder point since', async () => {
    const crossing = await moveStock({ reorderPoint: 4, from: 5, to: 4 });
    const [movement] = await shop.dataSource.query<{ product_id: number }[]>(
      'SELECT product_id FROM movements WHERE id = $1',
      [crossing],
    );
    const move = (quantity: number) =>
      shop.unitOfWork.inTransaction(async ({ stock }) => {
        const { product_id } = movement!;
        return (await stock.recordMovement(product_id, 'adjustment', quantity, 'a test')).movement_id;
      });
    await move(10);
    const lower = await move(-11);
    const lowest = await move(-1);
    expect(await replicas[0]!.alert([item(crossing), item(lowest)])).toBe('ignored');
    expect(await replicas[0]!.alert([item(lower)])).toBe('recorded');
    const alerts = await shop.dataSource.query<object[]>('SELECT movement_id FROM notifications');
    expect(alerts).toEqual([{ movement_id: lower }]);
  });
});
