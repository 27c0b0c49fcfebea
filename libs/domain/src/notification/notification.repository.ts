import type { EntityManager } from 'typeorm';
import { Notification, NOTIFICATION_COLUMNS } from './notification.entity.js';
import { NotificationNotFound, NotificationPending } from './notification.errors.js';

export type NewNotification = Pick<Notification, 'kind' | 'recipient' | 'locale'> &
  Partial<Pick<Notification, 'order_id' | 'movement_id' | 'traceparent'>>;

export interface NotificationFilter {
  orderId?: number;
  state?: Notification['state'];
  /** Only notifications with a lower id. */
  before?: number;
  limit: number;
}

/** Key of the advisory lock under which low-stock alerts are counted and recorded, so that replicas share the limit. */
const STOCK_ALERT_LOCK = 7_302_145;
/** As literals, which are the conditions of partial indexes. Most mails are sent, so these need no index. */
const IN_STATE: Record<Notification['state'], string> = {
  pending: `AND state = 'pending'`,
  sent: `AND state = 'sent'`,
  failed: `AND state = 'failed'`,
};

/** Writes `notifications`, except for what the mail sender records. */
export class NotificationRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns for each notification whether it is new; false if one with the same unique key was recorded before */
  async record(notifications: NewNotification[]): Promise<boolean[]> {
    if (notifications.length === 0) return [];
    const recorded = await this.manager.query<Required<NewNotification>[]>(
      `INSERT INTO notifications (order_id, movement_id, kind, recipient, locale, traceparent)
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
       ON CONFLICT DO NOTHING RETURNING order_id, movement_id, kind, recipient, locale`,
      [
        notifications.map(({ order_id }) => order_id ?? null),
        notifications.map(({ movement_id }) => movement_id ?? null),
        notifications.map(({ kind }) => kind),
        notifications.map(({ recipient }) => recipient),
        notifications.map(({ locale }) => locale),
        notifications.map(({ traceparent }) => traceparent ?? null),
      ],
    );
    // Each key is deleted when it is found: of two equal notifications in one call, the first one is new.
    const newKeys = new Set(recorded.map(uniqueKeyOf));
    return notifications.map((notification) => newKeys.delete(uniqueKeyOf(notification)));
  }

  /**
   * Records low-stock alerts, at most `maxPerHour` of them to be sent. Those above the maximum are recorded as `failed`
   * and can be sent by a resend.
   *
   * @returns for each alert whether it is new and to be sent, new and withheld, or was recorded before
   */
  async recordStockAlerts(
    alerts: NewNotification[],
    maxPerHour: number,
  ): Promise<('recorded' | 'withheld' | 'duplicate')[]> {
    await this.manager.query('SELECT pg_advisory_xact_lock($1)', [STOCK_ALERT_LOCK]);
    const [earlier] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM notifications
       WHERE kind = 'low_stock' AND created_at > clock_timestamp() - interval '1 hour' AND state <> 'failed'`,
    );
    const isNew = await this.record(alerts);
    let allowed = maxPerHour - earlier!.count;
    const outcomes = isNew.map((fresh) => {
      if (!fresh) return 'duplicate';
      return allowed-- > 0 ? 'recorded' : 'withheld';
    });
    const withheld = alerts.filter((_, index) => outcomes[index] === 'withheld');
    if (withheld.length > 0)
      await this.manager.query(
        `UPDATE notifications SET state = 'failed', last_error = $2
         WHERE order_id IS NULL AND movement_id = ANY($1) AND kind = 'low_stock' AND state = 'pending'`,
        [
          withheld.map(({ movement_id }) => movement_id),
          `not sent: more than ${maxPerHour} low-stock alerts within an hour`,
        ],
      );
    return outcomes;
  }

  /**
   * Schedules a sent or failed notification to be sent again.
   *
   * @throws NotificationNotFound, NotificationPending
   */
  async resend(id: number): Promise<Notification> {
    const [resent] = await this.manager.query<[Notification[], number]>(
      `UPDATE notifications SET state = 'pending', resends = resends + 1, attempts = 0, last_error = NULL,
              sent_at = NULL, due_at = clock_timestamp()
       WHERE id = $1 AND state <> 'pending' RETURNING ${NOTIFICATION_COLUMNS}`,
      [id],
    );
    if (resent[0]) return resent[0];
    if (await this.manager.existsBy(Notification, { id })) throw new NotificationPending(id);
    throw new NotificationNotFound(id);
  }

  /** @returns notifications that match the filter, newest first */
  list({ orderId, state, before, limit }: NotificationFilter): Promise<Notification[]> {
    const parameters: unknown[] = [limit, before ?? Number.MAX_SAFE_INTEGER];
    const parameter = (value: unknown) => `$${parameters.push(value)}`;
    // An order has few mails: they are read first.
    const source =
      orderId === undefined
        ? 'notifications'
        : `(SELECT * FROM notifications WHERE order_id = ${parameter(orderId)} OFFSET 0) AS mail`;
    return this.manager.query<Notification[]>(
      `SELECT ${NOTIFICATION_COLUMNS} FROM ${source} WHERE id < $2 ${state ? IN_STATE[state] : ''} ORDER BY id DESC LIMIT $1`,
      parameters,
    );
  }
}

/** The columns of the unique constraint. */
const uniqueKeyOf = ({ order_id, movement_id, kind, recipient }: NewNotification) =>
  JSON.stringify([order_id ?? null, movement_id ?? null, kind, recipient]);
