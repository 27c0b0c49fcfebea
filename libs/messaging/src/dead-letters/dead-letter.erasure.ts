import type { SqlClient } from '@estoque/database';
import { ERASED } from './dead-letter.entity.js';
import { DeadLetterReplaying } from './dead-letter.errors.js';
import { IS_CLAIMED, subjectColumn, type Subject } from './dead-letter-filter.js';
import { ERASED_ERROR } from './erased-messages.js';

/** Maximum number of rows, and of bytes of their bodies, that one statement searches. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 4 * 1024 ** 2;

/** Bytes as text in lower case, with escapes for those that are not ASCII. */
const searchable = (bytes: string) => `lower(encode(${bytes}, 'escape') COLLATE "C")`;
const searchableText = (text: string) => searchable(`convert_to(${text}, 'UTF8')`);
/** Everything that a client can choose. */
const CONTENT = searchable(
  `body || convert_to(concat_ws(' ', queue, event, reason, error, properties, headers), 'UTF8')`,
);

/** A condition: the text contains one of the texts in the parameter $2. @param text is searchable */
const contains = (text: string) => `(
  SELECT bool_or(position(pattern IN content) > 0)
  FROM (SELECT ${text} AS content OFFSET 0) AS searched,
       (SELECT ${searchableText('text')} AS pattern FROM unnest($2::text[]) AS text) AS wanted)`;

/** The value of a column, unless it contains one of the texts. */
const unlessContaining = (column: string) =>
  `CASE WHEN ${contains(searchableText(column))} THEN '${ERASED}' ELSE ${column} END`;

/**
 * A statement that erases the dead letters of the query and discards the open ones. One that a replay has claimed is left
 * unchanged: the replay could be reading its body.
 *
 * @param found selects `id`, `state` and `is_claimed`
 */
const erase = (found: string) => `WITH found AS MATERIALIZED (${found}), erased AS (
    UPDATE dead_letters SET reason = '${ERASED}', error = '${ERASED_ERROR}', body = '', headers = '{}',
           queue = ${unlessContaining('queue')}, event = ${unlessContaining('event')},
           properties = json_build_object('routingKey', ${unlessContaining('event')}),
           state = CASE WHEN found.state = 'open' THEN 'discarded' ELSE found.state END,
           closed_at = coalesce(closed_at, clock_timestamp())
    FROM found WHERE dead_letters.id = found.id AND NOT is_claimed RETURNING found.id, found.state
  ), recorded AS (
    INSERT INTO dead_letter_actions (dead_letter_id, action, actor)
    SELECT id, 'discarded', 'erasure' FROM erased WHERE state = 'open'
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
      erase(`SELECT ${FOUND} FROM dead_letters WHERE subject = ANY($1) AND ${contains(CONTENT)} FOR UPDATE`),
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
      erase(`SELECT ${FOUND} FROM dead_letters WHERE id = ANY($1) AND ${contains(CONTENT)} FOR UPDATE`),
      [ids, notationsOf([text])],
    );
    const replaying = found.filter(({ is_claimed }) => is_claimed).length;
    return { erased: found.length - replaying, replaying, last: ids.at(-1)! };
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

const NOT_ASCII = /[^\0-\x7f]/g;

const changeCase = (text: string, change: (character: string) => string) =>
  text.replaceAll(NOT_ASCII, (character) =>
    // Not to one that is ASCII, or to several ones: they could be those of another text.
    /^[^\0-\x7f]$/.test(change(character)) ? change(character) : character,
  );

const withEscapes = (text: string) =>
  text.replaceAll(NOT_ASCII, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * The texts as a message can contain them: with upper or lower case of the letters that are not ASCII (`searchable` has no
 * case for the others), and with escapes for them, as JSON can have.
 */
function notationsOf(texts: string[]): string[] {
  const inEachCase = texts.flatMap((text) => [
    text,
    changeCase(text, (character) => character.toLowerCase()),
    changeCase(text, (character) => character.toUpperCase()),
  ]);
  return [...new Set([...inEachCase, ...inEachCase.map(withEscapes)])];
}
