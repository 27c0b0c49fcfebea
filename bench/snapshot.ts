import { measureWindows } from './windows.js';
import type { LoadShape } from './measure.js';
import type { Pipeline } from './pipeline.js';
import type { CaseValues } from './results.js';

const DEAD_ROWS = `SELECT coalesce(sum(n_dead_tup), 0)::float8 AS count FROM pg_stat_user_tables WHERE relname IN ('outbox', 'stock')`;

/**
 * Applies the same load twice: without a snapshot, and while a transaction holds one, as a dump or a session that was
 * left open does. Counts the orders recorded in each window, and the dead rows of outbox and stock at its end.
 */
export async function measureWithSnapshot(
  pipeline: Pipeline,
  shape: LoadShape,
  windows: number,
): Promise<CaseValues> {
  const without = await measureSampled(pipeline, shape, windows);
  const holder = await pipeline.database.pool.connect();
  try {
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // The snapshot is taken by the first query.
    await holder.query('SELECT 1');
    const withSnapshot = await measureSampled(pipeline, shape, windows);
    return [...without, ...withSnapshot.map((values) => ({ ...values, snapshot: true as const }))];
  } finally {
    await holder.query('ROLLBACK').catch(() => undefined);
    holder.release();
  }
}

async function measureSampled(pipeline: Pipeline, shape: LoadShape, windows: number): Promise<CaseValues> {
  const deadRows: number[] = [];
  const sample = async () => {
    const { rows } = await pipeline.database.pool.query<{ count: number }>(DEAD_ROWS);
    deadRows.push(rows[0]!.count);
  };
  let failure: Error | undefined;
  const timer = setInterval(
    () => void sample().catch((error: Error) => (failure = error)),
    shape.seconds * 1_000,
  );
  try {
    const values = await measureWindows(pipeline, shape, windows);
    if (failure) throw failure;
    return values.map((value) => ({ ...value, deadRows: deadRows[value.window - 1] }));
  } finally {
    clearInterval(timer);
  }
}
