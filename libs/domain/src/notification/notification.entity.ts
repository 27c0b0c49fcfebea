import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { Locale } from '../order/order.entity.js';

export const NOTIFICATION_KINDS = [
  'order_processed',
  'order_rejected',
  'order_cancelled',
  'low_stock',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** A mail to somebody: recorded before it is sent, at most once for each occasion, kind and recipient. */
@Entity('notifications')
export class Notification {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  /** The occasion: an order ... */
  @Column('bigint', { nullable: true })
  order_id!: number | null;

  /** ... or the movement that brought a product down to its reorder point. */
  @Column('bigint', { nullable: true })
  movement_id!: number | null;

  @Column('text')
  kind!: NotificationKind;

  @Column('text')
  recipient!: string;

  @Column('text')
  locale!: Locale;

  /** `failed`: the recipient's server refused it for good. */
  @Column('text')
  state!: 'pending' | 'sent' | 'failed';

  /** How often a mail server was asked to take it and answered; an outage counts for nothing. */
  @Column('integer')
  attempts!: number;

  @Column('text', { nullable: true })
  last_error!: string | null;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  sent_at!: Date | null;

  /** W3C trace context of what recorded it, where that was traced. */
  @Column('text', { nullable: true, select: false })
  traceparent!: string | null;

  /** How often it was sent once more on somebody's word. */
  @Column('integer', { select: false })
  resends!: number;

  /** Not to be tried before, by the database's clock. */
  @Column('timestamptz', { select: false })
  due_at!: Date;

  /** Until then (by the database's clock) somebody is sending it. */
  @Column('timestamptz', { nullable: true, select: false })
  leased_until!: Date | null;
}
