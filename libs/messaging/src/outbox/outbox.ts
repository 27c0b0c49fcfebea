import { traceContextOf, traceparentOf } from '@estoque/platform';
import type { EntityManager } from 'typeorm';
import { encodeEvent, type EncodedEvent, type EventCatalogue } from '../contract/event.js';

/** Longer than a publish may take (its time limit is 10 s), so that a row is not published twice without need. */
export const LEASE_SECONDS = 20;

/** What a relay needs to publish one row. */
export interface StoredEvent extends EncodedEvent {
  id: number;
  source: string;
  traceparent: string | null;
}

/** Rows just written: those that are to be published from memory, and whether others wait for a sweep. */
export interface StoredEvents {
  leased: StoredEvent[];
  waiting: boolean;
}

/** The payload of an event of a catalogue, by its name. */
export type PayloadOf<Events extends EventCatalogue, Name extends keyof Events> = Events[Name]['example'];

/** The events of one transaction: written with it, or not at all. */
export class Outbox<Events extends EventCatalogue = EventCatalogue> {
  private readonly added: (EncodedEvent & Pick<StoredEvent, 'traceparent'>)[] = [];

  constructor(
    private readonly catalogue: Events,
    private readonly source: string,
  ) {}

  /**
   * Announces the event once the transaction is committed.
   *
   * @param cause of a batch, the item that brings it about: the event goes on with the trace of that one
   */
  add<Name extends keyof Events & string>(event: Name, payload: PayloadOf<Events, Name>, cause?: object) {
    const encoded = encodeEvent(this.catalogue[event] as Events[Name], payload);
    this.added.push({ ...encoded, traceparent: traceparentOf(traceContextOf(cause)) });
  }

  /**
   * Writes the rows, leased to this process, which publishes them from memory right after the commit. A row whose
   * subject has older events waiting is not: the sweep brings them in their order.
   *
   * @param canPublish whether this process reaches the broker just now; if not, the rows wait for whoever does
   */
  async store(manager: EntityManager, canPublish: boolean): Promise<StoredEvents> {
    if (this.added.length === 0) return { leased: [], waiting: false };
    const rows = await manager.query<{ id: number; leased: boolean }[]>(
      `INSERT INTO outbox (event_id, event, source, key, body, traceparent, leased_until)
       SELECT event_id, event, $3, key, body, traceparent,
              clock_timestamp() + make_interval(secs => CASE WHEN $6 AND NOT EXISTS (
                SELECT 1 FROM outbox earlier WHERE earlier.key = added.key AND earlier.leased_until < clock_timestamp()
              ) THEN $5 ELSE 0 END)
       FROM unnest($1::uuid[], $2::text[], $7::text[], string_to_array($4, E'\\n')::json[], $8::text[]) WITH ORDINALITY
            AS added (event_id, event, key, body, traceparent, position)
       ORDER BY position
       RETURNING id, leased_until > clock_timestamp() AS leased`,
      [
        this.added.map(({ eventId }) => eventId),
        this.added.map(({ event }) => event),
        this.source,
        // One a line: JSON has no line's end within, and in a list each of its quotes would have to be escaped.
        this.added.map(({ body }) => body).join('\n'),
        LEASE_SECONDS,
        canPublish,
        this.added.map(({ key }) => key ?? null),
        this.added.map(({ traceparent }) => traceparent),
      ],
    );
    const stored = this.added.map((event, index) => ({ ...event, ...rows[index]!, source: this.source }));
    const leased = stored.filter((row) => row.leased);
    return { leased, waiting: leased.length < stored.length };
  }
}
