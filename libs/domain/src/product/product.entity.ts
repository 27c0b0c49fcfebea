import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('products')
export class Product {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  /** Incremented by each change. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('text', { unique: true })
  sku!: string;

  @Column('text')
  name!: string;

  /** In the currency's minor unit, for example cents. */
  @Column('bigint')
  price!: number;

  /** ISO 4217. */
  @Column('text')
  currency!: string;

  /** A low-stock alert is sent when the stock on hand falls to this value or below. */
  @Column('integer', { default: 0 })
  reorder_point!: number;

  /** If false, orders with the product are rejected. */
  @Column('boolean', { default: true })
  active!: boolean;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz')
  updated_at!: Date;
}
