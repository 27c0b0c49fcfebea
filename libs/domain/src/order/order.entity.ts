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

/** The life of an order. Every change of state is one of these; the database makes it only from the state on the left. */
export const ORDER_TRANSITIONS = {
  reserve: { from: 'pending', to: 'reserved' },
  reject: { from: 'pending', to: 'rejected' },
  process: { from: 'reserved', to: 'processed' },
} as const;

export const ORDER_STATUSES = ['pending', 'reserved', 'processed', 'rejected'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const LOCALES = ['en', 'pt-BR'] as const;
export type Locale = (typeof LOCALES)[number];

/** Why a line stands in the way of its order. */
export interface LineRejection {
  product_id: number;
  reason: 'out_of_stock' | 'product_inactive';
  requested: number;
  available: number;
}

@Entity('orders')
export class Order {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

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

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz')
  updated_at!: Date;

  @OneToMany(() => OrderLine, (line) => line.order)
  lines!: Relation<OrderLine>[];

  @OneToMany(() => TimelineEntry, (entry) => entry.order)
  timeline!: Relation<TimelineEntry>[];
}

/** A product of an order, with its name and price as they were when it was placed. */
@Entity('order_lines')
export class OrderLine {
  @PrimaryColumn('bigint')
  order_id!: number;

  @PrimaryColumn('bigint')
  product_id!: number;

  /** The place in the order as the customer wrote it, from 1. */
  @Column('smallint')
  position!: number;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  quantity!: number;

  @Column('bigint')
  unit_price!: number;

  @ManyToOne(() => Order, (order) => order.lines)
  @JoinColumn({ name: 'order_id' })
  order!: Relation<Order>;
}

/** What happened to an order, and when. */
@Entity('order_timeline')
export class TimelineEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('bigint')
  order_id!: number;

  @Column('text')
  step!: OrderStatus | 'notified';

  @Column('timestamptz')
  at!: Date;

  @ManyToOne(() => Order, (order) => order.timeline)
  @JoinColumn({ name: 'order_id' })
  order!: Relation<Order>;
}
