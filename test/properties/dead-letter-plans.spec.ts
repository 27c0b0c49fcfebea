import { sqlClientOf, type SqlClient } from '@estoque/database';
import { catalogue, EXCHANGE } from '@estoque/domain';
import {
  DeadLetterCapacity,
  DeadLetterReplay,
  DeadLetters,
  topologyOf,
  type DeadLetterFilter,
  type Publisher,
} from '@estoque/messaging';
import { TestShop } from '../support/test-shop.js';

describe('20,000 dead letters', () => {
  const FILTERS = {
    state: 'open',
    queue: 'order_queue',
    event: 'order.created',
    reason: 'bug',
    group: '9e107d9d372bb6826bd81d3542a419d6',
    subject: { order_id: 7 },
  } as const;
  const names = Object.keys(FILTERS) as (keyof typeof FILTERS)[];
  const combinations = Array.from({ length: 2 ** names.length }, (_, bits) =>
    names.filter((_name, index) => bits & (1 << index)),
  );
  let shop: TestShop;
  let sql: SqlClient;
  /** Plans of the statements that the lists ran, with generic plans. */
  let plans: string[];
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 1 });
    sql = sqlClientOf(shop.dataSource);
    await sql.query(
      `INSERT INTO dead_letters (fingerprint, queue, event, subject, reason, error, attempts, properties, headers, body, state)
       SELECT n, (ARRAY['order_queue', 'stock_queue', 'notify_queue'])[1 + n % 3], 'event.' || n % 7,
              '{"order_id":' || n % 5000 || '}', 'reason_' || n % 11, 'failed', 1, '{}', '{}', 'body',
              (ARRAY['open', 'replayed', 'discarded'])[1 + n % 3]
       FROM generate_series(1, 20000) n`,
    );
    await shop.dataSource.query('VACUUM ANALYZE dead_letters');
  }, 60_000);
  afterAll(() => shop.close());

  /** Records the generic plan of a statement instead of running it. */
  async function explain<Row>(statement: string, parameters: unknown[] = []): Promise<Row[]> {
    expect(statement).not.toMatch(/body|SELECT \*/);
    const connection = shop.dataSource.createQueryRunner();
    try {
      await connection.query('SET plan_cache_mode = force_generic_plan');
      await connection.query(`PREPARE listed AS ${statement}`);
      const values = parameters.map((value) => (typeof value === 'number' ? value : `'${String(value)}'`));
      const rows = (await connection.query(`EXPLAIN EXECUTE listed (${values.join(', ')})`)) as {
        'QUERY PLAN': string;
      }[];
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      await connection.query('DEALLOCATE listed');
      await connection.query('RESET plan_cache_mode');
    } finally {
      await connection.release();
    }
    return [];
  }

  it.each(combinations.map((used) => [used.join(', ') || 'no filter', used] as const))(
    'are listed by index, in the order of the list: %s',
    async (_, used) => {
      plans = [];
      const filter: DeadLetterFilter = Object.fromEntries(used.map((name) => [name, FILTERS[name]]));
      const explained: SqlClient = {
        ...sql,
        query: (statement, parameters) => explain(statement, parameters),
      };
      const replays = new DeadLetterReplay(sql, {} as Publisher, topologyOf(EXCHANGE, catalogue));
      const deadLetters = new DeadLetters(explained, replays, new DeadLetterCapacity(sql, 1));
      await deadLetters.list(filter, { limit: 21 });
      await deadLetters.list(filter, { limit: 21, before: 10_000 });
      for (const plan of plans) {
        expect(plan).toMatch(/Index (Only )?Scan/);
        // The few dead letters of one order may be sorted.
        expect(plan).not.toMatch(filter.subject ? /Seq Scan/ : /Seq Scan|Sort/);
      }
      expect(plans).toHaveLength(2);
    },
  );
});
