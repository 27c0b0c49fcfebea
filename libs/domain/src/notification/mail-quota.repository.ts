import type { Environment } from '@estoque/platform';
import type { EntityManager } from 'typeorm';
import type { Pruned } from '../retention/prune-in-batches.js';
import { MailLimitReached } from './notification.errors.js';

/** Maximum numbers of mails to one recipient within an hour, of all replicas. */
export interface MailLimits {
  /** Mails about orders. */
  orders: number;
  /** Low-stock alerts. They have quotas of their own, so that mails about orders cannot use them up. */
  alerts: number;
}

export const mailLimitsOf = (
  environment: Pick<Environment, 'MAILS_PER_RECIPIENT_PER_HOUR' | 'STOCK_ALERTS_PER_HOUR'>,
): MailLimits => ({
  orders: environment.MAILS_PER_RECIPIENT_PER_HOUR,
  alerts: environment.STOCK_ALERTS_PER_HOUR,
});

/**
 * Identifies the mailbox of a `recipient`. At most providers, addresses that differ only in case, in dots before the @ or
 * in a suffix after + belong to one mailbox. It is a hash, so that the table contains no addresses.
 */
export const MAILBOX = `hashtextextended(lower(
  replace(split_part(split_part(recipient, '@', 1), '+', 1), '.', '') || '@' || split_part(recipient, '@', 2)), 0)`;

/**
 * A statement that counts mails in the quotas of their mailboxes, as far as the limits allow. A concurrent statement waits
 * for the row of the quota and then reads its latest version, so replicas share the limit without another lock.
 *
 * @param mails a query for the number of `mails` by `mailbox` and `for_alerts`
 * @param limits numbers of the parameters with the limits
 * @returns SQL that returns for each quota how many of the mails were `granted`, and the seconds until it grants another
 */
export const countInQuotas = (mails: string, limits: MailLimits) => {
  // `quota` is the row to insert in the SELECT, and the stored row below it.
  const max = `CASE WHEN quota.for_alerts THEN $${limits.alerts}::integer ELSE $${limits.orders}::integer END`;
  return `INSERT INTO mail_quotas AS quota (mailbox, for_alerts, counted_at, granted, expires_at)
    SELECT mailbox, for_alerts, array_fill(clock_timestamp(), ARRAY[granted]), granted, clock_timestamp() + interval '1 hour'
    FROM (SELECT mailbox, for_alerts, least(mails, ${max})::integer AS granted FROM (${mails}) AS quota) AS requested
    ORDER BY mailbox, for_alerts
    ON CONFLICT (mailbox, for_alerts) DO UPDATE SET (counted_at, granted, expires_at) = (
      SELECT recent || added, cardinality(added), CASE WHEN added = '{}' THEN quota.expires_at ELSE excluded.expires_at END
      FROM (SELECT ARRAY(SELECT at FROM unnest(quota.counted_at) AS at
                         WHERE at > clock_timestamp() - interval '1 hour' ORDER BY at) AS recent) AS counted,
           LATERAL (SELECT excluded.counted_at[1:greatest(${max} - cardinality(recent), 0)] AS added) AS granted)
    RETURNING mailbox, for_alerts, granted, ceil(extract(epoch FROM
      counted_at[cardinality(counted_at) - ${max} + 1] + interval '1 hour' - clock_timestamp()))::integer AS retry_after`;
};

/** Writes `mail_quotas`: the times of the mails of the last hour, by mailbox. */
export class MailQuotaRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Counts one mail. @throws MailLimitReached */
  async count(recipient: string, forAlerts: boolean, { orders, alerts }: MailLimits) {
    const [quota] = await this.manager.query<{ granted: number; retry_after: number }[]>(
      countInQuotas(
        `SELECT ${MAILBOX} AS mailbox, $2::boolean AS for_alerts, 1 AS mails FROM (SELECT $1::text AS recipient) AS mail`,
        { orders: 3, alerts: 4 },
      ),
      [recipient, forAlerts, orders, alerts],
    );
    if (quota!.granted === 0) throw new MailLimitReached(Math.max(1, quota!.retry_after));
  }

  /** Deletes the quota of a customer. The one for low-stock alerts stays: its recipient is an operator. */
  async eraseCustomer(email: string) {
    await this.manager.query(
      `DELETE FROM mail_quotas USING (SELECT ${MAILBOX} AS erased FROM (SELECT $1::text AS recipient) AS mail) AS wanted
       WHERE mailbox = erased AND NOT for_alerts`,
      [email],
    );
  }

  /**
   * Deletes quotas without a mail in the last hour, the oldest first. Concurrent calls delete different ones.
   *
   * @param from expiry at which the search starts
   */
  async prune({ from, limit }: { from: Date; limit: number }): Promise<Pruned<Date>> {
    const [pruned] = await this.manager.query<[Pruned<Date>]>(
      `WITH pruned AS (
         DELETE FROM mail_quotas WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM mail_quotas WHERE expires_at >= $1 AND expires_at < clock_timestamp()
           ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING expires_at
       )
       SELECT count(*)::integer AS count, max(expires_at) AS last FROM pruned`,
      [from, limit],
    );
    return pruned;
  }
}
