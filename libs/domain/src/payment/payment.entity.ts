import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * - `requested`: the gateway was not asked yet, or its answer is not known.
 * - `pending`: the gateway decides later.
 * - `captured`: the money was taken. What was given back is in `refunded`.
 * - `failed`: declined.
 * - `cancelled`: never charged, because the order ended before.
 */
export const PAYMENT_STATUSES = ['requested', 'pending', 'captured', 'failed', 'cancelled'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** The payment of an order. Amounts are in the currency's minor unit. */
@Entity('payments')
export class Payment {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('bigint')
  order_id!: number;

  /** Part of the idempotency key. */
  @Column('uuid')
  nonce!: string;

  /** Token of the gateway. */
  @Column('text')
  method!: string;

  /** ISO 4217. */
  @Column('text')
  currency!: string;

  @Column('bigint')
  amount!: number;

  /** 0 or `amount`. */
  @Column('bigint')
  captured!: number;

  /** Sum of the refunds that succeeded. */
  @Column('bigint')
  refunded!: number;

  @Column('text')
  status!: PaymentStatus;

  /** Why it was declined. */
  @Column('text', { nullable: true })
  failure!: string | null;

  /** The gateway's own id of the charge. */
  @Column('text', { nullable: true })
  gateway_reference!: string | null;

  /** How often the reconciler has asked the gateway. The time until the next check doubles with each. */
  @Column('smallint')
  checks!: number;

  /** When the reconciler asks the gateway, unless there is an outcome before. */
  @Column('timestamptz')
  next_check_at!: Date;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz')
  updated_at!: Date;
}

/** A request to the gateway for a payment. */
@Entity('payment_attempts')
export class PaymentAttempt {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('bigint')
  payment_id!: number;

  @Column('timestamptz')
  started_at!: Date;

  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;

  /** Null while it is in progress, and after a crash. */
  @Column('text', { nullable: true })
  outcome!: 'captured' | 'declined' | 'pending' | 'unknown' | null;

  /** Reason of a refusal, or what is known about an unclear answer. */
  @Column('text', { nullable: true })
  detail!: string | null;

  /** Process that made it: an id of `processes`. Null for old attempts. */
  @Column('bigint', { nullable: true, select: false })
  process!: number | null;
}

export const REFUND_STATUSES = ['requested', 'succeeded', 'failed'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Money that goes back to the customer: all of a payment, or a part. */
@Entity('refunds')
export class Refund {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('bigint')
  payment_id!: number;

  @Column('uuid')
  nonce!: string;

  @Column('bigint')
  amount!: number;

  /**
   * What caused it, such as `order cancelled` or `return 12`. A payment has one refund for each cause, except for `request`: a
   * caller of the API.
   */
  @Column('text')
  cause!: string;

  /** The reason that the caller has given. */
  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text')
  status!: RefundStatus;

  /** Why the gateway refused it, or what is known about the last unclear answer. */
  @Column('text', { nullable: true })
  failure!: string | null;

  @Column('smallint')
  attempts!: number;

  @Column('timestamptz')
  next_attempt_at!: Date;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;
}
