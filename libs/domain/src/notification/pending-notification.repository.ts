import type { EntityManager } from 'typeorm';
import { countInQuotas, MAILBOX, type MailLimits } from './mail-quota.repository.js';
import { NOTIFICATION_COLUMNS, type Notification } from './notification.entity.js';

/** Some of the due notifications, and where the next search starts. */
export interface DueNotifications {
  /** Leased to this process, which sends them. */
  claimed: Notification[];
  /** Not to be sent, because of the quotas of their recipients. */
  withheld: Notification[];
  /** A timestamp as PostgreSQL prints it. No pending notification is due before it, except those that committed late. */
  next: string;
}

/**
 * A search starts no later than this long before the previous one: a transaction that has recorded a notification since
 * then may not have committed yet.
 */
const UNCOMMITTED_SECONDS = 2;

/** A running process renews its leases long before they expire. After a crash, another process sends the mails later. */
const LEASE_SECONDS = 15;

/**
 * The condition of the index by due time, as it stands there, so that the planner can choose no other index. Mails that
 * are withheld match it too, and are never due.
 */
const IS_PENDING = `state NOT IN ('sent', 'failed')`;

/** `last_error` of a mail that is withheld. */
const WITHHELD = 'not sent: its recipient has got the maximum number of mails within an hour';

/** The due mails that are not counted yet. A mail is counted once, however many attempts it needs. */
const UNCOUNTED =
  'SELECT mailbox, for_alerts, count(*) AS mails FROM due WHERE NOT counted GROUP BY mailbox, for_alerts';

/** Pending notifications: leases them to a mail sender, and records what became of each mail. */
export class PendingNotificationRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Leases notifications that are due, and withholds those for which the quota of the recipient grants no mail. Concurrent
   * processes claim different ones. A mail is counted when it is claimed for the first time.
   *
   * The search starts at a position of the index, so that it does not read the entries of mails that were sent before,
   * which an old snapshot keeps (docs/adr/0021). The oldest pending notification holds the position: one that is leased
   * is found again when its lease ends.
   *
   * @param limit maximum number of claimed and withheld notifications together
   * @param from where the search starts; undefined: at the oldest entry
   */
  async claimDue(limit: number, { orders, alerts }: MailLimits, from?: string): Promise<DueNotifications> {
    const rows = await this.manager.query<(Notification & { next: string })[]>(
      `WITH oldest AS MATERIALIZED (
         SELECT due_at FROM notifications WHERE ${IS_PENDING} AND due_at >= $3::timestamptz ORDER BY due_at LIMIT 1
       ), due AS MATERIALIZED (
         SELECT id, counted, kind = 'low_stock' AS for_alerts, ${MAILBOX} AS mailbox FROM notifications
         WHERE ${IS_PENDING} AND due_at >= $3::timestamptz AND due_at <= statement_timestamp()
           AND (leased_until IS NULL OR leased_until < clock_timestamp())
         ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ), quota AS (
         ${countInQuotas(UNCOUNTED, { orders: 5, alerts: 6 })}
       ), decision AS (
         SELECT id AS due_id,
                counted OR row_number() OVER (PARTITION BY mailbox, for_alerts, counted ORDER BY id) <= granted AS is_granted
         FROM due LEFT JOIN quota USING (mailbox, for_alerts)
       ), decided AS (
         UPDATE notifications SET counted = is_granted,
                state = CASE WHEN is_granted THEN 'pending' ELSE 'withheld' END,
                last_error = CASE WHEN is_granted THEN last_error ELSE $7 END,
                due_at = CASE WHEN is_granted THEN due_at ELSE 'infinity' END,
                leased_until = CASE WHEN is_granted THEN clock_timestamp() + make_interval(secs => $1) END
         FROM decision WHERE id = due_id AND id = ANY(ARRAY(SELECT id FROM due))
         RETURNING ${NOTIFICATION_COLUMNS}
       )
       SELECT least((SELECT due_at FROM oldest), statement_timestamp() - make_interval(secs => $4))::text AS next, decided.*
       FROM (SELECT) AS always LEFT JOIN decided ON true ORDER BY decided.due_at, decided.id`,
      [LEASE_SECONDS, limit, from ?? '-infinity', UNCOMMITTED_SECONDS, orders, alerts, WITHHELD],
    );
    return {
      claimed: rows.filter(({ state }) => state === 'pending'),
      withheld: rows.filter(({ state }) => state === 'withheld'),
      next: rows[0]!.next,
    };
  }

  /** Extends the leases of notifications that are still being sent, except those that another session has locked. */
  async renewLeases(ids: number[]) {
    await this.manager.query(
      `UPDATE notifications SET leased_until = clock_timestamp() + make_interval(secs => $2)
       WHERE id = ANY(ARRAY(
         SELECT id FROM notifications WHERE id = ANY($1) AND state = 'pending' FOR UPDATE SKIP LOCKED))`,
      [ids, LEASE_SECONDS],
    );
  }

  async markSent(ids: number[]) {
    await this.manager.query(
      `UPDATE notifications SET state = 'sent', sent_at = clock_timestamp(), attempts = attempts + 1,
              last_error = NULL, leased_until = NULL
       WHERE id = ANY($1)`,
      [ids],
    );
  }

  /** Records that the mail was refused permanently, or was not sent after the maximum of attempts. */
  async markFailed(id: number, error: string) {
    await this.manager.query(
      `UPDATE notifications SET state = 'failed', attempts = attempts + 1, last_error = $2, leased_until = NULL
       WHERE id = $1`,
      [id, error],
    );
  }

  /** Records an attempt that the mail server deferred or that failed unexpectedly. The next one is in `seconds`. */
  async defer(id: number, error: string, seconds: number) {
    await this.manager.query(
      `UPDATE notifications SET attempts = attempts + 1, last_error = $2, leased_until = NULL,
              due_at = clock_timestamp() + make_interval(secs => $3)
       WHERE id = $1`,
      [id, error, seconds],
    );
  }

  /** Ends the leases without using up an attempt: the mail server did not answer, or nothing was sent. */
  async release(ids: number[], error: string | null) {
    await this.manager.query(
      `UPDATE notifications SET last_error = $2, leased_until = NULL WHERE id = ANY($1) AND state = 'pending'`,
      [ids, error],
    );
  }

  /** Number of mails that are recorded and not sent yet. @param from as for `claimDue` */
  async count(from?: string): Promise<number> {
    const [row] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM notifications WHERE ${IS_PENDING}
       AND due_at >= $1::timestamptz AND due_at < 'infinity'`,
      [from ?? '-infinity'],
    );
    return row!.count;
  }
}
