import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredAnswer } from './answer.js';

/** The stored answer to a request with an idempotency key. Written in the transaction of the request's effect. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  @PrimaryColumn('text')
  caller!: string;

  @PrimaryColumn('text')
  key!: string;

  /** Identifies operation and body, so that another request with the same key is recognized. */
  @Column('text')
  fingerprint!: string;

  @Column('json')
  answer!: StoredAnswer;

  @Column('timestamptz')
  created_at!: Date;
}
