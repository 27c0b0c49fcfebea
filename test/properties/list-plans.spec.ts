import {
  MAX_SEARCHED_ORDERS,
  NOTIFICATION_STATES,
  ORDER_STATUSES,
  ORDER_STATUSES_IN_PROGRESS,
  WEBHOOK_DELIVERY_STATES,
  type AuditLogFilter,
  type OrderFilter,
  type OrderSearch,
  type OrderStatus,
} from '@estoque/domain';
import pg from 'pg';
import { PLANS_AS_NOTICES, recordPlans } from '../support/recorded-plans.js';
import { TestShop } from '../support/test-shop.js';

/** Part of a query plan as auto_explain logs it in JSON. */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

/**
 * PostgreSQL parameters that send the plan of every statement to the client, with the rows that it read. Plans are
 * generic: they are made without knowing the values, as PostgreSQL may do for a statement that is used often.
 */
const SETTINGS = [
  ...PLANS_AS_NOTICES,
  'auto_explain.log_analyze = on',
  'auto_explain.log_buffers = on',
  'auto_explain.log_timing = off',
  'plan_cache_mode = force_generic_plan',
];
const ORDERS = 100_000;
const LIMIT = 21;
/** Number of orders that are not closed, and the statuses that they can have. */
const IN_PROGRESS = 1_100;
const STATUSES_IN_PROGRESS = new Set<OrderStatus>([...ORDER_STATUSES_IN_PROGRESS, 'processed']);
/**
 * Maximum number of rows and blocks that one statement of a list reads: a page of each of the nine parts of the orders,
 * or all of a part that contains few.
 */
const MAX_ROWS = 400;
const MAX_BLOCKS = 450;

