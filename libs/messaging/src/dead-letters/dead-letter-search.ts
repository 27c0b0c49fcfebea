import type { SqlClient } from '@estoque/database';
import { CONTENT, contains, notationsOf } from './dead-letter-content.js';
import {
  conditionOf,
  pageOf,
  subjectColumn,
  type DeadLetterFilter,
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

/** Maximum number of rows, and of bytes of their bodies, that one search reads. */
const MAX_SEARCHED_ROWS = 2_000;
const MAX_SEARCHED_BYTES = 16 * 1024 ** 2;

/** The result of a search in a bounded number of dead letters. */
export interface FoundDeadLetters {
  found: DeadLetter[];
  /** Id of the last dead letter that was searched, or null if none is left. */
  last: number | null;
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
