import type { EntityManager } from 'typeorm';
import { encodeEvent, type EncodedEvent, type EventCatalogue } from '../contract/event.js';

/** Longer than a publish may take (its time limit is 10 s), so that a row is not published twice without need. */
export const LEASE_SECONDS = 20;

/** What a relay needs to publish one row. */
export interface StoredEvent extends EncodedEvent {
  id: number;
  source: string;
}

/** The payload of an event of a catalogue, by its name. */
export type PayloadOf<Events extends EventCatalogue, Name extends keyof Events> = Events[Name]['example'];

/** The events of one transaction: written with it, or not at all. */
export class Outbox<Events extends EventCatalogue = EventCatalogue> {
  private readonly added: EncodedEvent[] = [];

  constructor(
    private readonly catalogue: Events,
    private readonly source: string,
  ) {}

  /** Announces the event once the transaction is committed. */
  add<Name extends keyof Events & string>(event: Name, payload: PayloadOf<Events, Name>) {
    this.added.push(encodeEvent(this.catalogue[event] as Events[Name], payload));
  }

  /** Writes the rows, leased to this process, which publishes them from memory right after the commit. */
  async store(manager: EntityManager): Promise<StoredEvent[]> {
    if (this.added.length === 0) return [];
    const rows = await manager.query<{ id: number }[]>(
      `INSERT INTO outbox (event_id, event, source, body, leased_until)
       SELECT event_id, event, $3, body, clock_timestamp() + make_interval(secs => $5)
       FROM unnest($1::uuid[], $2::text[], $4::json[]) WITH ORDINALITY AS added (event_id, event, body, position)
       ORDER BY position
       RETURNING id`,
      [
        this.added.map(({ eventId }) => eventId),
        this.added.map(({ event }) => event),
        this.source,
        this.added.map(({ body }) => body),
        LEASE_SECONDS,
      ],
    );
    return this.added.map((event, index) => ({ ...event, id: rows[index]!.id, source: this.source }));
  }
}
