import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { DeadLetterSelection } from './dead-letter-filter.js';

/**
 * `pending`: waits for the jobs before it. `finished`: every dead letter that it selected was handled, successfully or
 * not. `cancelled`: stopped by an operator.
 */
export const DEAD_LETTER_JOB_STATES = ['pending', 'running', 'finished', 'cancelled'] as const;
export type DeadLetterJobState = (typeof DEAD_LETTER_JOB_STATES)[number];

export type DeadLetterJobAction = 'replay' | 'discard';

/** Replays or discards all open dead letters that match a filter, in the background. */
@Entity('dead_letter_jobs')
export class DeadLetterJob {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('text')
  action!: DeadLetterJobAction;

  @Column('jsonb')
  filter!: DeadLetterSelection;

  @Column('text')
  actor!: string;

  /** Why. Null if the actor gave no reason; an erasure removes one with personal data. */
  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text', { default: 'pending' })
  state!: DeadLetterJobState;

  /** Number of open dead letters that matched when the job was created. */
  @Column('integer')
  total!: number;

  /** Number of dead letters that the job has replayed or discarded. */
  @Column('integer', { default: 0 })
  done!: number;

  /** Number of dead letters that could not be replayed. They stay open. */
  @Column('integer', { default: 0 })
  failed!: number;

  /** All dead letters up to this id are handled. */
  @Column('bigint', { default: 0, select: false })
  position!: number;

  /** The highest id that the job selects: dead letters that arrive later are not included. */
  @Column('bigint', { select: false })
  last_id!: number;

  /** Error of the last dead letter that could not be replayed, or reason why the job waits. */
  @Column('text', { nullable: true })
  last_error!: string | null;

  @Column('text', { nullable: true })
  cancelled_by!: string | null;

  /** Identifies the process that runs the job. */
  @Column('text', { nullable: true, select: false })
  lease!: string | null;

  @Column('timestamptz', { nullable: true, select: false })
  leased_until!: Date | null;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  started_at!: Date | null;

  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;
}
