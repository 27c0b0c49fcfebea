import { auditConnectionOf } from '../../libs/domain/src/audit/audit-connection.js';
import { DeliveryLogRepository } from '../../libs/domain/src/processes/delivery-log.repository.js';
import { ProcessReportRepository } from '../../libs/domain/src/processes/process-report.repository.js';
import { MonitorClient, sqlClientOf } from '@estoque/database';
import { createDataSource, SnapshotAge, StockAudit, UnitOfWork } from '@estoque/domain';
import { DeadLetterRetention } from '@estoque/messaging';
import { createLogger, type Environment } from '@estoque/platform';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { AuditLogPruningService } from '../../apps/api/src/audit-log/audit-log-pruning.service.js';
import { IdempotencyPruningService } from '../../apps/api/src/idempotency/idempotency-pruning.service.js';
import { MailQuotaPruningService } from '../../apps/notify-worker/src/mail-quota-pruning.service.js';
import { WebhookPruningService } from '../../apps/notify-worker/src/webhooks/webhook-pruning.service.js';
import { RetentionService } from '../../apps/order-worker/src/retention.service.js';
import { createDatabase } from '../support/database.js';
import { until } from '../support/until.js';

const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const IDLE_RELAY = { enqueue: () => undefined, ready: false };

/** What the apps do rarely or for operators only, each with the user of its app. The journeys cover the rest. */
describe('The privileges of the apps are enough', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let owner: pg.Client;
  const dataSources = new Map<AppName, DataSource>();
  beforeAll(async () => {
    database = await createDatabase();
    owner = new pg.Client(database.url);
    await owner.connect();
    for (const app of APP_NAMES)
      dataSources.set(app, await createDataSource(database.urlOf(app), { poolSize: 2, app }).initialize());
  });
  afterAll(async () => {
    for (const dataSource of dataSources.values()) await dataSource.destroy();
    await owner.end();
    await database.drop();
  });

  const unitOfWorkOf = (app: AppName) => new UnitOfWork(dataSources.get(app)!, IDLE_RELAY, app);
  const count = async (table: string) =>
    (await owner.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]!.count;

  it('for the pruning of old timelines and mails by order-worker', async () => {
    await owner.query(
      `WITH old AS (
         INSERT INTO orders (customer_name, customer_email, locale, status, currency, total, created_at, closed_at)
         VALUES ('Ana', 'ana@example.com', 'en', 'processed', 'BRL', 1, now() - interval '90 days', now() - interval '90 days')
         RETURNING id
       ), step AS (INSERT INTO order_timeline (order_id, step) SELECT id, 'pending' FROM old)
       INSERT INTO notifications (order_id, kind, recipient, locale, state, sent_at)
       SELECT id, 'order_processed', 'ana@example.com', 'en', 'sent', now() - interval '90 days' FROM old`,
    );
    const environment = { RETENTION_DAYS: 30 } as Environment;
    await new RetentionService(unitOfWorkOf('order-worker'), environment, logger).prune();
    expect([await count('order_timeline'), await count('notifications')]).toEqual([0, 0]);
  });

  it('for the pruning of idempotency keys by the api', async () => {
    await owner.query(
      `INSERT INTO idempotency_keys (caller, key, fingerprint, answer, created_at)
       VALUES ('ana', 'key', 'fingerprint', '{}', now() - interval '48 hours')`,
    );
    const environment = { IDEMPOTENCY_RETENTION_HOURS: 24 } as Environment;
    await new IdempotencyPruningService(unitOfWorkOf('api'), environment, logger).prune();
    expect(await count('idempotency_keys')).toBe(0);
  });

  it('for the pruning of the audit log by the api', async () => {
    await owner.query(
      `INSERT INTO audit_log (at, actor, action, object_type, object_id)
       SELECT now() - make_interval(days => age), 'key:1', 'product.created', 'product', '1' FROM unnest('{1,90}'::int[]) AS age`,
    );
    const environment = { AUDIT_LOG_RETENTION_DAYS: 60 } as Environment;
    await new AuditLogPruningService(unitOfWorkOf('api'), environment, logger).prune();
    expect(await count('audit_log')).toBe(1);
  });

  it('for the pruning of webhooks by notify-worker', async () => {
    await owner.query(
      `WITH old AS (
         INSERT INTO webhook_events (event_id, event, body, created_at)
         VALUES (gen_random_uuid(), 'order.created', '{}', now() - interval '30 days') RETURNING id
       )
       INSERT INTO webhook_deliveries (endpoint_id, webhook_event_id) SELECT 1, id FROM old`,
    );
    const environment = { WEBHOOK_RETENTION_DAYS: 14 } as Environment;
    await new WebhookPruningService(unitOfWorkOf('notify-worker'), environment, logger).prune();
    expect([await count('webhook_events'), await count('webhook_deliveries')]).toEqual([0, 0]);
  });

  it.each(APP_NAMES.filter((app) => app !== 'api'))(
    'for %s to record deliveries that had no effect, and to delete the oldest ones',
    async (app) => {
      await owner.query(
        `INSERT INTO delivery_log (id, order_id, queue, event, outcome, attempt, process, started_at, ended_at)
         SELECT id, 1, 'q', 'order.created', 'retried', 1, 1, now(), now() FROM unnest('{-100000,-99999,0}'::bigint[]) AS id`,
      );
      await new DeliveryLogRepository(sqlClientOf(dataSources.get(app)!)).add(7, [
        {
          queue: 'q',
          event: 'order.created',
          correlation: { order_id: 5 },
          outcome: 'duplicate',
          attempt: 1,
          startedAt: new Date(),
          endedAt: new Date(),
        },
      ]);
      const { rows } = await owner.query<{ id: number }>('SELECT id FROM delivery_log ORDER BY order_id, id');
      expect(rows.map(({ id }) => Number(id))).toEqual([-99_999, 0, expect.any(Number)]);
      await owner.query('DELETE FROM delivery_log');
    },
  );

  it.each(APP_NAMES)('for %s to register itself, and to delete the oldest processes', async (app) => {
    await owner.query(
      `INSERT INTO processes (id, instance, app, version, started_at)
       SELECT id, 'old', 'api', '1', now() - make_interval(secs => id) FROM generate_series(1, 10001) AS id`,
    );
    const process = { id: 2 ** 47, instance: 'new', app, version: '2', started_at: new Date() };
    const reports = new ProcessReportRepository(sqlClientOf(dataSources.get(app)!));
    await reports.register(process);
    expect(await count('processes')).toBe(10_000);
    expect((await owner.query('SELECT FROM processes WHERE id > 9998 OR id = 1')).rowCount).toBe(3);
    await owner.query('DELETE FROM processes');
  });

  it('for the pruning of mail quotas by notify-worker', async () => {
    await owner.query(
      `INSERT INTO mail_quotas (mailbox, for_alerts, counted_at, granted, expires_at)
       VALUES (1, false, '{}', 0, now() - interval '1 minute')`,
    );
    await new MailQuotaPruningService(unitOfWorkOf('notify-worker'), logger).prune();
    expect(await count('mail_quotas')).toBe(0);
  });

  it('for the api to create, find, use and revoke an API key', async () => {
    const hash = Buffer.alloc(32, 1);
    const key = { hash, prefix: 'est_live_', name: 'key', scopes: ['admin'], created_by: 'ana' };
    const id = await unitOfWorkOf('api').inTransaction(async ({ apiKeys }) => {
      const created = await apiKeys.create({ ...key, customer_email: null, expires_at: null });
      expect(await apiKeys.findValid([hash])).toMatchObject([{ id: created.id }]);
      await apiKeys.recordUse(new Map([[created.id, new Date()]]));
      return created.id;
    });
    const { key: revoked } = await unitOfWorkOf('api').inTransaction(({ apiKeys }) => apiKeys.revoke(id));
    expect(revoked).toMatchObject({
      last_used_at: expect.any(Date) as Date,
      revoked_at: expect.any(Date) as Date,
    });
  });

  it('for the pruning of dead letters, with their actions, by the api', async () => {
    await owner.query(
      `WITH old AS (
         INSERT INTO dead_letters (fingerprint, queue, event, reason, error, attempts, properties, headers, body, state,
                                   closed_at)
         VALUES ('f', 'q', 'e', 'r', 'e', 1, '{}', '{}', '', 'discarded', now() - interval '90 days') RETURNING id
       ) INSERT INTO dead_letter_actions (dead_letter_id, action, actor) SELECT id, 'discarded', 'ana' FROM old`,
    );
    const options = { retentionDays: 30, maxClosed: 100 };
    expect(await new DeadLetterRetention(sqlClientOf(dataSources.get('api')!), options).prune()).toBe(1);
    expect(await count('dead_letter_actions')).toBe(0);
  });

  it('for the audit of the ledger by order-worker and by the command line of the api, and for ending it', async () => {
    for (const app of ['order-worker', 'api'] as const) {
      const environment = { DATABASE_URL: database.urlOf(app), AUDIT_TIMEOUT_SECONDS: 60 };
      const audit = new StockAudit(auditConnectionOf(environment, app, dataSources.get(app)!));
      expect((await audit.run()).discrepancies).toEqual([]);
    }
    const environment = { DATABASE_URL: database.urlOf('order-worker'), AUDIT_TIMEOUT_SECONDS: 60 };
    const audit = auditConnectionOf(environment, 'order-worker', dataSources.get('order-worker')!);
    const ended = expect(audit.query('SELECT pg_sleep(50)')).rejects.toThrow('canceling statement');
    await until('the audit to run', async () => {
      const { rows } = await owner.query(
        `SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(50)%' AND application_name LIKE '% audit'
           AND datname = current_database()`,
      );
      return rows.length > 0;
    });
    await audit.cancel();
    await ended;
  });

  it.each(APP_NAMES)('for %s to find who blocks it, with the state of the other session', async (app) => {
    const monitor = new MonitorClient(database.urlOf(app), app);
    await owner.query(
      `BEGIN; SET LOCAL application_name = 'maintenance'; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE`,
    );
    let isFound = false;
    // The statement ends after the lock timeout, which can be before another session looks.
    const blocked = (async () => {
      while (!isFound)
        await dataSources
          .get(app)!
          .query('SELECT 1 FROM orders')
          .catch(() => undefined);
    })();
    try {
      const found = await until('the blocking session', () => monitor.blockingSession());
      expect(found).toMatchObject({
        app: 'maintenance',
        state: 'idle in transaction',
        seconds: expect.any(Number) as number,
      });
    } finally {
      isFound = true;
      await owner.query('ROLLBACK');
      await blocked;
      await monitor.close();
    }
  });

  it('for order-worker to read the age of the oldest snapshot of another user', async () => {
    await owner.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
    try {
      const age = new SnapshotAge(sqlClientOf(dataSources.get('order-worker')!));
      await until('an age of a second', async () => (await age.read()) > 1);
    } finally {
      await owner.query('ROLLBACK');
    }
  });
});
