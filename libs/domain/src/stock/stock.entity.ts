import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** How much of a product there is. The database refuses on_hand below reserved, and reserved below 0. */
@Entity('stock')
export class Stock {
  @PrimaryColumn('bigint')
  product_id!: number;

  @Column('integer', { default: 0 })
  on_hand!: number;

  /** Part of what is on hand, promised to orders. */
  @Column('integer', { default: 0 })
  reserved!: number;
}

/** An order's claim on a product: `held` counts as reserved; `committed` has become a sale; `released` is no more. */
@Entity('reservations')
export class Reservation {
  @PrimaryColumn('bigint')
  order_id!: number;

  @PrimaryColumn('bigint')
  product_id!: number;

  @Column('integer')
  quantity!: number;

  @Column('text')
  status!: 'active' | 'committed' | 'released';

  /** A claim held beyond it is released, by the database's clock. */
  @Column('timestamptz')
  expires_at!: Date;

  @Column('timestamptz')
  created_at!: Date;
}

export type MovementKind = 'receipt' | 'adjustment' | 'sale';

/** One line of the stock's books. Append-only: the database refuses to change or delete it. */
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

  /** Signed: what is sold is negative. */
  @Column('integer')
  quantity!: number;

  /** On hand after this movement. */
  @Column('integer')
  balance_after!: number;

  @Column('text')
  reason!: string;

  @Column('timestamptz')
  created_at!: Date;
}
