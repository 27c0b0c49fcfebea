import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * An event that waits to be published, or was published up to a second ago. Its row is deleted after the publisher
 * confirm.
 */
@Entity('outbox')
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('uuid')
  event_id!: string;

  @Column('text')
  event!: string;

  /** App that wrote the row. It becomes the `app_id` of the message. */
  @Column('text')
  source!: string;

  /** Correlation value of the event as JSON. Rows with the same key are published in the order of their ids. */
  @Column('text', { nullable: true })
  key!: string | null;

  /** Body of the message. Type `json`, because `jsonb` would not keep it byte for byte. */
  @Column('json')
  body!: unknown;

  /** W3C trace context of the span that wrote the row; null if it was not traced. */
  @Column('text', { nullable: true })
  traceparent!: string | null;

  /** Whether the event was written before, and is published again because its effect is missing. */
  @Column('boolean', { default: false })
  republished!: boolean;

  @Column('timestamptz')
  created_at!: Date;

  /**
   * End of the lease by the database's clock. Until then, only one process publishes the row; after it, any relay may.
   */
  @Column('timestamptz')
  leased_until!: Date;
}
