import { sqlClientOf } from '@estoque/database';
import { Audits, catalogue, EXCHANGE, type AuditLogEntry, type KeyedRequest } from '@estoque/domain';
import {
  DeadLetterCapacity,
  DeadLetterJobs,
  DeadLetterReplay,
  DeadLetters,
  topologyOf,
  type OutboxRelay,
  type Publisher,
} from '@estoque/messaging';
import { createLogger, Metrics, type Environment } from '@estoque/platform';
import { randomUUID } from 'node:crypto';
import { ApiKeysService } from '../../apps/api/src/access/api-keys.service.js';
import { AuditLogPruningService } from '../../apps/api/src/audit-log/audit-log-pruning.service.js';
import { NotificationsService } from '../../apps/api/src/notifications/notifications.service.js';
import { DeadLetterJobsService } from '../../apps/api/src/operations/dead-letter-jobs.service.js';
import { DeadLettersService } from '../../apps/api/src/operations/dead-letters.service.js';
import { OperationsService } from '../../apps/api/src/operations/operations.service.js';
import { OrdersService } from '../../apps/api/src/orders/orders.service.js';
import { ProductsService } from '../../apps/api/src/products/products.service.js';
import { StockService } from '../../apps/api/src/stock/stock.service.js';
import { ACTOR, runConcurrently, TestShop } from '../support/test-shop.js';

const MAIL_LIMITS = { MAILS_PER_RECIPIENT_PER_HOUR: 10, STOCK_ALERTS_PER_HOUR: 10 } as Environment;
const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const product = { sku: 'CAF-250', name: 'Café', price: 2_490, currency: 'BRL' };
const fields = { ...product, reorder_point: 0, active: true };

