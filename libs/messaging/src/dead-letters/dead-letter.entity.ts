import type { Options } from 'amqplib';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** `open`: still to be replayed or discarded. */
export const DEAD_LETTER_STATES = ['open', 'replayed', 'discarded'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** A message that could not be handled, stored unchanged. The same message dead-lettered again is the same row. */
@Entity('dead_letters')
export class DeadLetter {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  /** Hash of queue, routing key, message id and body. */
  @Column('text', { unique: true, select: false })
  fingerprint!: string;

  /** Queue that the message was consumed from; `unrouted_queue` if no queue is bound for it. */
  @Column('text')
  queue!: string;

  /** Routing key, with characters replaced that can't be stored as text; `properties` has the exact one. */
  @Column('text')
  event!: string;

  /** Stable code: `invalid_json`, `order_mismatch`, `bug`, `delivery_limit` ... */
  @Column('text')
  reason!: string;

  @Column('text')
  error!: string;

  /** Attempts at the message before it was dead-lettered. */
  @Column('integer')
  attempts!: number;

  /** Properties that the publisher set, and the exact routing key. */
  @Column('json')
  properties!: Options.Publish & { routingKey: string };

  /** Headers that the publisher set. */
  @Column('json')
  headers!: Record<string, unknown>;

  /** Byte for byte. */
  @Column('bytea')
  body!: Buffer;

  /** Name and value of the field that the event correlates by, as JSON: `{"order_id":12}`. Null if it can't be read. */
  @Column('text', { nullable: true, select: false })
  subject!: string | null;

  @Column('text', { default: 'open' })
  state!: DeadLetterState;

  /** How often the message was dead-lettered. */
  @Column('integer', { default: 1 })
  times!: number;

  @Column('timestamptz')
  first_seen!: Date;

  @Column('timestamptz')
  last_seen!: Date;
}

/** An action on a dead letter and who took it. Append-only. */
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