describe('Lists of a large database with a skewed distribution', () => {
  let shop: TestShop;
  let plans: { sql: string; plan: Plan }[];
  let stored: Stored;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 1, settings: SETTINGS });
    stored = await insertData(shop);
    plans = recordPlans(shop);
  }, 180_000);
  afterAll(() => shop.close());
  beforeEach(() => (plans.length = 0));

  /** What the statements since the last call read, for those that read more than the limits. */
  function expensiveStatements(additionalRows = 0) {
    const costs = plans.splice(0).map(({ sql, plan }) => ({
      rows: rowsRead(plan),
      blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      sql,
    }));
    expect(costs.length).toBeGreaterThan(0);
    return costs.filter(
      ({ rows, blocks }) => rows > MAX_ROWS + additionalRows || blocks > MAX_BLOCKS + 2 * additionalRows,
    );
  }

  const emails = [undefined, 'BIG@example.com', 'ana7@example.com'];
  const periods: Pick<OrderFilter, 'created_from' | 'created_to'>[] = [
    {},
    { created_to: daysAgo(700) },
    { created_from: daysAgo(720), created_to: daysAgo(715) },
    { created_from: daysAgo(600) },
  ];
  const filters = [undefined, 'PO-118'].flatMap((reference) =>
    [undefined, ...ORDER_STATUSES].flatMap((status) =>
      emails.flatMap((email) => periods.map((period) => ({ status, email, reference, ...period }))),
    ),
  );

  it('read a bounded number of orders for each combination of filters, and return the right ones', async () => {
    const { orderDetails } = shop.unitOfWork.read;
    const expensive: unknown[] = [];
    let listed = 0;
    for (const filter of filters) {
      const expected = matchingOrders(filter);
      const page = (await orderDetails.list({ ...filter, limit: LIMIT })).map(({ id }) => id);
      const before = page.at(-2);
      const next =
        before === undefined
          ? []
          : (await orderDetails.list({ ...filter, before, limit: LIMIT })).map(({ id }) => id);
      expect({ filter, page, next }).toEqual({
        filter,
        page: expected.slice(0, LIMIT),
        next: before === undefined ? [] : expected.slice(page.length - 1, page.length - 1 + LIMIT),
      });
      listed += page.length;
      // The status of an order in progress is not indexed: a list of one status reads all of them.
      const inProgress = filter.status && STATUSES_IN_PROGRESS.has(filter.status) ? IN_PROGRESS : 0;
      expensive.push(...expensiveStatements(inProgress).map((statement) => ({ filter, ...statement })));
    }
    expect(listed).toBeGreaterThan(filters.length * 5);
    expect(expensive).toEqual([]);
  }, 120_000);

  it.each<[string, Partial<OrderSearch>, string]>([
    [
      'an SKU of few orders',
      { sku: 'RARE-1' },
      `id IN (SELECT order_id FROM order_lines WHERE sku = 'RARE-1')`,
    ],
    [
      'an SKU of many orders, of one customer',
      { sku: 'CAF-250', email: 'ana7@example.com' },
      `customer_email = 'ana7@example.com' AND id IN (SELECT order_id FROM order_lines WHERE sku = 'CAF-250')`,
    ],
    [
      'an amount, in a period',
      { amount_from: 2_490, amount_to: 2_491, created_from: daysAgo(400), created_to: daysAgo(100) },
      `total BETWEEN 2490 AND 2491 AND created_at BETWEEN now() - interval '400 days' AND now() - interval '100 days'`,
    ],
    ['another currency', { currency: 'EUR' }, `currency = 'EUR'`],
    ['a payment', { payment: 'any', amount_to: 100 }, 'payment_method IS NOT NULL AND total <= 100'],
    [
      'no payment, of one status',
      { payment: 'none', status: 'rejected' },
      `payment_method IS NULL AND status = 'rejected'`,
    ],
    [
      'the status of a payment',
      { payment: 'failed' },
      `id IN (SELECT order_id FROM payments WHERE status = 'failed')`,
    ],
  ])(
    'search a bounded number of orders for %s, and find all of them',
    async (_, filter, condition) => {
      const { orderDetails } = shop.unitOfWork.read;
      const found: number[] = [];
      const expensive: unknown[] = [];
      for (let before: number | undefined, isLast = false; !isLast;) {
        plans.length = 0;
        const page = await orderDetails.search({ ...filter, before, limit: LIMIT });
        // Of each order, the search also reads a line or a payment. Of a customer, it sorts the orders of each part.
        expensive.push(...expensiveStatements(2.5 * MAX_SEARCHED_ORDERS));
        found.push(...page.found);
        const isFull = page.found.length === LIMIT;
        isLast = !isFull && page.last === null;
        before = isFull ? page.found.at(-1) : (page.last ?? undefined);
      }
      const expected = await shop.dataSource.query<{ id: number }[]>(
        `SELECT id FROM orders WHERE ${condition} ORDER BY created_at DESC, id DESC`,
      );
      expect(expected.length).toBeGreaterThan(5);
      expect(found).toEqual(expected.map(({ id }) => id));
      expect(expensive).toEqual([]);
    },
    60_000,
  );

  it('read a bounded number of mails, products and movements for each combination of filters', async () => {
    const { notifications, products, stock } = shop.unitOfWork.read;
    for (const state of [undefined, ...NOTIFICATION_STATES])
      for (const orderId of [undefined, 7, ORDERS])
        for (const before of [undefined, 50_000])
          await notifications.list({ state, orderId, before, limit: LIMIT });
    for (const state of ['failed', 'withheld'] as const) {
      const mails = await notifications.list({ state, limit: LIMIT });
      expect(mails.map((mail) => mail.state)).toEqual(Array.from({ length: LIMIT }, () => state));
    }
    for (const before of [undefined, 1_000]) {
      for (const active of [undefined, true, false]) await products.list({ active, before, limit: LIMIT });
      for (const productId of [1, 2]) await stock.movements({ productId, before, limit: LIMIT });
    }
    expect(expensiveStatements()).toEqual([]);
    // With the latest movements of each product. The first one has a quarter of all movements.
    await stock.list({ limit: LIMIT });
    const first = (await stock.list({ before: LIMIT, limit: LIMIT })).at(-1)!;
    expect([first.id, first.balances.length]).toEqual([1, 30]);
    expect(expensiveStatements(LIMIT * 30)).toEqual([]);
  });

  it('read a bounded number of entries of the audit log for each combination of filters', async () => {
    const { auditLog } = shop.unitOfWork.read;
    // The first of each is of most entries; the second one is of few and old entries.
    const actors = [undefined, 'key:1', 'key:2', 'nobody'];
    const actions = [undefined, 'stock.received', 'product.changed'] as const;
    const objects = [undefined, { type: 'product', id: '1' }, { type: 'product', id: '70' }];
    const times = [
      {},
      { to: daysAgo(700) },
      { from: daysAgo(720), to: daysAgo(715) },
      { from: daysAgo(600) },
    ];
    const expensive: unknown[] = [];
    let listed = 0;
    for (const actor of actors)
      for (const action of actions)
        for (const object of objects)
          for (const time of times) {
            const filter = { actor, action, object, ...time };
            const expected = matchingEntries(filter);
            const page = (await auditLog.list({ ...filter, limit: LIMIT })).map(({ id }) => id);
            const before = page.at(-2);
            const next =
              before === undefined
                ? []
                : (await auditLog.list({ ...filter, before, limit: LIMIT })).map(({ id }) => id);
            expect({ filter, page, next }).toEqual({
              filter,
              page: expected.slice(0, LIMIT),
              next: before === undefined ? [] : expected.slice(page.length - 1, page.length - 1 + LIMIT),
            });
            listed += page.length;
            expensive.push(...expensiveStatements().map((statement) => ({ filter, ...statement })));
          }
    expect(listed).toBeGreaterThan(500);
    expect(expensive).toEqual([]);
  }, 120_000);

  it('read a bounded number of webhook deliveries for each combination of filters, and to find work', async () => {
    const { webhookDeliveries } = shop.unitOfWork.read;
    for (const endpointId of [1, 2]) {
      for (const state of [undefined, ...WEBHOOK_DELIVERY_STATES])
        for (const orderId of [undefined, 700])
          for (const before of [undefined, 50_000]) {
            const page = await webhookDeliveries.list(endpointId, { state, orderId, before, limit: LIMIT });
            expect(page.every((delivery) => delivery.state === (state ?? delivery.state))).toBe(true);
            if (orderId === undefined && before === undefined) expect(page).toHaveLength(LIMIT);
          }
      await webhookDeliveries.claimDue(endpointId, 4);
    }
    await webhookDeliveries.waiting(LIMIT);
    await webhookDeliveries.prune(10_000, { from: 0, limit: LIMIT });
    expect(expensiveStatements()).toEqual([]);
  });

  it('read a bounded number of rows to find work and for the metrics', async () => {
    const { activeReservations, openOrders } = shop.unitOfWork.read;
    const limits = { pending: 60, reserved: 60, unconfirmed: 300 };
    await openOrders.examine(limits, { after: 0, max: LIMIT });
    await openOrders.stuck(LIMIT);
    await openOrders.countStuck(LIMIT);
    await activeReservations.count(LIMIT);
    const { next } = await activeReservations.findExpired(LIMIT);
    await activeReservations.findExpired(LIMIT, next);
    expect(expensiveStatements()).toEqual([]);
  });

  // The expected rows are found here, because PostgreSQL would read the whole table for each combination of filters.
  function matchingEntries({ actor, action, object, from, to }: Omit<AuditLogFilter, 'limit'>) {
    return firstPages(
      stored.entries,
      (entry) =>
        entry.actor === (actor ?? entry.actor) &&
        entry.action === (action ?? entry.action) &&
        entry.object_type === (object?.type ?? entry.object_type) &&
        entry.object_id === (object?.id ?? entry.object_id) &&
        isBetween(entry.at, from, to),
    );
  }

  function matchingOrders(filter: Omit<OrderFilter, 'limit'>) {
    const { status, reference, created_from, created_to } = filter;
    const email = filter.email?.toLowerCase();
    return firstPages(
      stored.orders,
      (order) =>
        order.status === (status ?? order.status) &&
        order.email === (email ?? order.email) &&
        order.reference === (reference ?? order.reference) &&
        isBetween(order.at, created_from, created_to),
    );
  }
});

