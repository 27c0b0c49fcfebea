import { sqlClientOf } from '@estoque/database';
import { catalogue, createDataSource } from '@estoque/domain';
import { OutboxRelay, type Publisher, type StoredEvent } from '@estoque/messaging';
import { createLogger, Metrics } from '@estoque/platform';
import type { DataSource } from 'typeorm';
import { createDatabase } from '../support/database.js';
import { until } from '../support/until.js';

const logger = createLogger('test', { LOG_LEVEL: 'silent' });

/** Uses a real PostgreSQL; the broker is replaced by a stub. */
describe('OutboxRelay', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let dataSource: DataSource;
  let relay: OutboxRelay;
  /** Bodies of the published events. */
  let published: string[];
  let onPublish: (body: string) => void;
  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await createDataSource(database.url).initialize();
  });
  beforeEach(async () => {
    await dataSource.query('TRUNCATE outbox');
    published = [];
    onPublish = () => undefined;
    const publisher = {
      ready: true,
      onReady: (listener: () => void) => listener(),
      publish: async (_exchange: string, _event: string, body: Buffer) => {
        await new Promise((resolve) => setImmediate(resolve));
        onPublish(String(body));
        published.push(String(body));
      },
    } as unknown as Publisher;
    relay = new OutboxRelay(
      publisher,
      'stock_events',
      catalogue,
      sqlClientOf(dataSource),
      logger,
      new Metrics(),
    );
  });
  afterEach(() => relay.stop());
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Inserts rows as a crashed process leaves them. */
  const insertRows = (count: number, body: object) =>
    dataSource.query(
      `INSERT INTO outbox (event_id, event, source, body, leased_until)
       SELECT gen_random_uuid(), 'order.created', 'gone', $2::json, clock_timestamp() FROM generate_series(1, $1::integer)`,
      [count, JSON.stringify(body)],
    );

  it('publishes the rows of a crashed process while new rows never cease to arrive', async () => {
    await insertRows(1_200, { origin: 'crash' });
    let id = 1_000_000;
    let isFlooding = true;
    const enqueue = () => {
      const row: StoredEvent = {
        ...{ id: ++id, eventId: crypto.randomUUID(), event: 'order.created', source: 'api' },
        ...{ body: '{"origin":"memory"}', traceparent: null },
      };
      relay.enqueue({ leased: [row], hasUnleased: false });
    };
    // Each published row is replaced by a new one, so that memory is never empty.
    onPublish = (body) => {
      if (isFlooding && body.includes('memory')) enqueue();
    };
    for (let index = 0; index < 100; index++) enqueue();
    relay.start();
    const countOf = (origin: string) => published.filter((body) => body.includes(origin)).length;
    await until('the rows of the crashed process are published', () => countOf('crash') === 1_200).finally(
      () => (isFlooding = false),
    );
    const last = published.findLastIndex((body) => body.includes('crash'));
    const first = published.findIndex((body) => body.includes('crash'));
    const between = published.slice(first, last).filter((body) => body.includes('memory')).length;
    // Three batches of the poll, so at most four turns of the rows in memory, of 500 rows each.
    expect(between).toBeLessThanOrEqual(2_000);
  });

  it('publishes rows behind more than one batch of rows that the broker refuses', async () => {
    onPublish = (body) => {
      if (body.includes('refused')) throw new Error('no queue is bound');
    };
    await insertRows(600, { origin: 'refused' });
    await insertRows(1, { origin: 'good' });
    relay.start();
    await until('the good row is published', () => published.length === 1);
    const [{ count }] = await dataSource.query<[{ count: number }]>('SELECT count(*)::int FROM outbox');
    expect(count).toBeGreaterThanOrEqual(600);
  });
});
