import { AppError, createLogger, kindOf, Metrics, type Environment } from '@estoque/platform';
import { createDataSource, ReplayedRefusal, UnitOfWork, type KeyedRequest } from '@estoque/domain';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { StockService } from '../../apps/api/src/stock/stock.service.js';
import { IdempotencyPruningService } from '../../apps/api/src/idempotency/idempotency-pruning.service.js';
import { Proxy } from '../faults/proxy.js';
import { ACTOR, TestShop, runConcurrently } from '../support/test-shop.js';
import { until } from '../support/until.js';

const CALLER = 'test';
const customer = { name: 'Ana', email: 'ana@example.com' };

/** Two instances of each service with connections of their own take the part of two api processes. */
describe('Requests with an idempotency key', () => {
  let shop: TestShop;
  let product_id: number;
  let orders: OrdersService[];
  let stock: StockService[];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 20 });
    product_id = await shop.createProduct(100);
    orders = [1, 2].map(
      () => new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), { PAYMENT_GATEWAY: 'simulated' }),
    );
    stock = [1, 2].map(() => new StockService(shop.unitOfWorkOf('api')));
  });
  afterAll(() => shop.close());

  const request = (key: string, fingerprint = 'equal', caller = CALLER): KeyedRequest => ({
    caller,
    key,
    fingerprint,
  });
  const place = (keyed?: KeyedRequest, process = 0, quantity = 1, product = product_id) =>
    orders[process]!.place(
      { customer, locale: 'en', items: [{ product_id: product, quantity }] },
      ACTOR,
      keyed,
    );
  const receive = (keyed: KeyedRequest, process = 0, product = product_id) =>
    stock[process]!.recordMovement(product, 'receipt', { quantity: 1, reason: 'delivery' }, ACTOR, keyed);
  const codeOf = (result: Promise<unknown>) =>
    result.then(
      () => 'answered',
      (error: unknown) => {
        if (error instanceof AppError) return error.code;
        throw error;
      },
    );
  const count = async (table: string) =>
    (await shop.dataSource.query<[{ count: number }]>(`SELECT count(*)::int AS count FROM ${table}`))[0]
      .count;

  it('make one order if 100 equal ones arrive at once at two processes', async () => {
    for (let round = 0; round < 5; round++) {
      const before = await count('orders');
      const results = await runConcurrently(100, async (index) => {
        const answer = place(request(`race-${round}`), index % 2);
        return (await codeOf(answer)) === 'answered' ? (await answer).body.id : codeOf(answer);
      });
      expect((await count('orders')) - before).toBe(1);
      const ids = new Set(results.filter((result) => typeof result === 'number'));
      expect(ids.size).toBe(1);
      expect(new Set(results.filter((result) => typeof result === 'string')).size).toBeLessThan(2);
      // A repetition gets the stored answer, whichever process it asks.
      for (const process of [0, 1])
        expect(await place(request(`race-${round}`), process)).toMatchObject({
          body: { id: [...ids][0] },
          replayed: true,
        });
    }
  });

  it('record one movement if 100 equal ones arrive at once at two processes', async () => {
    const before = await count('movements');
    const codes = await runConcurrently(100, (index) => codeOf(receive(request('movement'), index % 2)));
    expect((await count('movements')) - before).toBe(1);
    expect(codes).toContain('answered');
    for (const code of codes) expect(['answered', 'idempotency_in_progress']).toContain(code);
  });

  it('return the stored answer with its headers and body, also to a repetition in the same batch', async () => {
    const [first, second] = await Promise.all([place(request('batch')), place(request('batch'))]);
    expect(first.replayed).toBeUndefined();
    expect(first.headers).toEqual({ location: `/v1/orders/${first.body.id}` });
    const stored = { ...(JSON.parse(JSON.stringify(first)) as typeof first), replayed: true };
    expect(second).toEqual(stored);
    expect(await place(request('batch'), 1)).toEqual(stored);
  });

  it('are handled in one transaction with the rest of their batch, also if two are equal', async () => {
    const unitOfWork = shop.unitOfWorkOf('api');
    const inTransaction = jest.spyOn(unitOfWork, 'inTransaction');
    const service = new OrdersService(unitOfWork, new Metrics(), { PAYMENT_GATEWAY: 'simulated' });
    const items = [{ product_id, quantity: 1 }];
    const answers = await Promise.all(
      [request('one'), request('one'), request('one', 'other'), request('two'), undefined].map((keyed) =>
        codeOf(service.place({ customer, locale: 'en', items }, ACTOR, keyed)),
      ),
    );
    expect(answers).toEqual(['answered', 'answered', 'idempotency_key_reused', 'answered', 'answered']);
    expect(inTransaction).toHaveBeenCalledTimes(1);
  });

  it('are refused if the key was used for another request, also in the same batch', async () => {
    const results = await Promise.all([
      codeOf(place(request('reused'))),
      codeOf(place(request('reused', 'other'))),
      codeOf(place()),
    ]);
    expect(results).toEqual(['answered', 'idempotency_key_reused', 'answered']);
    expect(await codeOf(place(request('reused', 'other'), 1))).toBe('idempotency_key_reused');
    expect(await codeOf(place(request('reused')))).toBe('answered');
  });

  it('are independent of the keys of other callers', async () => {
    const answers = [await place(request('shared')), await place(request('shared', 'equal', 'other caller'))];
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(2);
  });

  it('do not wait for a request that another transaction is handling, and hold up no other request', async () => {
    const holder = shop.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.manager.query(
      'SELECT pg_advisory_xact_lock(hashtextextended($1, hashtextextended($2, 0)))',
      ['held', CALLER],
    );
    const results = Promise.all([
      codeOf(place(request('held'))),
      codeOf(place(request('free'))),
      codeOf(place()),
    ]);
    expect(await results).toEqual(['idempotency_in_progress', 'answered', 'answered']);
    await holder.rollbackTransaction();
    await holder.release();
    // The other transaction has stored nothing, so the request is carried out.
    expect(await codeOf(place(request('held')))).toBe('answered');
  });

  it('store a refusal by a business rule, which a repetition gets even if the rule would accept it now', async () => {
    const empty = await shop.createProduct(0);
    const remove = () =>
      codeOf(
        stock[0]!.recordMovement(
          empty,
          'adjustment',
          { quantity: -1, reason: 'lost' },
          ACTOR,
          request('refused'),
        ),
      );
    expect(await remove()).toBe('stock_below_reserved');
    await receive(request('restock'), 0, empty);
    expect(await remove()).toBe('stock_below_reserved');
    const unknownProduct = () => place(request('unknown'), 0, 1, 1_000_000_000);
    await expect(unknownProduct()).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(unknownProduct()).rejects.toBeInstanceOf(ReplayedRefusal);
    await expect(unknownProduct()).rejects.toMatchObject({
      code: 'validation_failed',
      fieldErrors: [expect.objectContaining({ pointer: '/items/0/product_id', code: 'unknown_product' })],
    });
  });

  it('store nothing if the transaction fails: neither the effect nor the answer', async () => {
    const before = [await count('orders'), await count('idempotency_keys')];
    await shop.dataSource.query('ALTER TABLE outbox ADD CONSTRAINT broken CHECK (false) NOT VALID');
    const outcomes = await Promise.allSettled([place(request('broken')), place()]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('broken') as string },
      });
    await shop.dataSource.query('ALTER TABLE outbox DROP CONSTRAINT broken');
    expect([await count('orders'), await count('idempotency_keys')]).toEqual(before);
    expect(await place(request('broken'))).not.toHaveProperty('replayed');
  });

  it.each([
    ['the answer to its commit is lost', 'unanswered'],
    ['its commit does not arrive', 'before'],
  ] as const)('make one order if %s and the client repeats it', async (_case, when) => {
    const url = new URL(shop.url);
    const proxy = await Proxy.start('postgres', Number(url.port), () => undefined);
    url.port = String(proxy.port);
    const dataSource = await createDataSource(url.href, { poolSize: 2 }).initialize();
    const relay = { enqueue: () => undefined, ready: false };
    const service = new OrdersService(new UnitOfWork<'api'>(dataSource, relay, 'api'), new Metrics(), {
      PAYMENT_GATEWAY: 'simulated',
    });
    const placeAgain = () =>
      service.place({ customer, locale: 'en', items: [{ product_id, quantity: 1 }] }, ACTOR, request(when));
    try {
      const before = await count('orders');
      const rule = proxy.addRule({ match: ({ name }) => name === 'commit', when, then: 'cut' });
      const lost = await placeAgain().catch((error: unknown) => kindOf(error));
      expect([lost, rule.hits]).toEqual(['unavailable', 1]);
      // The server holds the lock of the key until it notices that the connection is closed.
      const answer = await until('an answer', () => placeAgain().catch(() => false as const));
      expect(answer && answer.replayed).toBe(when === 'unanswered' ? true : undefined);
      expect((await count('orders')) - before).toBe(1);
    } finally {
      await dataSource.destroy();
      await proxy.stop();
    }
  });

  it('without a key cost no statement', async () => {
    // Without the table, any statement about keys would fail.
    await shop.dataSource.query('ALTER TABLE idempotency_keys RENAME TO hidden');
    try {
      await Promise.all([place(), place(undefined, 1)]);
      await expect(place(request('hidden'))).rejects.toThrow('idempotency_keys');
    } finally {
      await shop.dataSource.query('ALTER TABLE hidden RENAME TO idempotency_keys');
    }
  });

  it('are answered from the store for the retention, and pruned in batches after it', async () => {
    await shop.dataSource.query(
      `INSERT INTO idempotency_keys (caller, key, fingerprint, answer, created_at)
       SELECT 'old', n, '', '{}', now() - interval '25 hours' FROM generate_series(1, 2500) AS n`,
    );
    await shop.dataSource.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '23 hours' WHERE caller = $1`,
      [CALLER],
    );
    const young = await count(`idempotency_keys WHERE caller <> 'old'`);
    const environment = { IDEMPOTENCY_RETENTION_HOURS: 24 } as Environment;
    const logger = createLogger('test', { LOG_LEVEL: 'silent' });
    await new IdempotencyPruningService(shop.unitOfWork, environment, logger).prune();
    expect(await count('idempotency_keys')).toBe(young);
    expect(await place(request('batch'))).toMatchObject({ replayed: true });
  });
});
