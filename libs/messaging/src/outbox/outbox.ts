import { AppError, traceContextOf, traceparentOf } from '@estoque/platform';
import type { EntityManager } from 'typeorm';
import {
  encodeEvent,
  type EncodedEvent,
  type EventCatalogue,
  type EventsPublishedBy,
  type EventsRepublishedBy,
} from '../contract/event.js';

/** Longer than a publish may take (10 s), so that no other process publishes the row at the same time. */
export const LEASE_SECONDS = 20;

/** An outbox row with everything that the relay needs to publish it. */
export interface StoredEvent extends EncodedEvent {
  id: number;
  source: string;
  traceparent: string | null;
}

/** Result of `Outbox.store`: the rows that a transaction wrote. */
export interface StoredEvents {
  /** All rows that it wrote. */
  stored: StoredEvent[];
  /** Rows leased to this process, which publishes them from memory. */
  leased: StoredEvent[];
  /** Whether the transaction also wrote rows without a lease, which wait for the next poll. */
  hasUnleased: boolean;
}

/** Payload of an event by its name. */
export type PayloadOf<Events extends EventCatalogue, Name extends keyof Events> = Events[Name]['example'];

/** Collects the events of one transaction, which are stored and published together with its changes or not at all. */
export class Outbox<Events extends EventCatalogue = EventCatalogue, App extends string = string> {
  private readonly events: (EncodedEvent & Pick<StoredEvent, 'traceparent'> & { republished: boolean })[] =
    [];

  /** @param app the publishing app; its name is the `app_id` of the messages */
  constructor(
    private readonly catalogue: Events,
    private readonly app: string,
  ) {}

  /**
   * Publishes the event after the transaction has committed.
   *
   * @param cause item of a batch that caused the event: the event continues the trace of this item
   * @throws AppError `undeclared_publisher` if this app is not listed in `publishedBy` of the contract: a bug
   */
  add<Name extends EventsPublishedBy<Events, App>>(
    event: Name,
    payload: PayloadOf<Events, Name>,
    cause?: object,
  ) {
    this.assertDeclared(event, 'publishedBy');
    this.encode(event, payload, false, cause);
  }

  /**
   * Publishes an event again, because its effect is missing.
   *
   * @throws AppError `undeclared_publisher` if this app is not listed in `republishedBy` of the contract: a bug
   */
  republish<Name extends EventsRepublishedBy<Events, App>>(event: Name, payload: PayloadOf<Events, Name>) {
    this.assertDeclared(event, 'republishedBy');
    this.encode(event, payload, true);
  }

  /**
   * Writes the rows. They are leased to this process, which publishes them from memory right after the commit. A row is
   * not leased if older rows with the same key wait for a poll: the poll keeps their order.
   *
   * @param canPublish whether the relay of this process can publish the rows now; if not, they wait for a poll of any process
   */
  async store(manager: EntityManager, canPublish: boolean): Promise<StoredEvents> {
    if (this.events.length === 0) return { stored: [], leased: [], hasUnleased: false };
    const rows = await manager.query<{ id: number; leased: boolean }[]>(
      `INSERT INTO outbox (event_id, event, source, key, body, traceparent, republished, leased_until)
       SELECT event_id, event, $3, key, body, traceparent, republished,
              clock_timestamp() + make_interval(secs => CASE WHEN $6 AND NOT EXISTS (
                SELECT 1 FROM outbox earlier WHERE earlier.key = added.key AND earlier.leased_until < clock_timestamp()
              ) THEN $5 ELSE 0 END)
       FROM unnest($1::uuid[], $2::text[], $7::text[], string_to_array($4, E'\\n')::json[], $8::text[],
                   $9::boolean[]) WITH ORDINALITY AS added (event_id, event, key, body, traceparent, republished, position)
       ORDER BY position
       RETURNING id, leased_until > clock_timestamp() AS leased`,
      [
        this.events.map(({ eventId }) => eventId),
        this.events.map(({ event }) => event),
        this.app,
        // The bodies are sent as one text with a line for each, because JSON text has no line breaks. In an array,
        // every quotation mark in them would have to be escaped.
        this.events.map(({ body }) => body).join('\n'),
        LEASE_SECONDS,
        canPublish,
        this.events.map(({ key }) => key ?? null),
        this.events.map(({ traceparent }) => traceparent),
        this.events.map(({ republished }) => republished),
      ],
    );
    const stored = this.events.map((event, index) => ({ ...event, ...rows[index]!, source: this.app }));
    const leased = stored.filter((row) => row.leased);
    return { stored, leased, hasUnleased: leased.length < stored.length };
  }

  private assertDeclared(event: keyof Events & string, declaration: 'publishedBy' | 'republishedBy') {
    if (this.catalogue[event]?.[declaration].includes(this.app)) return;
    throw new AppError(
      'bug',
      'undeclared_publisher',
      `${event}: ${this.app} is not listed in ${declaration}`,
    );
  }

  private encode(event: keyof Events & string, payload: unknown, republished: boolean, cause?: object) {
    const encoded = encodeEvent(this.catalogue[event]!, payload);
    this.events.push({ ...encoded, republished, traceparent: traceparentOf(traceContextOf(cause)) });
  }
}
