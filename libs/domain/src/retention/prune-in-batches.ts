import { setTimeout as sleep } from 'node:timers/promises';

const BATCH = 1_000;
/** Pause between two batches, so that pruning uses little of the database's capacity. */
const PAUSE_MS = 100;

/** The rows deleted by one statement. */
export interface Pruned<Position> {
  count: number;
  /** Position of the last deleted row, or null if there is none. */
  last: Position | null;
}

/**
 * Deletes rows in batches, until a batch is not full. A batch starts at the last row of the batch
 * before it, so that it does not scan deleted rows that are not yet vacuumed.
 *
 * @param start where the first batch starts
 * @param prune deletes at most `limit` rows in a transaction
 * @param isStopping no further batch is started if it returns true
 * @returns the number of deleted rows
 */
export async function pruneInBatches<Position>(
  start: Position,
  prune: (range: { from: Position; limit: number }) => Promise<Pruned<Position>>,
  isStopping: () => boolean,
): Promise<number> {
  let total = 0;
  let from = start;
  while (!isStopping()) {
    const { count, last } = await prune({ from, limit: BATCH });
    total += count;
    if (count < BATCH) break;
    from = last!;
    await sleep(PAUSE_MS);
  }
  return total;
}
