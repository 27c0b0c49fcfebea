import type { SqlClient } from '@estoque/database';
import { CONTENT, contains, notationsOf } from './dead-letter-content.js';
import {
  conditionOf,
  pageOf,
  subjectColumn,
  type DeadLetterFilter,
  type DeadLetterSelection,
  type Subject,
} from './dead-letter-filter.js';
import type { DeadLetter } from './dead-letter.entity.js';
import { eventTimeOf } from './dead-letter.replay.js';
import { LISTED_COLUMNS } from './dead-letters.js';

/** Open dead letters with the same queue, event and reason, and with similar errors. */
export interface DeadLetterGroup {
  key: string;
  queue: string;
  event: string;
  reason: string;
  /** Error of the latest one, with `#` for numbers, UUIDs and quoted texts. */
  error_pattern: string;
  count: number;
  first_seen: Date;
  last_seen: Date;
  /** Id of the latest one. */
  latest_id: number;
}

/** Maximum number of groups that are listed. */
const MAX_GROUPS = 100;
/** As the index on `group_key` has it. */
const ERROR_PATTERN = `regexp_replace(left(error, 1000), '"[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+', '#', 'g')`;

/** Maximum number of dead letters about one subject that are listed. */
const MAX_ABOUT = 100;

/** Maximum number of rows, and of bytes of their bodies, that one search or one statement of a job reads. */
const MAX_SEARCHED_ROWS = 2_000;
const MAX_SEARCHED_BYTES = 16 * 1024 ** 2;

/** The result of a search in a bounded number of dead letters. */
export interface FoundDeadLetters {
  found: DeadLetter[];
  /** Id of the last dead letter that was searched, or null if none is left. */
  last: number | null;
}

/** The open dead letters of a selection. */
export interface SelectedDeadLetters {
  total: number;
  /** The highest id of an open dead letter; 0 if there is none. */
  last_id: number;
}

/** Groups of dead letters, and the search in their content. Both are bounded; neither changes anything. */
export class DeadLetterSearch {
  constructor(private readonly sql: SqlClient) {}

  /**
   * Groups the open dead letters that match a filter, largest group first. The number of open dead letters is limited
   * (DeadLetterCapacity).
   *
   * @returns at most MAX_GROUPS
   */
  groups(filter: Omit<DeadLetterFilter, 'state'>): Promise<DeadLetterGroup[]> {
    const parameters: unknown[] = [];
    const condition = conditionOf(filter, parameters);
    return this.sql.query<DeadLetterGroup>(
      `SELECT groups.*, queue, event, reason, ${ERROR_PATTERN} AS error_pattern
       FROM (
         SELECT group_key AS key, count(*)::int AS count, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
                max(id) AS latest_id
         FROM dead_letters WHERE state = 'open' AND ${condition}
         GROUP BY group_key ORDER BY count(*) DESC, group_key LIMIT ${MAX_GROUPS}
       ) AS groups
       JOIN dead_letters ON id = latest_id
       ORDER BY count DESC, key`,
      parameters,
    );
  }

  /** Lists the latest dead letters about a subject, for example an order, with the times of their events. */
  async about(subject: Subject): Promise<(DeadLetter & { event_time: Date })[]> {
    const deadLetters = await this.sql.query<DeadLetter>(
      `SELECT ${LISTED_COLUMNS}, properties FROM dead_letters WHERE subject = $1 ORDER BY id DESC LIMIT ${MAX_ABOUT}`,
      [subjectColumn(subject)],
    );
    return deadLetters.map((deadLetter) => ({
      ...deadLetter,
      event_time: new Date(eventTimeOf(deadLetter)),
    }));
  }

  /**
   * Searches body, headers, properties and error of the dead letters that match a filter for a text, newest first. The
   * case of letters is ignored. One call reads at most 2,000 dead letters and 16 MiB of their bodies.
   *
   * @param page `before`: only smaller ids
   */
  async search(
    filter: DeadLetterFilter,
    text: string,
    { before, limit }: { before?: number; limit: number },
  ): Promise<FoundDeadLetters> {
    const ids = await this.nextBatch(filter, before);
    const found = await this.sql.query<DeadLetter>(
      `SELECT ${LISTED_COLUMNS} FROM dead_letters WHERE id = ANY($1) AND ${contains(CONTENT, '$2')}
       ORDER BY id DESC LIMIT $3`,
      [ids, notationsOf([text]), limit],
    );
    return { found, last: ids.at(-1) ?? null };
  }

  /**
   * Divides the dead letters of a selection so that one statement searches a bounded number of them for its text.
   *
   * @param range ids above `after` and up to `last`
   * @returns the end of the first part: `last` if nothing is left after it
   */
  async endOfPart(
    { text, ...filter }: DeadLetterSelection,
    { after, last }: { after: number; last: number },
  ): Promise<number> {
    if (text === undefined) return last;
    const parameters: unknown[] = [after, last];
    const condition = conditionOf(filter, parameters);
    const [row] = await this.sql.query<{ id: number }>(
      `SELECT id FROM (
         SELECT id, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS bytes_before
         FROM (SELECT id, body FROM dead_letters WHERE state = 'open' AND id > $1 AND id <= $2 AND ${condition}
               ORDER BY id LIMIT ${MAX_SEARCHED_ROWS}) AS next
       ) AS part
       WHERE bytes_before < ${MAX_SEARCHED_BYTES} ORDER BY id DESC LIMIT 1`,
      parameters,
    );
    return row?.id ?? last;
  }

  /** Counts the open dead letters of a selection. If it has a text, this can take many statements and some seconds. */
  async count(selection: DeadLetterSelection): Promise<SelectedDeadLetters> {
    const [newest] = await this.sql.query<{ last_id: number }>(
      `SELECT coalesce(max(id), 0) AS last_id FROM dead_letters WHERE state = 'open'`,
    );
    const { last_id } = newest!;
    let total = 0;
    for (let after = 0; after < last_id;) {
      const end = await this.endOfPart(selection, { after, last: last_id });
      const parameters: unknown[] = [after, end];
      const condition = conditionOf(selection, parameters);
      const [part] = await this.sql.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM dead_letters
         WHERE state = 'open' AND id > $1 AND id <= $2 AND ${condition}`,
        parameters,
      );
      total += part!.count;
      after = end;
    }
    return { total, last_id };
  }

  /** @returns ids, newest first */
  private async nextBatch(filter: DeadLetterFilter, before?: number): Promise<number[]> {
    const parameters: unknown[] = [];
    const { condition, order } = pageOf(filter, before, parameters);
    const rows = await this.sql.query<{ id: number }>(
      `SELECT id FROM (
         SELECT id, sum(octet_length(body)) OVER (ORDER BY id DESC) - octet_length(body) AS bytes_before
         FROM (SELECT id, body FROM dead_letters WHERE ${condition} ORDER BY ${order} LIMIT ${MAX_SEARCHED_ROWS}) AS next
       ) AS batch
       WHERE bytes_before < ${MAX_SEARCHED_BYTES} ORDER BY id DESC`,
      parameters,
    );
    return rows.map(({ id }) => id);
  }
}
