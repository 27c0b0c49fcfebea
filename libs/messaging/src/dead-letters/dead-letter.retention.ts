import type { SqlClient } from '@estoque/database';
import { MAX_OPEN_BODY_BYTES } from './dead-letter.capacity.js';

const BATCH = 500;

interface RetentionOptions {
  /** Age after which closed dead letters and ended jobs are deleted. */
  retentionDays: number;
  /** Maximum number of closed dead letters. */
  maxClosed: number;
}

/** Deletes closed dead letters. Never deletes an open one. Several processes can prune at the same time. */
export class DeadLetterRetention {
  constructor(
    private readonly sql: SqlClient,
    private readonly options: RetentionOptions,
  ) {}

  /**
   * Deletes closed dead letters, with their actions: those older than the retention, and the oldest ones above the
   * maximum number or above MAX_OPEN_BODY_BYTES. Deletes ended jobs older than the retention.
   *
   * @param signal stops after the current batch
   * @returns the number of deleted dead letters
   */
  async prune(signal?: AbortSignal): Promise<number> {
    const { retentionDays } = this.options;
    const limit = await this.newestToDelete();
    await this.sql.query(
      `DELETE FROM dead_letter_jobs
       WHERE state IN ('finished', 'cancelled') AND finished_at < clock_timestamp() - make_interval(days => $1)`,
      [retentionDays],
    );
    for (let total = 0; ;) {
      const deleted = signal?.aborted ? [] : await this.deleteBatch(limit);
      total += deleted.length;
      if (deleted.length < BATCH) return total;
    }
  }

  /** @returns time of closing of the newest dead letter above the maximum, or null if there is none */
  private async newestToDelete(): Promise<string | null> {
    const [row] = await this.sql.query<{ newest: string | null }>(
      `SELECT max(closed)::text AS newest FROM (
         SELECT coalesce(closed_at, last_seen) AS closed, row_number() OVER newest_first AS number,
                sum(octet_length(body)) OVER newest_first AS bytes
         FROM dead_letters WHERE state <> 'open'
         WINDOW newest_first AS (ORDER BY coalesce(closed_at, last_seen) DESC, id DESC)
       ) closed WHERE number > $1 OR bytes > $2`,
      [this.options.maxClosed, MAX_OPEN_BODY_BYTES],
    );
    return row!.newest;
  }

  private deleteBatch(newest: string | null): Promise<{ id: number }[]> {
    return this.sql.query<{ id: number }>(
      `DELETE FROM dead_letters WHERE id = ANY (ARRAY (
         SELECT id FROM dead_letters
         WHERE state <> 'open' AND coalesce(closed_at, last_seen)
           <= greatest($2::timestamptz, clock_timestamp() - make_interval(days => $1))
         ORDER BY coalesce(closed_at, last_seen), id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
       )) AND state <> 'open' RETURNING id`,
      [this.options.retentionDays, newest],
    );
  }
}
