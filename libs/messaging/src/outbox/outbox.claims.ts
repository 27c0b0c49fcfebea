import type { SqlClient } from '@estoque/database';
import { ClaimPosition, type ClaimedPage } from './claim-position.js';
import { LEASE_SECONDS, type StoredEvent } from './outbox.js';

/** Maximum number of rows of one page. */
export const PAGE_SIZE = 500;
/**
 * Advisory lock: only one process at a time claims rows. Otherwise rows with the same key could be published out of
 * order.
 */
const CLAIM_LOCK = 7_346_002;

const microseconds = (time: string) => `(extract(epoch FROM ${time}) * 1000000)::bigint`;
const timeOf = (parameter: string) =>
  `(timestamptz 'epoch' + ${parameter}::float8 * interval '1 microsecond')`;

/**
 * Leases the next page of waiting rows to this process, in the sequence in which their leases ended.
 *
 * A row with a key is claimed together with the earlier rows of the key. It is not claimed if one of them is leased or
 * locked. `OFFSET 0` and `= ANY(ARRAY(...))` make every plan look these rows up one by one; a join could read the whole
 * index. The two indexes contain `id + 0`: only the primary key can answer a condition on `id` (docs/adr/0021).
 *
 * Parameters: position of the page ($1 lease end, $2 id), end of the pass ($3, null on its first page), rows ($4),
 * seconds ($5), whether a transaction id is needed ($6). Returns at least one row, with the values of the page.
 */
const CLAIM = `
  WITH page AS MATERIALIZED (
    SELECT id, key, leased_until FROM outbox
    WHERE (leased_until, id + 0) > (coalesce(${timeOf('$1')}, statement_timestamp() - interval '1 minute'), $2::bigint)
      AND leased_until < least(${timeOf('$3')}, statement_timestamp())
    ORDER BY leased_until, id + 0 LIMIT $4
  ), candidate AS MATERIALIZED (
    SELECT id, NULL AS key FROM page WHERE key IS NULL
    UNION
    SELECT sequence.id, page.key FROM page CROSS JOIN LATERAL (
      SELECT id FROM outbox earlier WHERE earlier.key = page.key AND earlier.id + 0 <= page.id OFFSET 0) AS sequence
    WHERE page.key IS NOT NULL
  ), locked AS MATERIALIZED (
    SELECT id FROM outbox WHERE id = ANY(ARRAY(SELECT id FROM candidate)) AND leased_until < statement_timestamp()
    FOR UPDATE SKIP LOCKED
  ), claimable AS MATERIALIZED (
    SELECT candidate.id, NOT bool_or(locked.id IS NULL)
             OVER (PARTITION BY key, CASE WHEN key IS NULL THEN candidate.id END ORDER BY candidate.id) AS claimable
    FROM candidate LEFT JOIN locked USING (id)
  ), claimed AS (
    UPDATE outbox SET leased_until = clock_timestamp() + make_interval(secs => $5)
    WHERE id = ANY(ARRAY(SELECT id FROM claimable WHERE claimable))
    RETURNING id, event_id, event, source, key, body::text AS body, traceparent
  ), status AS (
    SELECT count(*)::int AS page_rows, ${microseconds('max(leased_until)')} AS last_lease,
           (array_agg(id ORDER BY leased_until DESC, id DESC))[1] AS last_id,
           ${microseconds(`greatest(min(leased_until) FILTER (WHERE id NOT IN (SELECT id FROM claimed)), 'epoch')`)} AS left_from
    FROM page
  )
  SELECT page_rows, last_lease, last_id, CASE WHEN page_rows > 0 THEN left_from END AS left_from,
         ${microseconds('statement_timestamp()')} AS now,
         pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin,
         CASE WHEN $6 THEN pg_current_xact_id()::text::bigint END AS xid,
         claimed.id, event_id AS "eventId", event, source, key, body, traceparent
  FROM status LEFT JOIN claimed ON true ORDER BY claimed.id`;

type PageRow = Omit<ClaimedPage, 'examined_to'> & { page_rows: number; last_lease: number; last_id: number };

/** Waiting rows that were leased to this process. `isLast` if the pass has no further page. */
export interface Claim {
  rows: StoredEvent[];
  isLast: boolean;
}

/** Claims the rows of the outbox whose lease has ended, and measures the outbox. */
export class OutboxClaims {
  constructor(
    private readonly sql: SqlClient,
    private readonly position = new ClaimPosition(),
  ) {}

  /** Starts a pass through all waiting rows. @returns a function that claims the next page, at most 500 rows */
  startPass(): () => Promise<Claim> {
    const { from, isSettledPass, record } = this.position.startPass();
    let position = { lease: from ?? null, id: 0 };
    let end: number | null = null;
    return async () => {
      const sentAt = this.position.clock();
      const found = await this.sql.queryWithAdvisoryLock<PageRow & { id: number | null }>(CLAIM_LOCK, CLAIM, [
        position.lease,
        position.id,
        end,
        PAGE_SIZE,
        LEASE_SECONDS,
        isSettledPass && end === null,
      ]);
      const page = found[0];
      // Another process holds the lock.
      if (!page) return { rows: [], isLast: true };
      const isFull = page.page_rows === PAGE_SIZE;
      end ??= page.now;
      position = { lease: page.last_lease, id: page.last_id };
      const isValid = record({ ...page, examined_to: isFull ? page.last_lease : end }, sentAt);
      const rows = found.filter((row) => row.id !== null).map(toStoredEvent);
      return { rows, isLast: !isFull || !isValid };
    };
  }

  /** @param sql connections to use instead of those of the relay @returns number of rows, and age of the oldest one */
  async measure(sql = this.sql): Promise<{ depth: number; lag_seconds: number }> {
    const [row] = await sql.query<{ depth: number; lag_seconds: number }>(
      `SELECT count(*)::int AS depth,
              coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS lag_seconds
       FROM outbox WHERE leased_until >= ${timeOf('$1')}`,
      [this.position.lowest],
    );
    return row!;
  }
}

function toStoredEvent(row: unknown): StoredEvent {
  const { id, eventId, event, source, key, body, traceparent } = row as StoredEvent;
  return { id, eventId, event, source, key, body, traceparent };
}
