import { parseMetrics } from '../support/metrics.js';
import { System } from '../support/system.js';
import { dataOf } from '../support/test-client.js';
import { until } from '../support/until.js';

/** The tables of lists and audits that no order needs. */
const TABLES = 'notifications, dead_letters, dead_letter_actions, dead_letter_jobs, audits';
/** The default of DATABASE_READ_POOL_SIZE. */
const READ_CONNECTIONS = 4;
/** Each of them reads one of the tables. */
const READS = [
  '/v1/notifications',
  '/v1/dead-letters',
  '/v1/dead-letters?state=open&queue=order_queue',
  '/v1/dead-letters/1',
  '/v1/dead-letters/1/body',
  '/v1/operations/dead-letter-jobs',
  '/v1/operations/dead-letter-jobs/1',
  '/v1/operations/audit',
  '/v1/operations/audits/1',
];

describe('Reads of tables that another session has locked', () => {
  let system: System;
  let product_id: number;
  beforeAll(async () => {
    // Few connections for orders: reads that used them would occupy all of them.
    system = await System.start({ apps: ['api'], environment: { DATABASE_POOL_SIZE: '2' } });
    product_id = await system.createProduct(100);
  });
  afterAll(() => system.stop());

  const get = async (path: string) => {
    const response = await system.fetch(path);
    return { status: response.status, text: await response.text() };
  };
  const place = () => system.placeOrder([{ product_id, quantity: 1 }]);
  /** Number of sessions of an application that wait for a lock. */
  const countBlocked = async (application: string) =>
    Number(
      (
        await system.sql<{ count: string }>(
          `SELECT count(*) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock'`,
          [application],
        )
      )[0]!.count,
    );

  it('50 at once delay no order, no cancellation and no health check', async () => {
    const order = await place();
    await system.whileLocked(TABLES, async () => {
      const answers: number[] = [];
      const reads = Array.from({ length: 50 }, async (_, index) =>
        answers.push((await get(READS[index % READS.length]!)).status),
      );
      const isPoolFull = async () => (await countBlocked('api reads')) === READ_CONNECTIONS;
      await until('the reads to occupy all connections for reads', isPoolFull);
      await place();
      const params = { path: { id: order.id } };
      const { status } = await dataOf(system.api.POST('/v1/orders/{id}/cancel', { params }));
      expect(status).toBe('cancelled');
      expect((await get('/health/ready')).status).toBe(200);
      expect((await get('/health/live')).status).toBe(200);
      expect(answers.length).toBeLessThan(50);
      await Promise.all(reads);
      expect(new Set(answers)).toEqual(new Set([503]));
    });
    expect((await get('/v1/dead-letters')).status).toBe(200);
  });

  it('above the queue of the connections for reads are refused as overload, and counted', async () => {
    const countRefused = async () =>
      parseMetrics((await get('/metrics')).text).values.get(
        'estoque_http_refused_requests_total{class="read"}',
      )!;
    const before = await countRefused();
    await system.whileLocked(TABLES, async () => {
      const reads = Array.from({ length: 150 }, () => get('/v1/dead-letters'));
      await until('a refusal', async () => (await countRefused()) > before);
      await place();
      const refused = (await Promise.all(reads)).filter(({ text }) => text.includes('"overloaded"'));
      expect(await countRefused()).toBe(before + refused.length);
    });
  });

  it('16 requests for an audit at once occupy one connection, and delay no order', async () => {
    await system.whileLocked('audits', async () => {
      let isDone = false;
      let maxBlocked = 0;
      const ask = async () => {
        while (!isDone) await system.api.POST('/v1/operations/audit');
      };
      const asking = Array.from({ length: 16 }, ask);
      await until('a request to wait', async () => (await countBlocked('api')) > 0);
      for (let count = 0; count < 5; count++) {
        await place();
        expect((await get('/health/ready')).status).toBe(200);
        maxBlocked = Math.max(maxBlocked, await countBlocked('api'));
      }
      isDone = true;
      await Promise.all(asking);
      expect(maxBlocked).toBeLessThan(2);
    });
    expect((await system.api.POST('/v1/operations/audit')).response.status).toBe(202);
  });

  it('50 scrapes of the metrics at once occupy one connection of the orders', async () => {
    await system.whileLocked('dead_letters', async () => {
      const scrapes: Promise<unknown>[] = [];
      const scrape = () => scrapes.push(get('/metrics'));
      await until('a scrape to wait', async () => {
        scrape();
        return (await countBlocked('api')) > 0;
      });
      for (let count = 0; count < 50; count++) scrape();
      const order = place();
      let isDone = false;
      void Promise.allSettled([...scrapes, order]).then(() => (isDone = true));
      let maxBlocked = 0;
      while (!isDone) maxBlocked = Math.max(maxBlocked, await countBlocked('api'));
      await order;
      expect(maxBlocked).toBeLessThan(2);
    });
  });
});
