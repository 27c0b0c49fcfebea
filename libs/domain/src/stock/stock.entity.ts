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
 * - `active`: its quantity is part of the stock's `reserved`.
 * - `committed`: fulfilled; the stock is deducted and a sale is recorded.
 * - `released`: the order was cancelled on request.
 * - `expired`: released because `expires_at` passed before the order was processed.
 */
export type ReservationStatus = 'active' | 'committed' | 'released' | 'expired';

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

export type MovementKind = 'receipt' | 'adjustment' | 'sale';

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

  /** Change of `on_hand`: negative for a sale. */
  @Column('integer')
  quantity!: number;

  /** `on_hand` after this movement. */
  @Column('integer')
  balance_after!: number;

  @Column('text')
  reason!: string;

  @Column('timestamptz')
  created_at!: Date;
}
