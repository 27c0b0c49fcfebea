import { lastNotification, untilRecorded, type LoadShape } from './measure.js';
import type { Pipeline } from './pipeline.js';

const STRETCHES = 3;

/** One load without a break, looked at stretch by stretch: what was recorded in each. */
export async function measureStretches(pipeline: Pipeline, { seconds, ...shape }: LoadShape) {
  await pipeline.options.stack.settle();
  const since = await lastNotification(pipeline);
  const load = await pipeline.customers.ask({ ...shape, seconds: STRETCHES * seconds, port: pipeline.port });
  for (const id of load.ids) pipeline.accepted.push(id);
  await untilRecorded(pipeline, load.ids.length, since);
  const { rows } = await pipeline.database.pool.query<{ stretch: number; count: number }>(
    `SELECT floor((extract(epoch FROM created_at)::float8 * 1000 - $2) / $3)::int + 1 AS stretch, count(*)::int AS count
     FROM notifications WHERE id > $1 AND order_id IS NOT NULL GROUP BY stretch ORDER BY stretch`,
    [since, load.from, seconds * 1_000],
  );
  // What was recorded after the last customer had left is of no stretch.
  return rows
    .filter(({ stretch }) => stretch <= STRETCHES)
    .map(({ stretch, count }) => ({
      ...{ stretch, connections: shape.connections, orders: count },
      recorded: count / seconds,
    }));
}
