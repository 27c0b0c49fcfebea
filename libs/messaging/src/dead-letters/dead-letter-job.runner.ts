import type { SqlClient } from '@estoque/database';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeadLetterSearch } from './dead-letter-search.js';
import type { DeadLetterJob } from './dead-letter-job.entity.js';
import {
  CLOSE,
  closeParameters,
  inSequence,
  type ClaimedDeadLetter,
  type DeadLetterReplay,
} from './dead-letter.replay.js';

/** Time after which another process takes over the job of a crashed one. Each chunk renews the lease. */
const LEASE_SECONDS = 30;
const CHUNK = 20;
/** Maximum number of further dead letters about the same orders that are replayed with a chunk. */
const MAX_SAME_SUBJECTS = 200;
/** Minimum time for each dead letter of a chunk: at most 100 of them a second, a fraction of the order flow. */
const INTERVAL_MS = 10;

type RunningJob = Pick<
  DeadLetterJob,
  'id' | 'action' | 'filter' | 'actor' | 'reason' | 'position' | 'last_id'
>;

/** Result of one chunk. */
interface ChunkResult {
  done: ClaimedDeadLetter[];
  failed: ClaimedDeadLetter[];
  /** Not handled because of an outage of the broker. */
  remaining: ClaimedDeadLetter[];
  lastError?: string;
}

/**
 * Runs the jobs of DeadLetterJobs in chunks, one job at a time in the whole system, oldest first. A job has a lease, so
 * another process takes it over after a crash. It then continues after the last chunk that was recorded; dead letters of
 * the interrupted chunk may be published twice.
 */
export class DeadLetterJobRunner {
  private readonly lease = randomUUID();
  private readonly search: DeadLetterSearch;

  constructor(
    private readonly sql: SqlClient,
    private readonly replays: DeadLetterReplay,
  ) {
    this.search = new DeadLetterSearch(sql);
  }

  /**
   * Runs jobs until none is left that another process does not run, or until the broker is unavailable.
   *
   * @param signal stops after the current chunk; another process continues the job immediately
   */
  async runAll(signal: AbortSignal) {
    while (!signal.aborted) {
      const job = await this.lockNext();
      if (!job || !(await this.run(job, signal))) return;
    }
  }

  /** Takes the lease of the oldest unfinished job. @returns undefined if there is none, or another process has it */
  private async lockNext(): Promise<RunningJob | undefined> {
    const [job] = await this.sql.query<RunningJob>(
      `UPDATE dead_letter_jobs SET state = 'running', started_at = coalesce(started_at, clock_timestamp()), lease = $1,
         leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = (SELECT min(id) FROM dead_letter_jobs WHERE state IN ('pending', 'running'))
         AND state IN ('pending', 'running') AND (leased_until IS NULL OR leased_until <= clock_timestamp())
       RETURNING id, action, filter, actor, reason, position, last_id`,
      [this.lease],
    );
    return job;
  }

  /** @returns whether the job ended; false if it was interrupted */
  private async run(job: RunningJob, signal: AbortSignal): Promise<boolean> {
    for (let position = job.position; ;) {
      const startedAt = performance.now();
      const end = await this.search.endOfPart(job.filter, { after: position, last: job.last_id });
      const range = { after: position, last: end, limit: CHUNK };
      const chunk = await this.replays.claim(`job ${job.id}`, job.filter, range);
      if (chunk.length === 0 && end === job.last_id) break;
      const last = chunk.at(-1)?.id ?? end;
      const result = await this.handleChunk(job.action, await this.withSameOrders(job, chunk));
      const { remaining } = result;
      // Those before the first remaining one are handled. Handled ones after it are no longer open.
      position = Math.min(last, ...remaining.map(({ id }) => id - 1));
      if (!(await this.recordChunk(job, result, position))) return true;
      if (remaining.length > 0 || signal.aborted) return this.interrupt(job);
      const pauseMs =
        INTERVAL_MS * (result.done.length + result.failed.length) - (performance.now() - startedAt);
      await sleep(Math.max(0, pauseMs), undefined, { signal }).catch(() => undefined);
    }
    await this.finish(job);
    return true;
  }

  /**
   * Adds the later dead letters about the same orders, and sorts all by the time of their events: the events of an order
   * are published in their sequence, whatever the sequence was in which they were dead-lettered.
   */
  private async withSameOrders(
    { action, filter, last_id: last }: RunningJob,
    chunk: ClaimedDeadLetter[],
  ): Promise<ClaimedDeadLetter[]> {
    const [first] = chunk;
    if (action === 'discard' || !first) return chunk;
    const range = { after: chunk.at(-1)!.id, last, limit: MAX_SAME_SUBJECTS };
    return inSequence([...chunk, ...(await this.replays.claimSameSubjects(first, chunk, filter, range))]);
  }

  /** A dead letter that the broker refuses while it accepts others has failed; in an outage it remains. */
  private async handleChunk(
    action: DeadLetterJob['action'],
    claimed: ClaimedDeadLetter[],
  ): Promise<ChunkResult> {
    const result: ChunkResult = { done: [], failed: [], remaining: [] };
    for (const deadLetter of claimed) {
      try {
        if (action === 'replay') await this.replays.publish(deadLetter);
        result.done.push(deadLetter);
      } catch (error) {
        result.lastError = (error as Error).message;
        (this.replays.isBrokerAvailable ? result.failed : result.remaining).push(deadLetter);
        await this.replays.release(deadLetter);
      }
    }
    return result;
  }

  /** Closes the dead letters of a chunk and records the progress. @returns false if the job was cancelled or taken over */
  private async recordChunk(
    { id, action, actor, reason }: RunningJob,
    { done, failed, lastError }: ChunkResult,
    position: number,
  ): Promise<boolean> {
    const rows = await this.sql.query(
      `WITH ${CLOSE},
         progress AS (
           UPDATE dead_letter_jobs SET done = done + $7, failed = failed + $8, position = $9,
             last_error = coalesce($10, last_error),
             leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
           WHERE id = $6 AND lease = $11 RETURNING state
         )
       SELECT state FROM progress WHERE state = 'running'`,
      [
        ...closeParameters(done),
        action === 'replay' ? 'replayed' : 'discarded',
        actor,
        reason,
        id,
        done.length,
        failed.length,
        position,
        lastError ?? null,
        this.lease,
      ],
    );
    return rows.length > 0;
  }

  /** Ends the lease, so that this or another process can continue the job immediately. */
  private async interrupt({ id }: RunningJob): Promise<false> {
    await this.sql.query(
      'UPDATE dead_letter_jobs SET leased_until = clock_timestamp() WHERE id = $1 AND lease = $2',
      [id, this.lease],
    );
    return false;
  }

  private async finish({ id }: RunningJob) {
    await this.sql.query(
      `UPDATE dead_letter_jobs SET state = 'finished', finished_at = clock_timestamp()
       WHERE id = $1 AND lease = $2 AND state = 'running'`,
      [id, this.lease],
    );
  }
}
