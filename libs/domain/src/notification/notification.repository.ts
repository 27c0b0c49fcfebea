import type { EntityManager } from 'typeorm';
import { Notification } from './notification.entity.js';

export type NewNotification = Pick<Notification, 'kind' | 'recipient' | 'locale'> &
  Partial<Pick<Notification, 'order_id' | 'movement_id'>>;

/** Longer than the mail server gets to answer, so that no mail is sent twice by two deliveries of one event. */
const LEASE_SECONDS = 120;

/** Writes `notifications`. */
export class NotificationRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Records it, or finds the record of the same occasion, kind and recipient. */
  async record({
    order_id = null,
    movement_id = null,
    kind,
    recipient,
    locale,
  }: NewNotification): Promise<Notification> {
    await this.manager.query(
      `INSERT INTO notifications (order_id, movement_id, kind, recipient, locale)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [order_id, movement_id, kind, recipient, locale],
    );
    const [row] = await this.manager.query<Notification[]>(
      `SELECT * FROM notifications
       WHERE kind = $3 AND recipient = $4 AND order_id IS NOT DISTINCT FROM $1::bigint
         AND movement_id IS NOT DISTINCT FROM $2::bigint`,
      [order_id, movement_id, kind, recipient],
    );
    return row!;
  }

  /** Takes it for sending. @returns false where it isn't pending or somebody else has it */
  async claim(id: number): Promise<boolean> {
    const [, claimed] = await this.manager.query<[unknown, number]>(
      `UPDATE notifications SET attempts = attempts + 1, leased_until = clock_timestamp() + make_interval(secs => $2)
       WHERE id = $1 AND state = 'pending' AND (leased_until IS NULL OR leased_until < clock_timestamp())`,
      [id, LEASE_SECONDS],
    );
    return claimed === 1;
  }

  async markSent(id: number) {
    await this.manager.query(
      `UPDATE notifications SET state = 'sent', sent_at = clock_timestamp(), last_error = NULL, leased_until = NULL WHERE id = $1`,
      [id],
    );
  }

  /** Refused for good. */
  async markFailed(id: number, error: string) {
    await this.manager.query(
      `UPDATE notifications SET state = 'failed', last_error = $2, leased_until = NULL WHERE id = $1`,
      [id, error],
    );
  }

  /** Not sent this time; anyone may try again. */
  async release(id: number, error: string) {
    await this.manager.query('UPDATE notifications SET last_error = $2, leased_until = NULL WHERE id = $1', [
      id,
      error,
    ]);
  }

  /** Newest first. */
  list({
    orderId,
    before,
    limit,
  }: {
    orderId?: number;
    before?: number;
    limit: number;
  }): Promise<Notification[]> {
    const query = this.manager.createQueryBuilder(Notification, 'n').orderBy('n.id', 'DESC').limit(limit);
    if (orderId !== undefined) query.andWhere('n.order_id = :orderId', { orderId });
    if (before !== undefined) query.andWhere('n.id < :before', { before });
    return query.getMany();
  }
}
