import { PLANS_AS_NOTICES, recordPlans } from '../support/recorded-plans.js';
import { TestShop } from '../support/test-shop.js';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

const SETTINGS = [
  ...PLANS_AS_NOTICES,
  'auto_explain.log_analyze = on',
  'auto_explain.log_timing = off',
  'plan_cache_mode = force_generic_plan',
];
const MAILS = 20_000;
const LIMIT = 21;
/** A customer with few, old mails, and one with most of all mails. */
const RARE = 'Rare@example.com';
const FREQUENT = 'frequent@example.com';

describe('What a customer reads', () => {
  let shop: TestShop;
  let plans: { sql: string; plan: Plan }[];
  let own: number;
  let others: number;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 1, settings: SETTINGS });
    const product_id = await shop.createProduct(10);
    [own, others] = [await createOrder(product_id), await createOrder(product_id)];
    await shop.dataSource.query(`UPDATE orders SET customer_email = 'bia@example.com' WHERE id = $1`, [
      others,
    ]);
    await shop.dataSource.query(
      `INSERT INTO notifications (order_id, kind, recipient, locale, state)
       SELECT CASE WHEN n = 300 THEN $1::bigint END, 'kind ' || n,
              CASE WHEN n % 30 = 0 AND n < 2000 THEN 'rare@EXAMPLE.com' ELSE '${FREQUENT}' END, 'en',
              CASE WHEN n % 2 = 0 THEN 'sent' ELSE 'failed' END
       FROM generate_series(1, ${MAILS}) n`,
      [others],
    );
    await shop.dataSource.query('VACUUM ANALYZE');
    plans = recordPlans(shop);
  }, 120_000);
  afterAll(() => shop.close());
  beforeEach(() => (plans.length = 0));

  const createOrder = (product_id: number) => shop.createOrder([{ product_id, quantity: 1 }]);
  const read = () => shop.unitOfWork.read;

  it.each(['get', 'assertOwner'] as const)(
    'takes the same statement for an order of another customer as for an unknown one: %s',
    async (method) => {
      const statementsFor = async (id: number) => {
        plans.length = 0;
        await expect(read().orderDetails[method](id, 'ana@example.com')).rejects.toMatchObject({
          code: 'order_not_found',
        });
        return plans.map(({ sql, plan }) => ({ sql, nodes: nodesOf(plan) }));
      };
      const statements = await statementsFor(others);
      expect(statements).toEqual([{ sql: expect.any(String) as string, nodes: ['Index Scan'] }]);
      expect(statements).toEqual(await statementsFor(999_999_999));
      await expect(read().orderDetails[method](own, 'ANA@example.com')).resolves.not.toThrow();
    },
  );

  it.each([RARE, FREQUENT])(
    'reads a bounded number of mails for each filter, and returns the right ones: %s',
    async (recipient) => {
      for (const state of [undefined, 'sent', 'failed'] as const)
        for (const orderId of [undefined, others])
          for (const before of [undefined, 1_000]) {
            const filter = { state, orderId, before, recipient };
            const expected = await matchingMails(filter);
            plans.length = 0;
            const page = await read().notifications.list({ ...filter, limit: LIMIT });
            expect({ filter, ids: page.map(({ id }) => id) }).toEqual({ filter, ids: expected });
            const rows = plans.map(({ plan }) => rowsRead(plan));
            expect(rows).toHaveLength(1);
            // Mails of another state are read too, and there are as many of them.
            expect(rows.filter((count) => count > 10 * LIMIT)).toEqual([]);
          }
    },
  );

  async function matchingMails({
    state,
    orderId,
    before,
    recipient,
  }: Record<string, unknown>): Promise<number[]> {
    const rows = await shop.dataSource.query<{ id: number }[]>(
      `SELECT id FROM notifications WHERE lower(recipient) = lower($1) AND state = coalesce($2, state) AND id < coalesce($3, id + 1)
         AND ($4::bigint IS NULL OR order_id = $4) ORDER BY id DESC LIMIT ${LIMIT}`,
      [recipient, state, before, orderId],
    );
    return rows.map(({ id }) => id);
  }
});

const nodesOf = (plan: Plan): string[] => [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Rows that the scans of a plan returned or removed. */
function rowsRead(plan: Plan): number {
  const own = plan['Relation Name']
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0;
  return own + (plan.Plans ?? []).reduce((sum, child) => sum + rowsRead(child), 0);
}
