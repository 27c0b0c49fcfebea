import { StockAudit } from '@estoque/domain';
import { sqlClientOf } from '@estoque/database';
import { DiscrepanciesService } from '../../apps/api/src/operations/discrepancies.service.js';
import { ACTOR, runConcurrently, TestShop } from '../support/test-shop.js';

const RACERS = 20;

describe('The repair of a discrepancy of the stock ledger', () => {
  let shop: TestShop;
  let service: DiscrepanciesService;
  let audit: StockAudit;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: RACERS, lockTimeoutMs: 0 });
    service = new DiscrepanciesService(shop.unitOfWorkOf('api'));
    audit = new StockAudit(sqlClientOf(shop.dataSource));
  });
  afterAll(() => shop.close());

  const adjust = (product: number, quantity: number) =>
    shop.unitOfWork.inTransaction(({ stock }) =>
      stock.recordMovement(product, 'adjustment', quantity, 'a test'),
    );
  const discrepanciesOf = async (product: number) =>
    (await audit.run()).discrepancies
      .filter(({ product_id }) => product_id === product)
      .map(({ check, expected, found }) => [check, expected, found]);
  /** A product whose stock was changed behind the ledger, before another movement. */
  async function createDiscrepancy(): Promise<number> {
    const product = await shop.createProduct(10);
    await shop.dataSource.query('UPDATE stock SET on_hand = on_hand - 3 WHERE product_id = $1', [product]);
    await adjust(product, 2);
    expect(await discrepanciesOf(product)).toEqual([
      ['on_hand', 12, 9],
      ['balance', 12, 9],
    ]);
    return product;
  }

  it('shows the movement that is lacking, writes it, and leaves the stock as it is', async () => {
    const product = await createDiscrepancy();
    const comparison = await service.compare(product);
    expect(comparison).toEqual({
      product_id: product,
      on_hand: 9,
      booked: 12,
      reserved: 0,
      actively_reserved: 0,
      correction: { quantity: -3, balance_after: 9 },
    });
    const { body } = await service.repair(product, { quantity: -3, reason: 'restored' }, ACTOR);
    expect(body).toMatchObject({ is_correction: true, quantity: -3, balance_after: 9, reason: 'restored' });
    expect(await service.compare(product)).toMatchObject({ on_hand: 9, booked: 9, correction: null });
    expect(await discrepanciesOf(product)).toEqual([]);
    await adjust(product, -1);
    expect(await discrepanciesOf(product)).toEqual([]);
  });

  it('does not hide a discrepancy that is newer', async () => {
    const product = await createDiscrepancy();
    await service.repair(product, { quantity: -3, reason: 'restored' }, ACTOR);
    await shop.dataSource.query('UPDATE stock SET on_hand = on_hand + 1 WHERE product_id = $1', [product]);
    await adjust(product, 1);
    expect(await discrepanciesOf(product)).toEqual([
      ['on_hand', 10, 11],
      ['balance', 10, 11],
    ]);
  });

  it('is refused if there is no discrepancy, or another one than the caller has seen', async () => {
    const product = await createDiscrepancy();
    await expect(service.repair(product, { quantity: -2, reason: 'x' }, ACTOR)).rejects.toMatchObject({
      code: 'discrepancy_changed',
      fieldErrors: [{ pointer: '/quantity' }],
    });
    const sound = await shop.createProduct(1);
    await expect(service.repair(sound, { quantity: 1, reason: 'x' }, ACTOR)).rejects.toMatchObject({
      code: 'no_discrepancy',
    });
    await expect(service.repair(999_999, { quantity: 1, reason: 'x' }, ACTOR)).rejects.toMatchObject({
      code: 'product_not_found',
    });
  });

  it(`is made once by ${RACERS} callers, while movements are written`, async () => {
    const product = await createDiscrepancy();
    const codes = await runConcurrently(RACERS, async (index) => {
      if (index % 2 === 0) return adjust(product, 1).then(() => 'adjusted');
      return service.repair(product, { quantity: -3, reason: 'restored' }, ACTOR).then(
        () => 'repaired',
        (error: { code: string }) => error.code,
      );
    });
    expect(codes.filter((code) => code === 'repaired')).toHaveLength(1);
    expect(codes.filter((code) => code === 'no_discrepancy')).toHaveLength(RACERS / 2 - 1);
    expect(await discrepanciesOf(product)).toEqual([]);
  });
});
