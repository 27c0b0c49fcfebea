import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';
import type { PendingConfirmation } from '../events/confirmations.js';
import type { OrderStatus } from './order-state-machine.js';

/** `requested`: through the API; `expired`: the reservation expired before the order was processed. */
export const CANCELLATIONS = ['requested', 'expired'] as const;
export type Cancellation = (typeof CANCELLATIONS)[number];

export const LOCALES = ['en', 'pt-BR'] as const;
export type Locale = (typeof LOCALES)[number];

/** `payment_declined` concerns the whole order, and is the reason of each of its lines. */
export const REJECTION_REASONS = ['out_of_stock', 'product_inactive', 'payment_declined'] as const;

/** The reason why a line of an order can't be fulfilled. Quantities are in units. */
export interface LineRejection {
  product_id: number;
  reason: (typeof REJECTION_REASONS)[number];
  requested: number;
  available: number;
}

@Entity('orders')
export class Order {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  /** Incremented by each transition. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('text')
  customer_name!: string;

  @Column('text')
  customer_email!: string;

  @Column('text')
  locale!: Locale;

  @Column('text')
  status!: OrderStatus;

  /** ISO 4217; all lines of an order are in one currency. */
  @Column('text')
  currency!: string;

  /** In the currency's minor unit. */
  @Column('bigint')
  total!: number;

  @Column('jsonb', { nullable: true })
  rejection!: LineRejection[] | null;

  @Column('text', { nullable: true })
  cancellation!: Cancellation | null;

  /** The reason that the caller gave for the cancellation. Null if there is none; an erasure removes it. */
  @Column('text', { nullable: true })
  cancellation_reason!: string | null;

  /** The status of an order of which something was shipped; null before. Lists read an index of it. */
  @Column('text', { nullable: true, select: false })
  shipment_status!: OrderStatus | null;

  /** The customer's own name for the order, for example a purchase order number. Not unique. */
  @Column('text', { nullable: true })
  reference!: string | null;

  /** Values that the customer stores with the order. Null if there are none. */
  @Column('json', { nullable: true })
  metadata!: Record<string, string> | null;

  /** Token of the payment gateway, if the order is paid online. */
  @Column('text', { nullable: true, select: false })
  payment_method!: string | null;

  /** `id` of the Actor that placed the order, and its address. Null for old orders; an erasure removes those of a customer. */
  @Column('text', { nullable: true, select: false })
  placed_by!: string | null;

  @Column('text', { nullable: true, select: false })
  placed_from!: string | null;

  @Column('timestamptz')
  created_at!: Date;

  /** When the status last changed. */
  @Column('timestamptz')
  updated_at!: Date;

  /** When no worker had to make a transition and no confirmation was pending; null before. */
  @Column('timestamptz', { nullable: true, select: false })
  closed_at!: Date | null;

  /** Consumers that still have to confirm an event of this order, such as `order.shipped:notify_queue:17` for shipment 17. */
  @Column('text', { array: true, select: false })
  unconfirmed!: PendingConfirmation[];

  /** How often the watchdog has republished events of the current status. */
  @Column('smallint', { select: false })
  republish_count!: number;

  @Column('timestamptz', { nullable: true, select: false })
  republished_at!: Date | null;

  @OneToMany(() => OrderLine, (line) => line.order)
  lines!: Relation<OrderLine>[];

  @OneToMany(() => TimelineEntry, (entry) => entry.order)
  timeline!: Relation<TimelineEntry>[];
}

/** A product of an order, with its name and price at the time of ordering. */
@Entity('order_lines')
export class OrderLine {
  @PrimaryColumn('bigint')
  order_id!: number;

  @PrimaryColumn('bigint')
  product_id!: number;

  /** Position among the lines of the order, from 1, in the sequence of the request. */
  @Column('smallint')
  position!: number;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  quantity!: number;

  /** Units that were shipped so far. */
  @Column('integer', { default: 0 })
  shipped!: number;

  /** Units of those that were returned so far. */
  @Column('integer', { default: 0 })
  returned!: number;

  @Column('bigint')
  unit_price!: number;

  @ManyToOne(() => Order, (order) => order.lines)
  @JoinColumn({ name: 'order_id' })
  order!: Relation<Order>;
}

/** A change of an order's status, or the notification of the customer. */
@Entity('order_timeline')
export class TimelineEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @PrimaryColumn('bigint')
  order_id!: number;

  @Column('text')
  step!: OrderStatus | 'notified';

  @Column('timestamptz')
  at!: Date;

  /** Process that made the step: an id of `processes`. Null for old steps. */
  @Column('bigint', { nullable: true, select: false })
  process!: number | null;

  /** Time from the receipt of the request or message until the step was written. Null if neither caused the step. */
  @Column('integer', { nullable: true, select: false })
  handling_ms!: number | null;

  @ManyToOne(() => Order, (order) => order.timeline)
  @JoinColumn({ name: 'order_id' })
  order!: Relation<Order>;
}
