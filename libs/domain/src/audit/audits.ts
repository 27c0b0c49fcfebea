import type { SqlClient } from '@estoque/database';
import type { AuditResult, Discrepancy, PaymentDiscrepancy } from './stock-audit.js';

export const AUDIT_STATES = ['requested', 'running', 'succeeded', 'failed'] as const;

/** An audit of the stock ledger, as it is stored. */
export interface Audit {
  id: number;
  state: (typeof AUDIT_STATES)[number];
  requested_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  /** Why it failed. */
  error: string | null;
  /** Null unless it succeeded. */
  totals: AuditResult['totals'] | null;
  discrepancies: Discrepancy[] | null;
  /** Also null for an audit of an earlier release. */
  payment_discrepancies: PaymentDiscrepancy[] | null;
}

const COLUMNS =
  'id, state, requested_at, started_at, finished_at, error, totals, discrepancies, payment_discrepancies';
const FINISHED = `state IN ('succeeded', 'failed')`;
const UNFINISHED = `state IN ('requested', 'running')`;

/** A running process renews its lease long before it expires. After a crash the audit counts as failed. */
export const AUDIT_LEASE_SECONDS = 30;
/** Maximum number of stored audits. */
export const MAX_STORED_AUDITS = 100;

/** Stores audits and their results, so that all processes see them. At most one audit is requested or running. */
export class Audits {
  constructor(private readonly sql: SqlClient) {}

  /** @returns the same operations on the connection or in the transaction of `sql` */
  within(sql: SqlClient): Audits {
    return new Audits(sql);
  }

  /** Requests an audit, or joins the one that is requested or running. @returns its id, and whether it is new */
  async request(): Promise<{ id: number; isNew: boolean }> {
    // In a loop, because the audit that was joined may finish between the two statements.
    for (;;) {
      const [requested] = await this.sql.query<{ id: number }>(
        'INSERT INTO audits DEFAULT VALUES ON CONFLICT DO NOTHING RETURNING id',
      );
      if (requested) return { id: requested.id, isNew: true };
      const [joined] = await this.sql.query<{ id: number }>(`SELECT id FROM audits WHERE ${UNFINISHED}`);
      if (joined) return { id: joined.id, isNew: false };
    }
  }

  /** Requests an audit unless one was requested within the last `seconds`. Concurrent calls request one. */
  async requestIfOlderThan(seconds: number) {
    await this.sql.query(
      `INSERT INTO audits (state) SELECT 'requested'
       WHERE NOT EXISTS (SELECT 1 FROM audits WHERE requested_at > clock_timestamp() - make_interval(secs => $1))
       ON CONFLICT DO NOTHING`,
      [seconds],
    );
  }

  /** @returns audits with ids below `before`, newest first */
  list({ before = Number.MAX_SAFE_INTEGER, limit }: { before?: number; limit: number }): Promise<Audit[]> {
    return this.sql.query<Audit>(`SELECT ${COLUMNS} FROM audits WHERE id < $1 ORDER BY id DESC LIMIT $2`, [
      before,
      limit,
    ]);
  }

  /** Claims the requested audit. @returns its id; undefined if there is none */
  async claim(): Promise<number | undefined> {
    await this.sql.query(
      `UPDATE audits SET state = 'failed', finished_at = clock_timestamp(), error = 'the process that ran it ended'
       WHERE state = 'running' AND leased_until < clock_timestamp()`,
    );
    const [claimed] = await this.sql.query<{ id: number }>(
      `UPDATE audits SET state = 'running', started_at = clock_timestamp(),
              leased_until = clock_timestamp() + make_interval(secs => $1)
       WHERE id = (SELECT id FROM audits WHERE state = 'requested' FOR UPDATE SKIP LOCKED) RETURNING id`,
      [AUDIT_LEASE_SECONDS],
    );
    return claimed?.id;
  }

  async renewLease(id: number) {
    await this.sql.query(
      `UPDATE audits SET leased_until = clock_timestamp() + make_interval(secs => $2) WHERE id = $1 AND state = 'running'`,
      [id, AUDIT_LEASE_SECONDS],
    );
  }

  /** Stores the result, unless the lease has expired, and deletes old audits. */
  async succeed(id: number, { totals, discrepancies, payment_discrepancies }: AuditResult) {
    await this.sql.query(
      `UPDATE audits SET state = 'succeeded', finished_at = clock_timestamp(), totals = $2, discrepancies = $3,
              payment_discrepancies = $4
       WHERE id = $1 AND state = 'running'`,
      [id, JSON.stringify(totals), JSON.stringify(discrepancies), JSON.stringify(payment_discrepancies)],
    );
    await this.sql.query('DELETE FROM audits WHERE id <= $1', [id - MAX_STORED_AUDITS]);
  }

  async fail(id: number, error: string) {
    await this.sql.query(
      `UPDATE audits SET state = 'failed', finished_at = clock_timestamp(), error = $2
       WHERE id = $1 AND state = 'running'`,
      [id, error],
    );
  }

  async get(id: number): Promise<Audit | undefined> {
    const [audit] = await this.sql.query<Audit>(`SELECT ${COLUMNS} FROM audits WHERE id = $1`, [id]);
    return audit;
  }

  /** The audit that finished last. */
  async lastFinished(): Promise<Audit | undefined> {
    const [audit] = await this.sql.query<Audit>(
      `SELECT ${COLUMNS} FROM audits WHERE ${FINISHED} ORDER BY id DESC LIMIT 1`,
    );
    return audit;
  }
}
