import type { EntityManager } from 'typeorm';

/** Data that a periodic run deletes. Other data that are not kept are deleted when new ones are stored. */
export type PrunedData =
  | 'timelines_and_mails'
  | 'customers'
  | 'idempotency_keys'
  | 'closed_dead_letters'
  | 'audit_log'
  | 'webhook_events';

/** The latest run that deletes these data, in any process. */
export interface RetentionRun {
  data: PrunedData;
  ended_at: Date;
  age_seconds: number;
  /** Number of rows that the run deleted. */
  deleted: number;
  /** Why the run failed, or null. */
  error: string | null;
  /** End and number of rows of the latest run that deleted any. */
  last_deletion_at: Date | null;
  last_deletion_count: number | null;
}

const MAX_ERROR_LENGTH = 500;

/** Writes `retention_runs`: one row for each kind of data, replaced by each run. */
export class RetentionRunRepository {
  constructor(private readonly manager: EntityManager) {}

  async save({ data, deleted, error }: Pick<RetentionRun, 'data' | 'deleted' | 'error'>) {
    await this.manager.query(
      `INSERT INTO retention_runs AS run (data, deleted, error, last_deletion_at, last_deletion_count)
       VALUES ($1, $2, $3, CASE WHEN $2 > 0 THEN clock_timestamp() END, nullif($2, 0))
       ON CONFLICT (data) DO UPDATE SET ended_at = clock_timestamp(), deleted = EXCLUDED.deleted, error = EXCLUDED.error,
         last_deletion_at = coalesce(EXCLUDED.last_deletion_at, run.last_deletion_at),
         last_deletion_count = coalesce(EXCLUDED.last_deletion_count, run.last_deletion_count)`,
      [data, deleted, error?.slice(0, MAX_ERROR_LENGTH) ?? null],
    );
  }

  list(): Promise<RetentionRun[]> {
    return this.manager.query<RetentionRun[]>(
      `SELECT data, ended_at, extract(epoch FROM clock_timestamp() - ended_at)::float8 AS age_seconds, deleted, error,
              last_deletion_at, last_deletion_count
       FROM retention_runs`,
    );
  }
}
