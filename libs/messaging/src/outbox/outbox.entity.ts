import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An event that is stored and not yet known to be with the broker. Its row is deleted when it is. */
@Entity('outbox')
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: number;

  @Column('uuid')
  event_id!: string;

  @Column('text')
  event!: string;

  /** The app that wrote it; goes out as the message's `app_id`. */
  @Column('text')
  source!: string;

  /** What the event is about; rows with the same key are published in the order of their ids. */
  @Column('text', { nullable: true })
  key!: string | null;

  /** JSON as it goes over the wire; `json`, not `jsonb`, keeps it byte for byte. */
  @Column('json')
  body!: unknown;

  /** W3C trace context of what brought it about, where that was traced. */
  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('timestamptz')
  created_at!: Date;

  /** Until then (by the database's clock) somebody is publishing it; later, any relay may. A row in the past waits. */
  @Column('timestamptz')
  leased_until!: Date;
}
