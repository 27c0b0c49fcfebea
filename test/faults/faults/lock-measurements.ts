import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment } from '../experiment.js';
import type { Database } from '../injector/database.js';
import type { FaultInjector } from '../injector/fault-injector.js';

export const MAX_SECONDS_OF_OTHER_ORDERS = 2;
const MAX_WAITING_SESSIONS = 2;
const SAMPLE_MS = 200;
/** Payment methods that the simulated gateway decides at once. With another one, an order waits for the gateway. */
const DECIDED_AT_ONCE = ['tok_ok', 'tok_declined', 'tok_insufficient_funds'];

/** @returns for each app, how many of its sessions waited for a lock at once while `work` ran */
async function countWaitingDuring(work: () => Promise<void>, database: Database) {
  const maxWaiting = new Map<string, number>();
  let isRunning = true;
  const counting = (async () => {
    while (isRunning) {
      const rows = await database.query<{ app: string; count: number }>(
        `SELECT application_name AS app, count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' GROUP BY 1`,
      );
      for (const { app, count } of rows) maxWaiting.set(app, Math.max(count, maxWaiting.get(app) ?? 0));
      await sleep(SAMPLE_MS);
    }
  })();
  try {
    await work();
  } finally {
    isRunning = false;
    await counting;
  }
  return maxWaiting;
}

/**
 * How long orders took from acceptance to their final status, in seconds; for an order that is not final, until now.
 *
 * @param orders placed in this time, in milliseconds since 1970, without this product, and without a payment that the
 *   gateway delays
 */
async function measureOrders(database: Database, orders: { from: number; to: number; without: number }) {
  const [row] = await database.query<{ count: number; slowest: number; p99: number; slowest_id: string }>(
    `SELECT count(*)::int AS count, coalesce(max(seconds), 0) AS slowest,
            coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds), 0) AS p99,
            (array_agg(id ORDER BY seconds DESC))[1] AS slowest_id
     FROM (
       SELECT id, extract(epoch FROM coalesce(
                (SELECT min(at) FROM order_timeline WHERE order_id = orders.id AND step IN ('processed', 'rejected')),
                clock_timestamp()) - created_at)::float8 AS seconds
       FROM orders
       WHERE created_at BETWEEN to_timestamp($1::float8 / 1000) AND to_timestamp($2::float8 / 1000)
         AND NOT EXISTS (SELECT 1 FROM order_lines WHERE order_id = orders.id AND product_id = $3)
         AND (payment_method IS NULL OR payment_method = ANY ($4))
     ) AS measured`,
    [orders.from, orders.to, orders.without, DECIDED_AT_ONCE],
  );
  return row!;
}

/** The first orders of a process take longer: code is compiled, connections are opened. */
export async function waitUntilWarm({ database }: FaultInjector) {
  const isWarm = async () => {
    const [row] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM orders WHERE status = 'processed'`,
    );
    return row!.count >= 50;
  };
  await until('50 processed orders', isWarm, { seconds: 60 });
}

/** Runs `work` for the time of the fault and expects that orders without the product are not held up. */
export async function expectOthersInTime(
  { database }: FaultInjector,
  experiment: Experiment,
  { without, what }: { without: number; what: string },
  work: () => Promise<void>,
) {
  const from = Date.now();
  const maxWaiting = await countWaitingDuring(work, database);
  const to = Date.now() - MAX_SECONDS_OF_OTHER_ORDERS * 1_000;
  const { count, slowest, p99, slowest_id } = await measureOrders(database, { from, to, without });
  const waiting = [...maxWaiting].map(([app, sessions]) => `${app} ${sessions}`).join(', ') || 'none';
  experiment.note(
    `${what}: ${count} orders of other products, slowest ${slowest.toFixed(2)} s (order ${slowest_id}), ` +
      `p99 ${p99.toFixed(2)} s; sessions that waited at once: ${waiting}`,
  );
  experiment.expect(count > 0, `${what}: orders of other products are placed`);
  experiment.expect(
    slowest <= MAX_SECONDS_OF_OTHER_ORDERS,
    `${what}: orders of other products are final within ${MAX_SECONDS_OF_OTHER_ORDERS} s (${slowest.toFixed(2)} s)`,
  );
  for (const app of APP_NAMES)
    experiment.expect(
      (maxWaiting.get(app) ?? 0) <= MAX_WAITING_SESSIONS,
      `${what}: at most ${MAX_WAITING_SESSIONS} sessions of ${app} wait for a lock (${maxWaiting.get(app)})`,
    );
}
