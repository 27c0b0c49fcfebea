import type { Options } from 'amqplib';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export const DEAD_LETTER_STATES = ['open', 'replayed', 'discarded'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** A message that nobody could handle, kept as it was. The same one that comes again is the same row. */
@Entity('dead_letters')
export class DeadLetter {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  /** Of queue, routing key, message id and body. */
  @Column('text', { unique: true, select: false })
  fingerprint!: string;

  /** Where it was to be handled; `unrouted_queue` where no queue is bound for it. */
  @Column('text')
  queue!: string;

  /** Its routing key, for reading: what can't be shown is replaced. */
  @Column('text')
  event!: string;

  /** A stable code: `invalid_json`, `order_mismatch`, `bug`, `delivery_limit` ... */
  @Column('text')
  reason!: string;

  @Column('text')
  error!: string;

  @Column('integer')
  attempts!: number;

  /** The message's own properties, and its exact routing key. */
  @Column('json')
  properties!: Options.Publish & { routingKey: string };

  /** The message's own headers. */
  @Column('json')
  headers!: Record<string, unknown>;

  /** Byte for byte. */
  @Column('bytea')
  body!: Buffer;

  @Column('text', { default: 'open' })
  state!: DeadLetterState;

  /** How often it came here. */
  @Column('integer', { default: 1 })
  times!: number;

  @Column('timestamptz')
  first_seen!: Date;

  @Column('timestamptz')
  last_seen!: Date;
}

/** What somebody did with a dead letter. Append-only. */
@Entity('dead_letter_actions')
export class DeadLetterAction {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('bigint')
  dead_letter_id!: number;

  @Column('text')
  action!: Exclude<DeadLetterState, 'open'>;

  @Column('text')
  actor!: string;

  @Column('timestamptz')
  at!: Date;
}