/** What the lists of orders and of the audit log filter by, newest first. Times are in milliseconds. */
interface Stored {
  orders: { id: number; at: number; status: string; email: string; reference: string | null }[];
  entries: {
    id: number;
    at: number;
    actor: string;
    action: string;
    object_type: string;
    object_id: string;
  }[];
}

const isBetween = (at: number, from?: Date, to?: Date) =>
  at >= (from?.getTime() ?? -Infinity) && at < (to?.getTime() ?? Infinity);

/** @returns the ids of the first three pages of the rows that match */
function firstPages<Row extends { id: number }>(rows: Row[], matches: (row: Row) => boolean): number[] {
  const ids: number[] = [];
  for (const row of rows) {
    if (matches(row)) ids.push(row.id);
    if (ids.length === 3 * LIMIT) break;
  }
  return ids;
}

function daysAgo(days: number) {
  return new Date(Date.now() - days * 86_400_000);
}

/** Rows that the scans of a plan returned or removed. */
function rowsRead(plan: Plan): number {
  const own = plan['Relation Name']
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0;
  return own + (plan.Plans ?? []).reduce((sum, child) => sum + rowsRead(child), 0);
}

/**
 * Orders of two years, a batch of 50 at a time. A tenth is of one customer, whose orders are all old. Many are completed.
 * The rejected, cancelled, shipped and returned ones are rare and old, some orders were imported with a time long before,
 * and the failed and withheld mails are old.
 */
