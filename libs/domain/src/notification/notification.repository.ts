import type { EntityManager } from 'typeorm';
import { Notification } from './notification.entity.js';
import { NotificationNotFound, NotificationNotSendable } from './notification.errors.js';

export type NewNotification = Pick<Notification, 'kind' | 'recipient' | 'locale'> &
  Partial<Pick<Notification, 'order_id' | 'movement_id' | 'traceparent'>>;

export interface NotificationFilter {
  orderId?: number;
  state?: Notification['state'];
  /** Only those with an id below. */
  before?: number;
  limit: number;
}

/** A sender that lives renews its leases (`keep`) long before they end; what a dead one left is taken up after them. */
export const NOTIFICATION_LEASE_SECONDS = 15;

/** Named: what a session has prepared outlives a migration that adds a column, `*` does not. */
const COLUMNS = `id, order_id, movement_id, kind, recipient, locale, state, attempts, last_error, created_at, sent_at,
  leased_until, due_at, resends, traceparent`;

/** Writes `notifications`. */
export class NotificationRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns for each whether it is new: the same occasion, kind and recipient is recorded once */
  async record(wanted: NewNotification[]): Promise<boolean[]> {
    if (wanted.length === 0) return [];
    const recorded = await this.manager.query<Required<NewNotification>[]>(
      `INSERT INTO notifications (order_id, movement_id, kind, recipient, locale, traceparent)
       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
       ON CONFLICT DO NOTHING RETURNING order_id, movement_id, kind, recipient, locale`,
      [
        wanted.map(({ order_id }) => order_id ?? null),
        wanted.map(({ movement_id }) => movement_id ?? null),
        wanted.map(({ kind }) => kind),
        wanted.map(({ recipient }) => recipient),
        wanted.map(({ locale }) => locale),
        wanted.map(({ traceparent }) => traceparent ?? null),
      ],
    );
    const fresh = new Set(recorded.map(occasionOf));
    return wanted.map((notification) => fresh.delete(occasionOf(notification)));
  }

  /** Takes those that are due for sending; several senders share the work. */
  async claimDue(limit: number): Promise<Notification[]> {
    const [claimed] = await this.manager.query<[Notification[], number]>(
      `UPDATE notifications SET leased_until = clock_timestamp() + make_interval(secs => $1)
       WHERE id = ANY(ARRAY(
         SELECT id FROM notifications
         WHERE state = 'pending' AND due_at <= clock_timestamp()
           AND (leased_until IS NULL OR leased_until < clock_timestamp())
         ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING ${COLUMNS}`,
      [NOTIFICATION_LEASE_SECONDS, limit],
    );
    return claimed;
  }

  /** Holds on to what is being sent. */
  async renewLeases(ids: number[]) {
    await this.manager.query(
      `UPDATE notifications SET leased_until = clock_timestamp() + make_interval(secs => $2)
       WHERE id = ANY($1) AND state = 'pending'`,
      [ids, NOTIFICATION_LEASE_SECONDS],
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

  /** Refused for good. */
  async markFailed(id: number, error: string) {
    await this.manager.query(
      `UPDATE notifications SET state = 'failed', attempts = attempts + 1, last_error = $2, leased_until = NULL
       WHERE id = $1`,
      [id, error],
    );
  }

  /** Refused for now: another try in `seconds`. */
  async defer(id: number, error: string, seconds: number) {
    await this.manager.query(
      `UPDATE notifications SET attempts = attempts + 1, last_error = $2, leased_until = NULL,
              due_at = clock_timestamp() + make_interval(secs => $3)
       WHERE id = $1`,
      [id, error, seconds],
    );
  }

  /** Nobody answered, or nobody was asked: anyone may try again. */
  async release(ids: number[], error: string | null) {
    await this.manager.query(
      `UPDATE notifications SET last_error = $2, leased_until = NULL WHERE id = ANY($1) AND state = 'pending'`,
      [ids, error],
    );
  }

  /**
   * Sends it once more, whatever became of it before.
   *
   * @throws NotificationNotFound, NotificationNotSendable
   */
  async resend(id: number): Promise<Notification> {
    const [resent] = await this.manager.query<[Notification[], number]>(
      `UPDATE notifications SET state = 'pending', resends = resends + 1, attempts = 0, last_error = NULL,
              sent_at = NULL, due_at = clock_timestamp()
       WHERE id = $1 AND state <> 'pending' RETURNING ${COLUMNS}`,
      [id],
    );
    if (resent[0]) return resent[0];
    if (await this.manager.existsBy(Notification, { id })) throw new NotificationNotSendable(id);
    throw new NotificationNotFound(id);
  }

  /** How many are still to be sent. */
  async countWaiting(): Promise<number> {
    const [row] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM notifications WHERE state = 'pending'`,
    );
    return row!.count;
  }

  /** Newest first. */
  list({ orderId, state, before, limit }: NotificationFilter): Promise<Notification[]> {
    const query = this.manager.createQueryBuilder(Notification, 'n').orderBy('n.id', 'DESC').limit(limit);
    if (orderId !== undefined) query.andWhere('n.order_id = :orderId', { orderId });
    if (state !== undefined) query.andWhere('n.state = :state', { state });
    if (before !== undefined) query.andWhere('n.id < :before', { before });
    return query.getMany();
  }
}

const occasionOf = ({ order_id, movement_id, kind, recipient }: NewNotification) =>
  JSON.stringify([order_id ?? null, movement_id ?? null, kind, recipient]);
