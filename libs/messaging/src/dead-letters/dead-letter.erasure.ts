import type { SqlClient } from '@estoque/database';
import { ERASED } from './dead-letter.entity.js';
import { CONTENT, contains, notationsOf, searchableText } from './dead-letter-content.js';
import { DeadLetterReplaying } from './dead-letter.errors.js';
import { IS_CLAIMED, subjectColumn, type Subject } from './dead-letter-filter.js';
import { ERASED_ERROR } from './erased-messages.js';

/** Maximum number of rows, and of bytes of their bodies, that one statement searches. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 4 * 1024 ** 2;

/** The value of a column, unless it contains one of the texts. */
const unlessContaining = (column: string) =>
  `CASE WHEN ${contains(searchableText(column), '$2')} THEN '${ERASED}' ELSE ${column} END`;

/**
 * A statement that erases the dead letters of the query and discards the open ones. One that a replay has claimed is left
 * unchanged: the replay could be reading its body.
 *
 * @param found selects `id`, `state` and `is_claimed`
 */
const erase = (found: string) => `WITH found AS MATERIALIZED (${found}), erased AS (
    UPDATE dead_letters SET reason = '${ERASED}', error = '${ERASED_ERROR}', body = '', headers = '{}',
           stack = NULL, edit_reason = NULL,
           queue = ${unlessContaining('queue')}, event = ${unlessContaining('event')},
           properties = json_build_object('routingKey', ${unlessContaining('event')}),
           state = CASE WHEN found.state = 'open' THEN 'discarded' ELSE found.state END,
           closed_at = coalesce(closed_at, clock_timestamp())
    FROM found WHERE dead_letters.id = found.id AND NOT is_claimed RETURNING found.id, found.state
  ), recorded AS (
    INSERT INTO dead_letter_actions (dead_letter_id, action, actor)
    SELECT id, 'discarded', 'erasure' FROM erased WHERE state = 'open'
  ), reasons AS (
    UPDATE dead_letter_actions SET reason = NULL FROM erased
    WHERE dead_letter_id = erased.id AND reason IS NOT NULL
  )
  SELECT id, is_claimed FROM found`;

const FOUND = `id, state, state = 'open' AND ${IS_CLAIMED} AS is_claimed`;

interface Found {
  id: number;
  is_claimed: boolean;
}

/** Erases the content of dead letters that contain personal data. The row stays, with its queue and its times. */
export class DeadLetterErasure {
  constructor(private readonly sql: SqlClient) {}

  /** @returns the same operations on the connection or in the transaction of `sql` */
  within(sql: SqlClient): DeadLetterErasure {
    return new DeadLetterErasure(sql);
  }

  /**
   * Erases the dead letters about these subjects that contain one of the texts.
   *
   * @returns their number
   * @throws DeadLetterReplaying
   */
  async eraseAbout(subjects: Subject[], texts: string[]): Promise<number> {
    const found = await this.sql.query<Found>(
      erase(
        `SELECT ${FOUND} FROM dead_letters WHERE subject = ANY($1) AND ${contains(CONTENT, '$2')} FOR UPDATE`,
      ),
      [subjects.map(subjectColumn), notationsOf(texts)],
    );
    const claimed = found.find(({ is_claimed }) => is_claimed);
    if (claimed) throw new DeadLetterReplaying(claimed.id);
    return found.length;
  }

  /**
   * Searches a batch of the dead letters for the text and erases those that contain it.
   *
   * @param after only dead letters with higher ids
   * @returns the number of those that were erased and of those that are being replayed; and the highest id, or null if none
   *   was left to search
   */
  async eraseContaining(
    text: string,
    after: number,
  ): Promise<{ erased: number; replaying: number; last: number | null }> {
    const ids = await this.nextBatch(after);
    if (ids.length === 0) return { erased: 0, replaying: 0, last: null };
    const found = await this.sql.query<Found>(
      erase(`SELECT ${FOUND} FROM dead_letters WHERE id = ANY($1) AND ${contains(CONTENT, '$2')} FOR UPDATE`),
      [ids, notationsOf([text])],
    );
    const replaying = found.filter(({ is_claimed }) => is_claimed).length;
    return { erased: found.length - replaying, replaying, last: ids.at(-1)! };
  }

  /** Erases the reasons of the jobs that contain the text. Stops the jobs that search for it, and erases what they search for. */
  async eraseJobTexts(text: string) {
    await this.sql.query(
      `UPDATE dead_letter_jobs SET filter = jsonb_set(filter, '{text}', '"${ERASED}"'),
         state = CASE WHEN finished_at IS NULL THEN 'cancelled' ELSE state END,
         cancelled_by = CASE WHEN finished_at IS NULL THEN 'erasure' ELSE cancelled_by END,
         finished_at = coalesce(finished_at, clock_timestamp())
       WHERE filter ? 'text' AND ${contains(searchableText("(filter ->> 'text')"), '$1')}`,
      [notationsOf([text])],
    );
    await this.sql.query(
      `UPDATE dead_letter_jobs SET reason = NULL
       WHERE reason IS NOT NULL AND ${contains(searchableText('reason'), '$1')}`,
      [notationsOf([text])],
    );
  }

  private async nextBatch(after: number): Promise<number[]> {
    const rows = await this.sql.query<{ id: number }>(
      `SELECT id FROM (
         SELECT id, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS bytes_before
         FROM (SELECT id, body FROM dead_letters WHERE id > $1 ORDER BY id LIMIT ${BATCH_ROWS}) AS next) AS batch
       WHERE bytes_before < ${BATCH_BYTES} ORDER BY id`,
      [after],
    );
    return rows.map(({ id }) => id);
  }
}