async function insertData(shop: TestShop): Promise<Stored> {
  // Without the time limit of the pool.
  const connection = new pg.Client(shop.url);
  await connection.connect();
  const age = `interval '730 days' * (1 - ceil(n / 50.0) * 50 / ${ORDERS})`;
  for (const statement of [
    'SET auto_explain.log_min_duration = -1',
    `INSERT INTO products (sku, name, price, currency, active) SELECT 'P-' || n, 'Café', 2490, 'BRL', n > 40 FROM generate_series(1, 5000) n`,
    `INSERT INTO stock (product_id, on_hand, reserved) SELECT id, 1000000, 1000 FROM products`,
    `INSERT INTO orders (customer_name, customer_email, locale, currency, total, status, shipment_status, rejection,
                         cancellation, created_at, closed_at, reference, payment_method)
     SELECT 'Ana', CASE WHEN n % 10 = 0 AND n < ${ORDERS} / 5 THEN 'big@example.com' ELSE 'ana' || n % 5000 || '@example.com' END,
            'en', CASE WHEN n % 3000 = 0 THEN 'EUR' ELSE 'BRL' END, n % 5000, status, CASE WHEN status LIKE '%shipped' OR status LIKE '%returned' OR status = 'completed' THEN status END,
            CASE status WHEN 'rejected' THEN '[]'::jsonb END,
            CASE status WHEN 'cancelled' THEN 'expired' END, at, CASE WHEN n % 1000 < 999 AND n <= ${ORDERS} - 1000 THEN at END,
            CASE WHEN n % 500 = 0 THEN 'PO-118' WHEN n % 3 = 0 THEN 'PO-1' || n END,
            CASE WHEN n % 7 = 0 AND n > ${ORDERS} - 70000 THEN 'tok_ok' END
     FROM generate_series(1, ${ORDERS}) n, LATERAL (
       SELECT CASE WHEN n < 5000 AND n % 40 = 0 THEN 'rejected' WHEN n < 20000 AND n % 90 = 1 THEN 'cancelled'
                   WHEN n < 9000 AND n % 37 = 2 THEN 'partially_shipped' WHEN n < 9000 AND n % 37 = 3 THEN 'shipped'
                   WHEN n < 9000 AND n % 37 = 4 THEN 'partially_returned' WHEN n < 9000 AND n % 37 = 5 THEN 'returned'
                   WHEN n < 60000 AND n % 3 = 2 THEN 'completed'
                   WHEN n > ${ORDERS} - 1000 THEN (ARRAY['pending', 'awaiting_payment', 'reserved'])[1 + n % 3] ELSE 'processed' END AS status,
              now() - ${age} - CASE WHEN n % 777 = 0 THEN interval '9 days' ELSE interval '0' END AS at) placed`,
    `INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
     SELECT id, CASE WHEN id % 2 = 0 THEN 1 ELSE 1 + id % 5000 END, 1,
            CASE WHEN id % 5000 = 1 THEN 'RARE-1' ELSE 'CAF-250' END, 'Café', 1, 2490
     FROM orders WHERE id > ${ORDERS} / 2`,
    `INSERT INTO payments (order_id, method, currency, amount, status, failure, next_check_at)
     SELECT id, payment_method, currency, total + 1, outcome, CASE outcome WHEN 'failed' THEN 'declined' END, now()
     FROM orders, LATERAL (SELECT CASE WHEN id % 100 = 0 THEN 'failed' ELSE 'requested' END AS outcome) paid
     WHERE payment_method IS NOT NULL`,
    `INSERT INTO reservations (order_id, product_id, quantity, status, expires_at)
     SELECT order_id, product_id, 1, CASE WHEN order_id > ${ORDERS} - 1000 THEN 'active' ELSE 'committed' END, now()
     FROM order_lines`,
    `INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
     SELECT product_id, order_id, 'sale', -1, 0, 'order ' || order_id FROM order_lines`,
    `INSERT INTO notifications (order_id, kind, recipient, locale, state)
     SELECT id, 'order_processed', customer_email, 'en',
            CASE WHEN id < 3000 AND id % 50 = 7 THEN 'failed' WHEN id < 3000 AND id % 50 = 8 THEN 'pending'
                 WHEN id < 3000 AND id % 5 = 4 THEN 'withheld' ELSE 'sent' END
     FROM orders`,
    `INSERT INTO webhook_endpoints (url, events) SELECT 'https://shop.example/' || n, '{order.created}' FROM generate_series(1, 2) n`,
    `INSERT INTO webhook_events (event_id, event, order_id, body, created_at)
     SELECT gen_random_uuid(), 'order.created', n, '{}', now() - ${age} FROM generate_series(1, ${ORDERS}) n`,
    // One endpoint has few deliveries. The failed ones are old, and the newest ones wait.
    `INSERT INTO webhook_deliveries (endpoint_id, webhook_event_id, order_id, state, due_at)
     SELECT CASE WHEN id % 100 = 0 THEN 2 ELSE 1 END, id, order_id,
            CASE WHEN id < 20000 AND id % 50 <= 1 THEN 'failed' WHEN id > ${ORDERS} - 3000 THEN 'pending' ELSE 'delivered' END, clock_timestamp()
     FROM webhook_events`,
    // Nearly all entries are of one actor, one action and one object. The others are old.
    `INSERT INTO audit_log (at, actor, address, action, object_type, object_id, after)
     SELECT now() - ${age}, CASE WHEN n < 5000 AND n % 50 = 0 THEN 'key:2' ELSE 'key:1' END, '127.0.0.1',
            CASE WHEN n < 5000 AND n % 25 = 0 THEN 'product.changed' ELSE 'stock.received' END, 'product',
            CASE WHEN n < 5000 AND n % 10 = 0 THEN (n % 100)::text ELSE '1' END, '{}'
     FROM generate_series(1, ${ORDERS}) n`,
    'VACUUM ANALYZE',
  ])
    await connection.query(statement);
  const read = async <Row>(sql: string) => (await connection.query(sql)).rows as Row[];
  const at = (column: string) => `floor(extract(epoch FROM ${column}) * 1000)::float8 AS at`;
  const rows: Stored = {
    orders: await read(
      `SELECT id::int, ${at('created_at')}, status, lower(customer_email) AS email, reference
       FROM orders ORDER BY created_at DESC, id DESC`,
    ),
    entries: await read(
      `SELECT id::int, ${at('audit_log.at')}, actor, action, object_type, object_id
       FROM audit_log ORDER BY audit_log.at DESC, id DESC`,
    ),
  };
  await connection.end();
  return rows;
}