/** Uses the services of the api and a real PostgreSQL. There is no broker. */
describe('The audit log', () => {
  let shop: TestShop;
  let products: ProductsService;
  let orders: OrdersService;
  let stock: StockService;
  let operations: OperationsService;
  let deadLetters: DeadLettersService;
  let jobs: DeadLetterJobsService;
  let notifications: NotificationsService;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 20 });
    const { unitOfWork } = shop;
    const sql = sqlClientOf(shop.dataSource);
    const publisher = { publish: () => Promise.resolve() } as unknown as Publisher;
    const replays = new DeadLetterReplay(sql, publisher, topologyOf(EXCHANGE, catalogue));
    const stored = new DeadLetters(sql, replays, new DeadLetterCapacity(sql, 1_000));
    products = new ProductsService(unitOfWork);
    orders = new OrdersService(shop.unitOfWorkOf('api'), new Metrics(), { PAYMENT_GATEWAY: 'simulated' });
    stock = new StockService(shop.unitOfWorkOf('api'));
    deadLetters = new DeadLettersService(stored, unitOfWork);
    jobs = new DeadLetterJobsService(new DeadLetterJobs(sql), unitOfWork);
    notifications = new NotificationsService(unitOfWork, MAIL_LIMITS);
    operations = new OperationsService(unitOfWork, new Audits(sql), {} as OutboxRelay, stored, new Metrics());
  });
  afterAll(() => shop.close());

  const run = <Row>(sql: string, parameters: unknown[] = []) => shop.dataSource.query<Row[]>(sql, parameters);
  /** Entries since the last call, oldest first, without their ids and times. */
  let lastId = 0;
  async function newEntries() {
    const entries = await run<Omit<AuditLogEntry, 'id' | 'at'>>(
      `SELECT actor, address, action, object_type, object_id, before, after FROM audit_log WHERE id > $1 ORDER BY id`,
      [lastId],
    );
    const [newest] = await run<{ id: number | null }>('SELECT max(id) AS id FROM audit_log');
    lastId = newest!.id ?? 0;
    return entries;
  }
  beforeEach(async () => void (await newEntries()));
  const by = { actor: ACTOR.id, address: ACTOR.address };
  const keyed = (key: string): KeyedRequest => ({ caller: 'test', key, fingerprint: 'equal' });
  let skus = 0;
  const createProduct = async () =>
    (await products.create({ ...product, sku: `SKU-${++skus}` }, ACTOR)).body.id;
  const place = async (product_id: number) => {
    const customer = { name: 'Ana', email: 'ana@example.com' };
    const request = { customer, locale: 'en' as const, items: [{ product_id, quantity: 1 }] };
    return (await orders.place(request, ACTOR)).body.id;
  };
  const storeDeadLetter = async (body: string) => {
    const [row] = await run<{ id: number }>(
      `INSERT INTO dead_letters (fingerprint, queue, event, reason, error, attempts, properties, headers, body)
       VALUES ($1, 'order_queue', 'order.created', 'bug', 'x', 1, '{"routingKey": "order.created"}', '{}', 'x')
       RETURNING id`,
      [body],
    );
    return row!.id;
  };

  it('has an entry for each change of a product and its stock, with the fields before and after', async () => {
    const { id } = (await products.create(product, ACTOR)).body;
    await products.change(id, { price: 2_690, active: false }, ACTOR);
    await stock.recordMovement(id, 'receipt', { quantity: 5, reason: 'delivery' }, ACTOR);
    await stock.recordMovement(id, 'adjustment', { quantity: -2, reason: 'lost' }, ACTOR);
    const object = { object_type: 'product', object_id: String(id), ...by };
    const movement_id = expect.any(Number) as number;
    expect(await newEntries()).toEqual([
      { ...object, action: 'product.created', before: null, after: fields },
      {
        ...object,
        action: 'product.changed',
        before: fields,
        after: { ...fields, price: 2_690, active: false },
      },
      {
        ...object,
        action: 'stock.received',
        before: { on_hand: 0 },
        after: { on_hand: 5, quantity: 5, movement_id },
      },
      {
        ...object,
        action: 'stock.adjusted',
        before: { on_hand: 5 },
        after: { on_hand: 3, quantity: -2, movement_id },
      },
    ]);
  });

  it('has an entry for a cancellation, and none for its repetition or for the placing of the order', async () => {
    const id = await place(await createProduct());
    await newEntries();
    await orders.cancel(id, ACTOR);
    await orders.cancel(id, { id: 'key:2', address: null });
    expect(await newEntries()).toEqual([
      {
        ...by,
        action: 'order.cancelled',
        object_type: 'order',
        object_id: String(id),
        before: { status: 'pending' },
        after: { status: 'cancelled' },
      },
    ]);
    const placed = await run('SELECT placed_by, placed_from FROM orders WHERE id = $1', [id]);
    expect(placed).toEqual([{ placed_by: ACTOR.id, placed_from: ACTOR.address }]);
  });

  it('has an entry for each action of an operator', async () => {
    const [replayed, discarded] = [await storeDeadLetter('1'), await storeDeadLetter('2')];
    await deadLetters.replay(replayed, { by: 'ana' }, ACTOR);
    await deadLetters.discard(discarded, { by: 'ana' }, ACTOR);
    const job = (await jobs.create('replay', { by: 'ana', filter: { order_id: 9 } }, ACTOR)).body;
    await jobs.cancel(job.id, { by: 'rui' }, ACTOR);
    const order_id = await place(await createProduct());
    await newEntries();
    const [mail] = await run<{ id: number }>(
      `INSERT INTO notifications (order_id, kind, recipient, locale, state)
       VALUES ($1, 'order_processed', 'ana@example.com', 'en', 'sent') RETURNING id`,
      [order_id],
    );
    await notifications.resend(mail!.id, ACTOR);
    const audits = await runConcurrently(8, () => operations.requestAudit(ACTOR));
    await operations.requestAudit(ACTOR);
    const entries = await newEntries();
    expect(entries).toMatchObject([
      { ...by, action: 'notification.resent', object_type: 'notification', object_id: String(mail!.id) },
      { ...by, action: 'audit.requested', object_type: 'audit', object_id: String(audits[0]!.id) },
    ]);
    expect(entries[0]).toMatchObject({
      before: { state: 'sent', resends: 0 },
      after: { state: 'pending', resends: 1 },
    });
    const earlier = await shop.unitOfWork.read.auditLog.list({ limit: 100 });
    expect(
      earlier.filter(({ object_type }) => object_type.startsWith('dead_letter')).toReversed(),
    ).toMatchObject([
      {
        action: 'dead_letter.replayed',
        object_id: String(replayed),
        before: { state: 'open' },
        after: { by: 'ana' },
      },
      { action: 'dead_letter.discarded', object_id: String(discarded), after: { state: 'discarded' } },
      {
        action: 'dead_letter_job.created',
        object_id: String(job.id),
        after: { action: 'replay', filter: { order_id: 9 }, total: 0, by: 'ana' },
      },
      {
        action: 'dead_letter_job.cancelled',
        object_id: String(job.id),
        before: { state: 'pending' },
        after: { state: 'cancelled', by: 'rui' },
      },
    ]);
  });

  it('has an entry for each API key that is created or revoked, without its name', async () => {
    const keys = new ApiKeysService(shop.unitOfWork);
    const { stored } = await keys.create({ name: 'key of Ana', role: 'warehouse' }, ACTOR);
    for (let count = 0; count < 2; count++) await keys.revoke(stored.id, ACTOR);
    const object = { ...by, object_type: 'api_key', object_id: String(stored.id) };
    expect(await newEntries()).toEqual([
      {
        ...object,
        action: 'api_key.created',
        before: null,
        after: {
          prefix: stored.prefix,
          scopes: stored.scopes,
          is_limited_to_customer: false,
          expires_at: null,
        },
      },
      {
        ...object,
        action: 'api_key.revoked',
        before: { revoked_at: null },
        after: { revoked_at: expect.any(String) as string },
      },
    ]);
  });

  it('has an entry for each key that replaces another one', async () => {
    const keys = new ApiKeysService(shop.unitOfWork);
    const replace = async () => (await keys.replace({ name: 'replaced', role: 'clerk' }, ACTOR)).stored.id;
    const [first, second] = [await replace(), await replace()];
    expect((await newEntries()).map(({ action, object_id }) => [action, Number(object_id)])).toEqual([
      ['api_key.created', first],
      ['api_key.revoked', first],
      ['api_key.created', second],
    ]);
  });

  it('has one entry for a request that is repeated with its idempotency key', async () => {
    const create = () => products.create({ ...product, sku: 'KEYED' }, ACTOR, keyed('create'));
    const id = (await create()).body.id;
    expect((await create()).replayed).toBe(true);
    const receive = () =>
      stock.recordMovement(id, 'receipt', { quantity: 1, reason: 'delivery' }, ACTOR, keyed('receive'));
    const results = await Promise.allSettled(Array.from({ length: 20 }, receive));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await newEntries()).map(({ action }) => action)).toEqual(['product.created', 'stock.received']);
  });

  it('has no entry for a change that is refused or rolled back', async () => {
    const id = await createProduct();
    await newEntries();
    await expect(products.create({ ...product, sku: `SKU-${skus}` }, ACTOR)).rejects.toThrow('SKU');
    await expect(
      stock.recordMovement(id, 'adjustment', { quantity: -1, reason: 'lost' }, ACTOR),
    ).rejects.toThrow();
    await expect(
      shop.unitOfWork.inTransaction(async ({ auditLog }) => {
        await auditLog.record(ACTOR, { action: 'order.cancelled', objectId: 1 });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await newEntries()).toEqual([]);
  });

  it('makes a change fail if its entry cannot be stored', async () => {
    const id = await createProduct();
    await run('ALTER TABLE audit_log RENAME TO hidden');
    try {
      await expect(products.change(id, { price: 1 }, ACTOR)).rejects.toThrow('audit_log');
    } finally {
      await run('ALTER TABLE hidden RENAME TO audit_log');
    }
    expect((await products.get(id)).price).toBe(product.price);
  });

  it('needs no privilege to change or delete entries', async () => {
    const role = `audit_${randomUUID().replaceAll('-', '')}`;
    const runAsRole = (statement: string) =>
      shop.dataSource.transaction(async (manager) => {
        await manager.query(`SET LOCAL ROLE ${role}`);
        return manager.query<unknown>(statement);
      });
    const record = `INSERT INTO audit_log (actor, action, object_type, object_id) VALUES ('key:1', 'x', 'x', '1')`;
    await run(`CREATE ROLE ${role}`);
    try {
      await run(`GRANT SELECT, INSERT ON audit_log TO ${role}`);
      await runAsRole(record);
      for (const statement of [
        `UPDATE audit_log SET actor = ''`,
        'DELETE FROM audit_log',
        'TRUNCATE audit_log',
      ])
        await expect(runAsRole(statement)).rejects.toThrow('permission denied for table audit_log');
      const calls = [
        `SELECT prune_audit_log(30, '-infinity', 1)`,
        `SELECT erase_customer_from_audit_log('{1}')`,
      ];
      for (const call of calls)
        await expect(runAsRole(call)).rejects.toThrow('permission denied for function');
      await run(`GRANT EXECUTE ON FUNCTION prune_audit_log, erase_customer_from_audit_log TO ${role}`);
      for (const call of calls) await runAsRole(call);
    } finally {
      await run(`DROP OWNED BY ${role}`);
      await run(`DROP ROLE ${role}`);
    }
  });

  describe('is append-only', () => {
    beforeAll(() =>
      shop.unitOfWork.inTransaction(async ({ auditLog }) => {
        await auditLog.record(ACTOR, { action: 'order.cancelled', objectId: 1 });
      }),
    );
    const count = async () =>
      (await run<{ count: number }>('SELECT count(*)::int AS count FROM audit_log'))[0]!.count;
    /** The owner can switch the trigger off, but not use the functions for anything else. */
    const moveBack = async (days: number, where: string) => {
      await run('ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only');
      await run(`UPDATE audit_log SET at = at - make_interval(days => $1) WHERE ${where}`, [days]);
      await run('ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only');
    };
    const prune = (AUDIT_LOG_RETENTION_DAYS: number) =>
      new AuditLogPruningService(
        shop.unitOfWork,
        { AUDIT_LOG_RETENTION_DAYS } as Environment,
        logger,
      ).prune();

    it.each([
      `UPDATE audit_log SET actor = 'nobody'`,
      'UPDATE audit_log SET actor = actor WHERE false',
      'DELETE FROM audit_log',
      'TRUNCATE audit_log',
      `WITH changed AS (DELETE FROM audit_log RETURNING 1) SELECT 1`,
    ])('for its owner too: %s', async (statement) => {
      const before = await count();
      await expect(run(statement)).rejects.toThrow('audit_log is append-only');
      expect(await count()).toBe(before);
    });

    it('but for retention, which deletes old entries only, and none of the last 30 days', async () => {
      const total = await count();
      await moveBack(29, 'true');
      await prune(1);
      expect(await count()).toBe(total);
      await moveBack(2, `id = (SELECT max(id) FROM audit_log)`);
      await prune(32);
      expect(await count()).toBe(total);
      await prune(1);
      expect(await count()).toBe(total - 1);
    });

    it('but for an erasure, which changes entries of erased customers only', async () => {
      const order = await place(await createProduct());
      const record = (id: string) =>
        shop.unitOfWork.inTransaction(({ auditLog }) =>
          auditLog.record({ id, address: '203.0.113.7' }, { action: 'order.cancelled', objectId: order }),
        );
      await record('customer:user:issuer 7');
      await record('user:issuer 8');
      await newEntries();
      lastId -= 2;
      const actors = async () => {
        const entries = await newEntries();
        lastId -= 2;
        return entries.map(({ actor, address }) => [actor, address]);
      };
      const unchanged = [
        ['customer:user:issuer 7', '203.0.113.7'],
        ['user:issuer 8', '203.0.113.7'],
      ];
      await run('SELECT erase_customer_from_audit_log($1)', [[order]]);
      expect(await actors()).toEqual(unchanged);
      await run(`UPDATE orders SET customer_email = 'erased@erased.invalid' WHERE id = $1`, [order]);
      await run('SELECT erase_customer_from_audit_log($1)', [[order]]);
      expect(await actors()).toEqual([['customer:erased', null], unchanged[1]]);
    });
  });
});
