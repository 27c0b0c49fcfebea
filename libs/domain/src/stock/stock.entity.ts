import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Stock of a product, in units. A CHECK constraint keeps `reserved` between 0 and `on_hand`. */
@Entity('stock')
export class Stock {
  @PrimaryColumn('bigint')
  product_id!: number;

  @Column('integer', { default: 0 })
  on_hand!: number;

  /** Sum of the active reservations. The rest of `on_hand` is available. */
  @Column('integer', { default: 0 })
  reserved!: number;

  /** Time of the last frequent update in units of two seconds, only to find the current row version fast. */
  @Column({ type: 'bigint', default: 0, select: false })
  change_group!: number;
}

/**
 * The reservation state machine: for each status the transitions, with the status after it.
 *
 * - `active`: its quantity is part of the stock's `reserved`.
 * - `committed`: fulfilled; the stock is deducted and a sale is recorded.
 * - `released`: the order was cancelled on request. If it was processed before, its stock is on hand again.
 * - `expired`: released because `expires_at` passed before the order was processed.
 */
export const RESERVATION_TRANSITIONS = {
  active: { deduct: 'committed', release: 'released', expire: 'expired' },
  committed: { cancel: 'released' },
  released: {},
  expired: {},
} as const satisfies Record<string, Record<string, string>>;

export type ReservationStatus = keyof typeof RESERVATION_TRANSITIONS;

/** Units of a product that are reserved for an order. */
@Entity('reservations')
export class Reservation {
  @PrimaryColumn('bigint')
  order_id!: number;

  @PrimaryColumn('bigint')
  product_id!: number;

  @Column('integer')
  quantity!: number;

  @Column('text')
  status!: ReservationStatus;

  /** An active reservation is released after this time, by the database's clock. */
  @Column('timestamptz')
  expires_at!: Date;

  @Column('timestamptz')
  created_at!: Date;
}

/** Every kind of movement, with its meaning. */
export const MOVEMENT_KINDS = {
  receipt: 'Units arrived.',
  adjustment: 'An operator corrected the stock on hand.',
  sale: 'Units were deducted for an order.',
  cancellation:
    'The units of a sale are on hand again, because the order was cancelled before it was shipped.',
  return: 'Units of an order that were returned are on hand again.',
} as const;
export type MovementKind = keyof typeof MOVEMENT_KINDS;
/** The kinds that an operator enters. The others belong to orders. */
export type EnteredMovementKind = Extract<MovementKind, 'receipt' | 'adjustment'>;

/** An entry of the stock ledger. Append-only: a trigger refuses to change or delete it. */
@Entity('movements')
export class Movement {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('bigint')
  product_id!: number;

  @Column('bigint', { nullable: true })
  order_id!: number | null;

  @Column('text')
  kind!: MovementKind;

  /** Change of `on_hand`: negative for a sale, positive for a cancellation or a return. */
  @Column('integer')
  quantity!: number;

  /** `on_hand` after this movement. */
  @Column('integer')
  balance_after!: number;

  @Column('text')
  reason!: string;

  /** Whether an adjustment records a difference between `on_hand` and the movements before it. It did not change `on_hand`. */
  @Column('boolean', { default: false })
  is_correction!: boolean;

  @Column('timestamptz')
  created_at!: Date;
}
