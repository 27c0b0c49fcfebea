import type { Environment } from '@estoque/platform';
import { TestShop } from '../../../test/support/test-shop.js';
import type { MailSenderService } from './mail-sender.service.js';
import { StockAlertService } from './stock-alert.service.js';

const environment = { STOCK_ALERT_EMAIL: 'stock@example.com', STOCK_ALERTS_PER_HOUR: 3 } as Environment;

describe('StockAlertService', () => {
  let shop: TestShop;
  let replicas: StockAlertService[];
  const sendSoon = jest.fn();
  beforeAll(async () => {
    shop = await TestShop.open();
    replicas = [1, 2].map(
      () => new StockAlertService(shop.unitOfWork, { sendSoon } as unknown as MailSenderService, environment),
    );
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

  it('sends at most the configured number of alerts an hour, of all replicas, and records the others', async () => {
    const movements: number[] = [];
    for (let i = 0; i < 8; i++) movements.push(await moveStock({ reorderPoint: 4, from: 5, to: 4 }));
    const outcomes = await Promise.all(
      movements.map((movement, index) => replicas[index % 2]!.alert([item(movement)])),
    );
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'withheld')).toHaveLength(5);
    expect((await states()).toSorted()).toEqual([
      ...Array<string>(5).fill('failed'),
      ...Array<string>(3).fill('pending'),
    ]);
    await shop.dataSource.query(`UPDATE notifications SET created_at = created_at - interval '1 hour'`);
    const later = await moveStock({ reorderPoint: 4, from: 5, to: 4 });
    expect(await replicas[0]!.alert([item(later)])).toBe('recorded');
  });
});
