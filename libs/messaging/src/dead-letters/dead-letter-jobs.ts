import type { SqlClient } from '@estoque/database';
import type { DeadLetterSelection } from './dead-letter-filter.js';
import { DeadLetterSearch, type SelectedDeadLetters } from './dead-letter-search.js';
import type { DeadLetterJob, DeadLetterJobAction } from './dead-letter-job.entity.js';
import { DeadLetterJobEnded, DeadLetterJobNotFound, TooManyDeadLetterJobs } from './dead-letter.errors.js';

/** Maximum number of jobs that are not ended. */
const MAX_UNFINISHED_JOBS = 100;

const COLUMNS = `id, action, filter, actor, reason, state, total, done, failed, last_error, cancelled_by, created_at, started_at,
  finished_at`;

type CancelledJob = DeadLetterJob & { previous_state: DeadLetterJob['state'] };

/** Creates, lists and cancels the jobs that replay or discard many dead letters. DeadLetterJobRunner runs them. */
export class DeadLetterJobs {
  private createdListener?: () => void;

  constructor(private readonly sql: SqlClient) {}

  /** @returns the same operations on the connection or in the transaction of `sql`. It reports no created job. */
  within(sql: SqlClient): Omit<DeadLetterJobs, 'onCreated' | 'reportCreated'> {
    return new DeadLetterJobs(sql);
  }

  /** Calls `listener` when this process has created a job (`reportCreated`). */
  onCreated(listener: () => void) {
    this.createdListener = listener;
  }

  /** Starts the created jobs soon, instead of at the next poll. To be called after the commit. */
  reportCreated() {
    this.createdListener?.();
  }

  /**
   * Creates a job for all dead letters that match the filter and are open now.
   *
   * @param counted the result of DeadLetterSearch.count: it can be called before the transaction
   * @throws TooManyDeadLetterJobs
   */
  async create(
    action: DeadLetterJobAction,
    filter: DeadLetterSelection,
    actor: string,
    reason: string | null = null,
    counted?: SelectedDeadLetters,
  ): Promise<DeadLetterJob> {
    const { total, last_id } = counted ?? (await new DeadLetterSearch(this.sql).count(filter));
    const [job] = await this.sql.query<DeadLetterJob>(
      `INSERT INTO dead_letter_jobs (action, filter, actor, reason, total, last_id)
       SELECT $1, $2, $3, $5, $6, $7
       WHERE (SELECT count(*) FROM dead_letter_jobs WHERE state IN ('pending', 'running')) < $4
       RETURNING ${COLUMNS}`,
      [action, JSON.stringify(filter), actor, MAX_UNFINISHED_JOBS, reason, total, last_id],
    );
    if (!job) throw new TooManyDeadLetterJobs(MAX_UNFINISHED_JOBS);
    return job;
  }

  /** Lists jobs, newest first. @param page `before`: only smaller ids */
  list({ before, limit }: { before?: number; limit: number }): Promise<DeadLetterJob[]> {
    return this.sql.query<DeadLetterJob>(
      `SELECT ${COLUMNS} FROM dead_letter_jobs WHERE id < $1 ORDER BY id DESC LIMIT $2`,
      [before ?? Number.MAX_SAFE_INTEGER, limit],
    );
  }

  /** @throws DeadLetterJobNotFound */
  async get(id: number): Promise<DeadLetterJob> {
    const [job] = await this.sql.query<DeadLetterJob>(
      `SELECT ${COLUMNS} FROM dead_letter_jobs WHERE id = $1`,
      [id],
    );
    if (!job) throw new DeadLetterJobNotFound(id);
    return job;
  }

  /**
   * Stops a job. A chunk of dead letters that is being handled is finished.
   *
   * @returns the job, and its state before
   * @throws DeadLetterJobNotFound, DeadLetterJobEnded
   */
  async cancel(id: number, actor: string): Promise<CancelledJob> {
    const [cancelled] = await this.sql.query<CancelledJob>(
      `UPDATE dead_letter_jobs SET state = 'cancelled', cancelled_by = $2, finished_at = clock_timestamp()
       FROM (SELECT id AS previous_id, state AS previous_state FROM dead_letter_jobs
             WHERE id = $1 AND state IN ('pending', 'running') FOR NO KEY UPDATE) AS previous
       WHERE id = previous_id RETURNING previous_state, ${COLUMNS}`,
      [id, actor],
    );
    if (cancelled) return cancelled;
    const { state } = await this.get(id);
    throw new DeadLetterJobEnded(id, state);
  }
}
