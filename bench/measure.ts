import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from './load/generator.js';
import type { Workload } from './load/workload.js';
import { percentilesOf, type Percentiles } from './numbers.js';
import type { Pipeline } from './pipeline.js';
import { UsageMeter, type Usage } from './usage.js';

/** Values of one measurement. Rates are per second, times in milliseconds. */
export interface MeasuredValues {
  orders: number;
  accepted?: number;
  /** Orders from POST to recorded notification: all orders, divided by the time from the first POST to the last record. */
  recorded?: number;
  /** Orders from POST to a mail that the mail server has accepted. */
  delivered?: number;
  /** As `recorded`, counted in order lines. */
  lines?: number;
  refused?: number;
  latency?: Percentiles;
  /** From POST to the order's transition to `processed`. */
  processed?: Percentiles;
  /** By process name. */
  usage?: Record<string, Usage>;
}

export interface LoadShape {
  workload: Workload;
  connections: number;
  seconds: number;
  rate?: number;
}

/** A count that makes no progress for this long is an error. */
const STUCK_AFTER_MS = 60_000;
const MIN_POLL_INTERVAL_MS = 20;

export async function queryCount(pipeline: Pipeline, sql: string, values: unknown[] = []): Promise<number> {
  const { rows } = await pipeline.database.pool.query<{ count: number }>(sql, values);
  return rows[0]!.count;
}

/**
 * Polls until the count is reached. The pause after a poll is ten times as long as the poll, so that polling adds little
 * load.
 *
 * @param describeCount returns the text of the error for the last count
 * @returns time of the poll that reached the count, in milliseconds since 1970
 * @throws if the count makes no progress for a minute
 */
export async function waitForCount(
  wanted: number,
  describeCount: (count: number) => string,
  readCount: () => Promise<number>,
): Promise<number> {
  let last = -Infinity;
  let progressAt = performance.now();
  for (;;) {
    const polledAt = performance.now();
    const count = await readCount();
    const answeredAt = performance.now();
    if (count >= wanted) return performance.timeOrigin + answeredAt;
    if (count > last) [last, progressAt] = [count, answeredAt];
    if (answeredAt - progressAt > STUCK_AFTER_MS)
      throw new Error(`no progress for ${STUCK_AFTER_MS / 1_000} s: ${describeCount(count)}`);
    await sleep(Math.max(MIN_POLL_INTERVAL_MS, 10 * (answeredAt - polledAt)));
  }
}

/** @returns the highest notification id, or 0 */
export function latestNotificationId(pipeline: Pipeline): Promise<number> {
  return queryCount(pipeline, 'SELECT coalesce(max(id), 0)::float8 AS count FROM notifications');
}

/**
 * Waits until `orders` orders have a notification with an id above `since`.
 *
 * @returns time of the poll that found the last one, in milliseconds since 1970
 */
export function waitUntilRecorded(pipeline: Pipeline, orders: number, since: number): Promise<number> {
  const sql = 'SELECT count(*)::int AS count FROM notifications WHERE id > $1 AND order_id IS NOT NULL';
  return waitForCount(
    orders,
    (count) => `${count} of ${orders} orders recorded`,
    () => queryCount(pipeline, sql, [since]),
  );
}

/** Applies a load without measuring it, and waits until all of its orders are recorded. */
export async function warmUp(pipeline: Pipeline, shape: LoadShape) {
  const since = await latestNotificationId(pipeline);
  const { ids } = await pipeline.placeOrders(shape);
  await waitUntilRecorded(pipeline, ids.length, since);
}

/** @param waitUntilDelivered resolves when the mails of that many orders are delivered, with the time of the last one */
export async function measure(
  pipeline: Pipeline,
  shape: LoadShape,
  waitUntilDelivered?: (orders: number) => Promise<number>,
): Promise<MeasuredValues> {
  await pipeline.options.stack.checkpoint();
  const since = await latestNotificationId(pipeline);
  const meter = new UsageMeter(pipeline.pids);
  const load = await pipeline.placeOrders(shape);
  const { from, to, ids, latency, refused, refusal } = load;
  const orders = ids.length;
  if (orders === 0) throw new Error(`no order was accepted: ${refusal}`);
  const recordedAt = await waitUntilRecorded(pipeline, orders, since);
  const deliveredAt = await waitUntilDelivered?.(orders);
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
    processed: await timeToProcessed(pipeline, load),
    usage: { ...usage, 'load generator': { cpuSeconds: load.cpuSeconds, peakMb: load.peakMb } },
  };
}

/** Load generator and database run on one machine, so their clocks can be compared. */
async function timeToProcessed(
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
