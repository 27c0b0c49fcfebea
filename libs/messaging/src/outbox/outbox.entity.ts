import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An event that was committed and is not yet published. Its row is deleted after the broker's confirm. */
@Entity('outbox')
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('uuid')
  event_id!: string;

  @Column('text')
  event!: string;

  /** App that wrote the row; the message's `app_id`. */
  @Column('text')
  source!: string;

  /** Value that the event correlates by, as JSON. Rows with the same key are published in the order of their ids. */
  @Column('text', { nullable: true })
  key!: string | null;

  /** Body of the message. Type `json`, because `jsonb` would not keep it byte for byte. */
  @Column('json')
  body!: unknown;

  /** W3C trace context of the span that wrote the row; null if it was not traced. */
  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('timestamptz')
  created_at!: Date;

  /** End of the lease by the database's clock. Until then one process publishes the row; then any relay may claim it. */
  @Column('timestamptz')
  leased_until!: Date;
}
