import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Locale } from '../order/order.entity.js';

export const NOTIFICATION_KINDS = [
  'order_processed',
  'order_rejected',
  'order_cancelled',
  'order_shipped',
  'order_returned',
  'order_refunded',
  'payment_failed',
  'low_stock',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/**
 * Kinds of mails that a customer can opt out of. All others are transactional: the customer needs them to know what was
 * agreed and what was paid.
 */
export const OPTIONAL_NOTIFICATION_KINDS = ['order_shipped', 'order_returned'] satisfies NotificationKind[];
export type OptionalNotificationKind = (typeof OPTIONAL_NOTIFICATION_KINDS)[number];

export const NOTIFICATION_STATES = ['pending', 'sent', 'failed', 'withheld'] as const;
export type NotificationState = (typeof NOTIFICATION_STATES)[number];

/**
 * A mail, recorded before it is sent. A unique index allows one per kind, recipient, and order, shipment, return or movement.
 */
@Entity('notifications')
export class Notification {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  /** Order that the mail is about, or null for a low-stock alert. */
  @Column('bigint', { nullable: true })
  order_id!: number | null;

  /** Movement that lowered a product's stock to its reorder point, or null for a mail about an order. */
  @Column('bigint', { nullable: true })
  movement_id!: number | null;

  /** Shipment or return of the order that the mail is about, by its kind, or null for a mail about the whole order. */
  @Column('bigint', { nullable: true })
  subject_id!: number | null;

  @Column('text')
  kind!: NotificationKind;

  @Column('text')
  recipient!: string;

  @Column('text')
  locale!: Locale;

  /**
   * `failed`: refused permanently, not sent after 12 attempts, or not sent because the address is suppressed. `withheld`: not sent, because its recipient had got the
   * maximum number of mails within an hour.
   */
  @Column('text')
  state!: NotificationState;

  /** Whether the mail is counted in the quota of its recipient. It is counted once, however many attempts it needs. */
  @Column('boolean', { select: false })
  counted!: boolean;

  /**
   * Attempts in which the mail was accepted, deferred or refused, or that failed unexpectedly. An outage of the mail server uses up none.
   * Sending again starts at 0.
   */
  @Column('integer')
  attempts!: number;

  @Column('text', { nullable: true })
  last_error!: string | null;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  sent_at!: Date | null;

  /** W3C trace context of the transaction that recorded the mail, or null if it was not traced. */
  @Column('text', { nullable: true, select: false })
  traceparent!: string | null;

  /** How often an operator requested that the mail be sent again. */
  @Column('integer', { select: false })
  resends!: number;

  /** Earliest time of the next attempt, by the database's clock. Infinite if the mail is withheld. */
  @Column('timestamptz', { select: false })
  due_at!: Date;

  /** End of the lease of the process that sends the mail, by the database's clock. */
  @Column('timestamptz', { nullable: true, select: false })
  leased_until!: Date | null;

  /** Process that recorded the mail: an id of `processes`. Null for old mails. */
  @Column('bigint', { nullable: true, select: false })
  process!: number | null;
}

/** Columns by name instead of `*`: prepared statements with `*` fail after a migration that adds a column. */
export const NOTIFICATION_COLUMNS = `id, order_id, movement_id, subject_id, kind, recipient, locale, state, attempts, last_error,
  created_at, sent_at, leased_until, due_at, resends, traceparent`;
