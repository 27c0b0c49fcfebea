import { sqlClientOf } from '@estoque/database';
import { Audits, StockAudit } from '@estoque/domain';
import { createLogger, Metrics, type Environment } from '@estoque/platform';
import { AuditConnection } from '../../../libs/domain/src/audit/audit-connection.js';
import { runConcurrently, TestShop } from '../../../test/support/test-shop.js';
import { until } from '../../../test/support/until.js';
import { AuditService } from './audit.service.js';

const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const environment = {
  POLL_INTERVAL_MS: 50,
  AUDIT_INTERVAL_SECONDS: 3_600,
  AUDIT_TIMEOUT_SECONDS: 60,
} as Environment;

describe('AuditService', () => {
  let shop: TestShop;
  let audits: Audits;
  let metrics: Metrics;
  const services: AuditService[] = [];
  beforeEach(async () => {
    shop = await TestShop.open({ workers: 4 });
    audits = new Audits(sqlClientOf(shop.dataSource));
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.onModuleDestroy()));
    await shop.close();
  });

  function startService({ timeoutSeconds = 60 } = {}) {
    metrics = new Metrics();
    const connection = new AuditConnection(shop.url, 'test', timeoutSeconds, sqlClientOf(shop.dataSource));
    const service = new AuditService(audits, new StockAudit(connection), environment, logger, metrics);
    service.onApplicationBootstrap();
    services.push(service);
    return service;
  }

  const waitUntilFinished = (id: number) =>
    until('the audit to be finished', async () => {
      const audit = await audits.get(id);
      return audit?.finished_at && audit;
    });
  const countAudits = async () =>
    (await shop.dataSource.query<[{ count: number }]>('SELECT count(*)::integer AS count FROM audits'))[0]
      .count;

  /** Makes audits wait until the returned function is called. */
  async function blockAudits() {
    const session = shop.dataSource.createQueryRunner();
    await session.startTransaction();
    await session.query('LOCK TABLE movements IN ACCESS EXCLUSIVE MODE');
    return async () => {
      await session.rollbackTransaction();
      await session.release();
    };
  }
  const auditSessions = () =>
    shop.dataSource.query<{ state: string }[]>(
      `SELECT state FROM pg_stat_activity WHERE application_name = 'test audit' AND datname = current_database()`,
    );

  it('runs one audit if several processes start, and stores its result', async () => {
    const product_id = await shop.createProduct(5);
    await shop.dataSource.query('UPDATE stock SET on_hand = 7 WHERE product_id = $1', [product_id]);
    for (let i = 0; i < 3; i++) startService();
    const { id } = await until('the first audit', () => audits.lastFinished());
    const audit = await waitUntilFinished(id);
    expect(audit).toMatchObject({
      state: 'succeeded',
      totals: { products: 1, movements: 1, active_reservations: 0 },
      discrepancies: [{ check: 'on_hand', product_id, order_id: null, expected: 5, found: 7 }],
    });
    await until('the metric', async () =>
      (await metrics.registry.metrics()).includes('estoque_audit_products_with_discrepancies 1'),
    );
    expect(await countAudits()).toBe(1);
  });

  it('runs an audit on request; requests at the same time and during the audit join it', async () => {
    startService();
    const { id: first } = await until('the first audit', () => audits.lastFinished());
    const unblock = await blockAudits();
    const [id, ...others] = await runConcurrently(4, async () => (await audits.request()).id);
    expect(others).toEqual([id, id, id]);
    await until('the audit to run', async () => (await audits.get(id!))?.state === 'running');
    expect(await audits.request()).toEqual({ id, isNew: false });
    expect((await audits.lastFinished())?.id).toBe(first);
    await unblock();
    expect(await waitUntilFinished(id!)).toMatchObject({ state: 'succeeded', discrepancies: [] });
  });

  it('uses a connection of its own, which is closed afterwards, and none of the pool', async () => {
    const unblock = await blockAudits();
    startService();
    await until('the audit to run', async () => (await auditSessions()).length === 1);
    // The session that blocks the audit has the fourth one.
    const pool = await runConcurrently(3, async () => {
      const runner = shop.dataSource.createQueryRunner();
      await runner.connect();
      return runner;
    });
    await Promise.all(pool.map((runner) => runner.release()));
    await unblock();
    await until('the connection to be closed', async () => (await auditSessions()).length === 0);
  });

  it('records an audit as failed after its time limit, and runs the next one', async () => {
    const unblock = await blockAudits();
    startService({ timeoutSeconds: 1 });
    const audit = await until('the audit to fail', () => audits.lastFinished());
    expect(audit.state).toBe('failed');
    expect(audit.error).toMatch(/./);
    expect(await metrics.registry.metrics()).not.toMatch(/^estoque_audit_products_with_discrepancies /m);
    await unblock();
    expect(await waitUntilFinished((await audits.request()).id)).toMatchObject({ state: 'succeeded' });
  });

  it('is not blocked by the audit of a process that has crashed', async () => {
    const { id: crashed } = await audits.request();
    expect(await audits.claim()).toBe(crashed);
    expect(await audits.claim()).toBeUndefined();
    await shop.dataSource.query('UPDATE audits SET leased_until = now()');
    startService();
    expect(await waitUntilFinished(crashed)).toMatchObject({ state: 'failed' });
    expect(await waitUntilFinished((await audits.request()).id)).toMatchObject({ state: 'succeeded' });
  });

  it('ends its audit when the process stops', async () => {
    const unblock = await blockAudits();
    const service = startService();
    await until('the audit to run', async () =>
      (await auditSessions()).some(({ state }) => state === 'active'),
    );
    await service.onModuleDestroy();
    expect(await audits.lastFinished()).toMatchObject({ state: 'failed' });
    await unblock();
  });
});
