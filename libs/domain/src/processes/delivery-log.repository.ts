import type { IneffectiveDelivery } from '@estoque/messaging';

/** About 20 MB. */
export const MAX_LOGGED_DELIVERIES = 100_000;
/** Any client can publish a message with any id, for example an address. */
const VALID_ID = /^[\w-]{1,100}$/;

interface Sql {
  query<Row>(sql: string, parameters: unknown[]): Promise<Row[]>;
}

/** Writes `delivery_log`: the latest deliveries of messages about orders that had no effect. It has no personal data. */
export class DeliveryLogRepository {
  constructor(private readonly sql: Sql) {}

  /** Stores the deliveries, and deletes all but the newest 100,000. */
  async add(process: number, deliveries: IneffectiveDelivery[]) {
    await this.sql.query(
      `WITH pruned AS (
         DELETE FROM delivery_log WHERE id <= (SELECT max(id) FROM delivery_log) - ${MAX_LOGGED_DELIVERIES}
       )
       INSERT INTO delivery_log (order_id, queue, event, event_id, outcome, code, attempt, process, started_at, ended_at)
       SELECT order_id, queue, event, event_id, outcome, code, attempt, $1, started_at, ended_at
       FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[],
                   $9::timestamptz[], $10::timestamptz[])
            AS delivery (order_id, queue, event, event_id, outcome, code, attempt, started_at, ended_at)`,
      [
        process,
        deliveries.map(({ correlation }) => correlation.order_id),
        deliveries.map(({ queue }) => queue),
        deliveries.map(({ event }) => event),
        deliveries.map(({ eventId = '' }) => (VALID_ID.test(eventId) ? eventId : null)),
        deliveries.map(({ outcome }) => outcome),
        deliveries.map(({ code }) => code),
        deliveries.map(({ attempt }) => attempt),
        deliveries.map(({ startedAt }) => startedAt),
        deliveries.map(({ endedAt }) => endedAt),
      ],
    );
  }
}
