import { latestNotificationId, waitUntilRecorded, type LoadShape } from './measure.js';
import type { Pipeline } from './pipeline.js';

/** Applies one uninterrupted load and counts the orders recorded in each window of `seconds`. */
export async function measureWindows(pipeline: Pipeline, { seconds, ...shape }: LoadShape, windows = 3) {
  await pipeline.options.stack.checkpoint();
  const since = await latestNotificationId(pipeline);
  const load = await pipeline.placeOrders({ ...shape, seconds: windows * seconds });
  await waitUntilRecorded(pipeline, load.ids.length, since);
  const { rows } = await pipeline.database.pool.query<{ window_number: number; count: number }>(
    `SELECT floor((extract(epoch FROM created_at)::float8 * 1000 - $2) / $3)::int + 1 AS window_number,
            count(*)::int AS count
     FROM notifications WHERE id > $1 AND order_id IS NOT NULL GROUP BY window_number ORDER BY window_number`,
    [since, load.from, seconds * 1_000],
  );
  // Orders recorded after the load has ended belong to no window.
  return rows
    .filter(({ window_number }) => window_number <= windows)
    .map(({ window_number, count }) => ({
      window: window_number,
      connections: shape.connections,
      orders: count,
      recorded: count / seconds,
    }));
}
