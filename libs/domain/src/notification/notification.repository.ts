import type { EntityManager } from 'typeorm';
import { ERASED } from '../personal-data/erased.js';
import { MailQuotaRepository, type MailLimits } from './mail-quota.repository.js';
import { Notification, NOTIFICATION_COLUMNS, type NotificationState } from './notification.entity.js';
import { NotificationErased, NotificationNotFound, NotificationPending } from './notification.errors.js';

export type NewNotification = Pick<Notification, 'kind' | 'recipient' | 'locale'> &
  Partial<Pick<Notification, 'order_id' | 'movement_id' | 'subject_id' | 'traceparent'>>;

export interface NotificationFilter {
  orderId?: number;
  /** Only the mails to this address. */
  recipient?: string;
  state?: NotificationState;
  /** Only notifications with a lower id. */
  before?: number;
  limit: number;
}

/** As literals, which are the conditions of partial indexes. Most mails are sent, so these need no index. */
const IN_STATE: Record<NotificationState, string> = {
  pending: `AND state = 'pending'`,
  sent: `AND state = 'sent'`,
  failed: `AND state = 'failed'`,
  withheld: `AND state = 'withheld'`,
};

type ResentNotification = Notification & { previous_state: NotificationState };

/** Writes `notifications`, except for what the mail sender records. */
export class NotificationRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns for each notification whether it is new; false if one with the same unique key was recorded before */
  async record(notifications: NewNotification[]): Promise<boolean[]> {
    if (notifications.length === 0) return [];
    const recorded = await this.manager.query<Required<NewNotification>[]>(
      `INSERT INTO notifications (order_id, movement_id, subject_id, kind, recipient, locale, traceparent)
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $7::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
       ON CONFLICT DO NOTHING RETURNING order_id, movement_id, subject_id, kind, recipient, locale`,
      [
        notifications.map(({ order_id }) => order_id ?? null),
        notifications.map(({ movement_id }) => movement_id ?? null),
        notifications.map(({ kind }) => kind),
        notifications.map(({ recipient }) => recipient),
        notifications.map(({ locale }) => locale),
        notifications.map(({ traceparent }) => traceparent ?? null),
        notifications.map(({ subject_id }) => subject_id ?? null),
      ],
    );
    // Each key is deleted when it is found: of two equal notifications in one call, the first one is new.
    const newKeys = new Set(recorded.map(uniqueKeyOf));
    return notifications.map((notification) => newKeys.delete(uniqueKeyOf(notification)));
  }

  /**
   * Schedules a notification to be sent again, or a withheld one for the first time.
   *
   * @returns the notification, and its state before
   * @throws NotificationNotFound, NotificationPending, NotificationErased, MailLimitReached
   */
  async resend(id: number, limits: MailLimits): Promise<ResentNotification> {
    const [[resent]] = await this.manager.query<[ResentNotification[], number]>(
      `UPDATE notifications SET state = 'pending', resends = resends + 1, attempts = 0, last_error = NULL,
              sent_at = NULL, due_at = clock_timestamp(), counted = true
       FROM (SELECT id AS previous_id, state AS previous_state FROM notifications
             WHERE id = $1 AND state <> 'pending' AND recipient <> $2 FOR NO KEY UPDATE) AS previous
       WHERE id = previous_id RETURNING previous_state, ${NOTIFICATION_COLUMNS}`,
      [id, ERASED.email],
    );
    if (resent) {
      const { recipient, kind } = resent;
      await new MailQuotaRepository(this.manager).count(recipient, kind === 'low_stock', limits);
      return resent;
    }
    const existing = await this.manager.findOneBy(Notification, { id });
    if (!existing) throw new NotificationNotFound(id);
    throw existing.recipient === ERASED.email ? new NotificationErased(id) : new NotificationPending(id);
  }

  /** @throws NotificationNotFound */
  async get(id: number): Promise<Notification> {
    const notification = await this.manager.findOneBy(Notification, { id });
    if (!notification) throw new NotificationNotFound(id);
    return notification;
  }

  /** @returns the notifications about these orders, oldest first */
  ofOrders(orderIds: number[]): Promise<Notification[]> {
    return this.manager.query<Notification[]>(
      `SELECT ${NOTIFICATION_COLUMNS} FROM notifications WHERE order_id = ANY($1) ORDER BY id`,
      [orderIds],
    );
  }

  /** @returns notifications that match the filter, newest first */
  list({ orderId, recipient, state, before, limit }: NotificationFilter): Promise<Notification[]> {
    const parameters: unknown[] = [limit, before ?? Number.MAX_SAFE_INTEGER];
    const parameter = (value: unknown) => `$${parameters.push(value)}`;
    // An order has few mails: they are read first.
    const source =
      orderId === undefined
        ? 'notifications'
        : `(SELECT * FROM notifications WHERE order_id = ${parameter(orderId)} OFFSET 0) AS mail`;
    // From position to position of the index by recipient, so that the planner cannot choose to filter all mails.
    const address = recipient === undefined ? undefined : `lower(${parameter(recipient)}::text)`;
    const [position, order] = address
      ? [
          `(lower(recipient) COLLATE "C", id) < (${address}, $2) AND (lower(recipient) COLLATE "C", id) >= (${address}, 0)`,
          'lower(recipient) COLLATE "C" DESC, id DESC',
        ]
      : ['id < $2', 'id DESC'];
    return this.manager.query<Notification[]>(
      `SELECT ${NOTIFICATION_COLUMNS} FROM ${source} WHERE ${position} ${state ? IN_STATE[state] : ''} ORDER BY ${order} LIMIT $1`,
      parameters,
    );
  }
}

/** The columns of the unique index. */
const uniqueKeyOf = ({ order_id, movement_id, subject_id, kind, recipient }: NewNotification) =>
  JSON.stringify([order_id ?? null, movement_id ?? null, subject_id ?? null, kind, recipient]);
