import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from './load/generator.js';
import type { Plan } from './load/plan.js';
import { percentilesOf, type Percentiles } from './numbers.js';
import type { Pipeline } from './pipeline.js';
import { Meter, type Usage } from './usage.js';

/** What one measurement says; rates are in a second, times in milliseconds. */
export interface Figure {
  orders: number;
  accepted?: number;
  /** From POST to recorded notification: all orders, by the time from the first POST to the last record. */
  recorded?: number;
  /** From POST to a mail that the mail server has taken. */
  delivered?: number;
  /** As `recorded`, counted in lines. */
  lines?: number;
  refused?: number;
  latency?: Percentiles;
  /** From POST to the order's being processed. */
  processed?: Percentiles;
  /** By process. */
  usage?: Record<string, Usage>;
}

export interface LoadShape {
  plan: Plan;
  connections: number;
  seconds: number;
  rate?: number;
}

/** A pipeline that makes no progress for so long is stuck. */
const PATIENCE_MS = 60_000;
const LEAST_PAUSE_MS = 20;

export async function countOf(pipeline: Pipeline, sql: string, values: unknown[]): Promise<number> {
  const { rows } = await pipeline.database.pool.query<{ count: number }>(sql, values);
  return rows[0]!.count;
}

/** Asks, seldom enough to be no load itself, until there are so many. @returns when that was seen, in milliseconds since 1970 */
export async function untilThereAre(
  wanted: number,
  what: string,
  ask: () => Promise<number>,
): Promise<number> {
  let last = -1;
  let movedAt = performance.now();
  for (;;) {
    const asked = performance.now();
    const count = await ask();
    const answered = performance.now();
    if (count >= wanted) return performance.timeOrigin + answered;
    if (count > last) [last, movedAt] = [count, answered];
    if (answered - movedAt > PATIENCE_MS) throw new Error(`stuck: ${count} of ${wanted} ${what}`);
    await sleep(Math.max(LEAST_PAUSE_MS, 10 * (answered - asked)));
  }
}

/** Where the numbers of notifications stand. */
export function lastNotification(pipeline: Pipeline): Promise<number> {
  return countOf(pipeline, 'SELECT coalesce(max(id), 0)::float8 AS count FROM notifications', []);
}

/** @returns when the last of so many was recorded after the notification with the id `since` */
export function untilRecorded(pipeline: Pipeline, orders: number, since: number): Promise<number> {
  return untilThereAre(orders, 'orders recorded', () =>
    countOf(
      pipeline,
      'SELECT count(*)::int AS count FROM notifications WHERE id > $1 AND order_id IS NOT NULL',
      [since],
    ),
  );
}

/** Load, and whatever is in the pipeline brought to its end; measured by nobody. */
export async function warmUp(pipeline: Pipeline, shape: LoadShape) {
  const since = await lastNotification(pipeline);
  const { ids } = await placeOrders(pipeline, shape);
  await untilRecorded(pipeline, ids.length, since);
}

/** @param delivered resolves when so many orders' mails are delivered, with the moment of the last */
export async function measure(
  pipeline: Pipeline,
  shape: LoadShape,
  delivered?: (orders: number) => Promise<number>,
): Promise<Figure> {
  await pipeline.options.stack.settle();
  const since = await lastNotification(pipeline);
  const meter = new Meter(pipeline.pids);
  const load = await placeOrders(pipeline, shape);
  const { from, to, ids, latency, refused, refusal } = load;
  const orders = ids.length;
  if (orders === 0) throw new Error(`no order was accepted: ${refusal}`);
  const recordedAt = await untilRecorded(pipeline, orders, since);
  const deliveredAt = await delivered?.(orders);
  const usage = meter.stop();
  const perSecond = (count: number, until: number) => count / ((until - from) / 1_000);
  return {
    orders,
    accepted: perSecond(orders, to),
    recorded: perSecond(orders, recordedAt),
    lines: perSecond(load.lines, recordedAt),
    ...(deliveredAt !== undefined && { delivered: perSecond(orders, deliveredAt) }),
    refused,
    latency,
    processed: await processedAfter(pipeline, load),
    usage: { ...usage, 'load generator': { cpuSeconds: load.cpuSeconds, peakMb: load.peakMb } },
  };
}

async function placeOrders(pipeline: Pipeline, shape: LoadShape): Promise<LoadResult> {
  const load = await pipeline.customers.ask({ ...shape, port: pipeline.port });
  for (const id of load.ids) pipeline.accepted.push(id);
  return load;
}

/** The clock of the customers and that of the database are one: it is the same machine. */
async function processedAfter(
  pipeline: Pipeline,
  { ids, postedAt }: LoadResult,
): Promise<Percentiles | undefined> {
  const { rows } = await pipeline.database.pool.query<{ ms: number }>(
    `SELECT extract(epoch FROM at)::float8 * 1000 - posted_at AS ms
     FROM unnest($1::bigint[], $2::float8[]) AS posted (order_id, posted_at)
     JOIN order_timeline USING (order_id) WHERE step = 'processed'`,
    [[...ids], [...postedAt]],
  );
  return rows.length === 0 ? undefined : percentilesOf(rows.map(({ ms }) => ms));
}
