import type { UnitOfWork } from '../unit-of-work.js';
import type { PrunedData } from './retention-runs.js';

/**
 * Runs a deletion and records its result, also if it fails.
 *
 * @param prune deletes old data and returns the number of deleted rows
 */
export async function recordRun(unitOfWork: UnitOfWork, data: PrunedData, prune: () => Promise<number>) {
  const save = (deleted: number, error: string | null) =>
    unitOfWork.inTransaction(({ retentionRuns }) => retentionRuns.save({ data, deleted, error }));
  let deleted: number;
  try {
    deleted = await prune();
  } catch (error) {
    // Without a database this cannot be recorded. Then the latest run is an old one.
    await save(0, (error as Error).message).catch(() => undefined);
    throw error;
  }
  await save(deleted, null);
  return deleted;
}
