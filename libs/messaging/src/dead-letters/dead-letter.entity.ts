import type { Options } from 'amqplib';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** `open`: neither replayed nor discarded yet. `replaying`: open, and claimed by a replay. */
export const DEAD_LETTER_STATES = ['open', 'replaying', 'replayed', 'discarded'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** Reason of a dead letter whose body is not complete. It is never published again. */
export const BODY_TOO_LARGE = 'body_too_large';
/** Reason of a dead letter whose content was erased. It is never published again. */
export const ERASED = 'erased';

/** A message that could not be handled, stored unchanged. If it is dead-lettered again, the same row is updated. */
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

  /** Routing key. Characters that can't be stored as text are replaced; `properties` contains the exact routing key. */
  @Column('text')
  event!: string;

  /** Stable code: `invalid_json`, `order_mismatch`, `bug`, `delivery_limit` ... */
  @Column('text')
  reason!: string;

  @Column('text')
  error!: string;

  /** Where the error was thrown. Null if the broker dead-lettered the message, and for old dead letters. */
  @Column('text', { nullable: true })
  stack!: string | null;

  /** Number of attempts at the message before it was dead-lettered. */
  @Column('integer')
  attempts!: number;

  /** Properties that the publisher set, and the exact routing key. */
  @Column('json')
  properties!: Options.Publish & { routingKey: string };

  /** Headers that the publisher set. */
  @Column('json')
  headers!: Record<string, unknown>;

  /** Body of the message, byte for byte; the first MiB of it if `reason` is `body_too_large`. */
  @Column('bytea')
  body!: Buffer;

  /** Correlation of the event as JSON, for example `{"order_id":12}`. Null if it can't be read. */
  @Column('text', { nullable: true, select: false })
  subject!: string | null;

  /** Hash of queue, event, reason and the pattern of the error. A trigger sets it. */
  @Column('text', { select: false })
  group_key!: string;

  /** The dead letter that this message was published instead of, if any. */
  @Column('bigint', { nullable: true })
  edited_from!: number | null;

  /** Why it was edited. */
  @Column('text', { nullable: true })
  edit_reason!: string | null;

  /** In the table, `replaying` is `open` with a claim: `replaying_until` is in the future. */
  @Column('text', { default: 'open' })
  state!: DeadLetterState;

  /** Until when the replay that has claimed the dead letter may publish it. */
  @Column('timestamptz', { nullable: true, select: false })
  replaying_until!: Date | null;

  /** Identifies the replay that has claimed the dead letter. */
  @Column('text', { nullable: true, select: false })
  replay_claim!: string | null;

  /** When it was replayed or discarded. */
  @Column('timestamptz', { nullable: true, select: false })
  closed_at!: Date | null;

  /** Number of times that the message was dead-lettered. */
  @Column('integer', { default: 1 })
  dead_letter_count!: number;

  @Column('timestamptz')
  first_seen!: Date;

  @Column('timestamptz')
  last_seen!: Date;
}

/** An action on a dead letter, with its actor. Append-only, except that an erasure removes reasons. */
@Entity('dead_letter_actions')
export class DeadLetterAction {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('bigint')
  dead_letter_id!: number;

  @Column('text')
  action!: 'replayed' | 'discarded';

  @Column('text')
  actor!: string;

  /** Why. Null if the actor gave no reason; an erasure removes one with personal data. */
  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('timestamptz')
  at!: Date;
}
