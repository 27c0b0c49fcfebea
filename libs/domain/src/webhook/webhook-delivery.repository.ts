import type { EntityManager } from 'typeorm';
import type { Pruned } from '../retention/prune-in-batches.js';
import { WebhookDeliveryNotFound, WebhookReplayTooLarge } from './webhook.errors.js';

/** Longer than a request may take (15 s), so that no other process sends the event meanwhile. */
const LEASE_SECONDS = 30;
/** Maximum number of events of one replay. */
const MAX_REPLAYED_EVENTS = 10_000;
/** The others wait until their next attempt is due, for an hour at most. */
const MAX_RETRIED = 10_000;
/** Time for which an event is retried. */
const GIVE_UP_HOURS = 72;

export const WEBHOOK_DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type WebhookDeliveryState = (typeof WEBHOOK_DELIVERY_STATES)[number];

/** An event that is or was sent to an endpoint. */
export interface WebhookDelivery {
  id: number;
  endpoint_id: number;
  event_id: string;
  event: string;
  order_id: number | null;
  /** `failed`: not accepted for three days. */
  state: WebhookDeliveryState;
  attempts: number;
  /** Earliest time of the next attempt. */
  due_at: Date;
  created_at: Date;
  ended_at: Date | null;
}

/** A delivery with the body of its request, as text, and the trace context of the change that caused the event. */
export type DueDelivery = WebhookDelivery & { body: string; traceparent: string | null };

/** One request to an endpoint. */
export interface WebhookAttempt {
  at: Date;
  duration_ms: number;
  url: string;
  /** HTTP status, or null if there was no answer. */
  status: number | null;
  /** The beginning of the body of the answer, or null. */
  answer: string | null;
  /** Why the attempt failed, or null. */
  error: string | null;
}

const COLUMNS = `delivery.id, endpoint_id, event_id, event, delivery.order_id, state, attempts, due_at,
  delivery.created_at, ended_at`;
/** OFFSET 0 makes every plan look up the event of each delivery, instead of reading all events. */
const WITH_EVENT = `CROSS JOIN LATERAL (
  SELECT event_id, event, body, traceparent FROM webhook_events WHERE id = webhook_event_id OFFSET 0) AS event`;

/** Writes `webhook_deliveries` and `webhook_attempts`, and deletes `webhook_events`, which a trigger writes. */
export class WebhookDeliveryRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Leases deliveries that are due, at most one of each order: the earliest that was not delivered. Concurrent processes
   * claim different ones.
   */
  async claimDue(endpointId: number, limit: number): Promise<DueDelivery[]> {
    const [rows] = await this.manager.query<[DueDelivery[], number]>(
      `UPDATE webhook_deliveries delivery SET due_at = clock_timestamp() + make_interval(secs => $3)
       FROM webhook_events event
       WHERE event.id = webhook_event_id AND delivery.id = ANY(ARRAY(
         SELECT id FROM webhook_deliveries due
         WHERE endpoint_id = $1 AND state = 'pending' AND due_at <= clock_timestamp()
           AND NOT EXISTS (SELECT FROM webhook_deliveries earlier
                           WHERE earlier.endpoint_id = $1 AND earlier.state = 'pending'
                             AND earlier.order_id = due.order_id AND earlier.id < due.id)
         ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING ${COLUMNS}, body::text AS body, traceparent`,
      [endpointId, limit, LEASE_SECONDS],
    );
    return rows.sort((one, other) => one.id - other.id);
  }

  async recordAttempt(id: number, { at, duration_ms, url, status, answer, error }: WebhookAttempt) {
    await this.manager.query(
      `INSERT INTO webhook_attempts (delivery_id, at, duration_ms, url, status, answer, error)
       SELECT id, $2, $3, $4, $5, $6, $7 FROM webhook_deliveries WHERE id = $1`,
      [id, at, duration_ms, url, status, answer, error],
    );
  }

  async markDelivered(id: number) {
    await this.manager.query(
      `UPDATE webhook_deliveries SET state = 'delivered', attempts = attempts + 1, ended_at = clock_timestamp()
       WHERE id = $1`,
      [id],
    );
  }

  /**
   * The next attempt is in `seconds`, or never if the event has been waiting for three days, in which the endpoint was
   * enabled. Later events of the order are
   * due at the same time, so that no search finds them before.
   *
   * @returns the state, or undefined if another process has recorded an outcome meanwhile
   */
  async defer(id: number, seconds: number): Promise<WebhookDeliveryState | undefined> {
    const isOver = `clock_timestamp() - make_interval(hours => ${GIVE_UP_HOURS}) > greatest(created_at,
      (SELECT enabled_at FROM webhook_endpoints endpoint WHERE endpoint.id = endpoint_id))`;
    const [deferred] = await this.manager.query<{ state: WebhookDeliveryState }[]>(
      `WITH deferred AS (
         UPDATE webhook_deliveries SET attempts = attempts + 1,
                due_at = clock_timestamp() + make_interval(secs => $2),
                state = CASE WHEN ${isOver} THEN 'failed' ELSE 'pending' END,
                ended_at = CASE WHEN ${isOver} THEN clock_timestamp() END
         WHERE id = $1 AND state = 'pending' RETURNING id, endpoint_id, order_id, due_at, state
       ), later AS (
         UPDATE webhook_deliveries later SET due_at = deferred.due_at FROM deferred
         WHERE deferred.state = 'pending' AND later.order_id = deferred.order_id
           AND later.endpoint_id = deferred.endpoint_id AND later.id > deferred.id AND later.state = 'pending'
       )
       SELECT state FROM deferred`,
      [id, seconds],
    );
    return deferred?.state;
  }

  /** Sends the deliveries soon that wait for another attempt, at most 10,000 of them. */
  async retrySoon(endpointId: number) {
    await this.manager.query(
      `UPDATE webhook_deliveries SET due_at = clock_timestamp() WHERE id = ANY(ARRAY(
         SELECT id FROM webhook_deliveries
         WHERE endpoint_id = $1 AND state = 'pending' AND due_at > clock_timestamp()
         LIMIT ${MAX_RETRIED} FOR UPDATE SKIP LOCKED))`,
      [endpointId],
    );
  }

  /**
   * Lists deliveries to an endpoint, newest first. The comparison of rows leaves one index for each filter. An order has few
   * deliveries, so their state needs no index.
   */
  list(endpointId: number, { state, orderId, before, limit }: DeliveryFilter): Promise<WebhookDelivery[]> {
    const values = {
      endpoint_id: endpointId,
      ...(orderId === undefined ? { state } : { order_id: orderId }),
    };
    const filter = Object.entries(values).filter(([, value]) => value !== undefined);
    const columns = orderId === undefined ? filter : filter.toReversed();
    const names = [...columns.map(([name]) => name), 'id'];
    const parameters = columns.map((_column, index) => `$${index + 5}`).join(', ');
    return this.manager.query<WebhookDelivery[]>(
      `SELECT ${COLUMNS} FROM (
         SELECT * FROM webhook_deliveries
         WHERE (${names.join(', ')}) < (${parameters}, $1) AND (${names.join(', ')}) > (${parameters}, $2)
           AND state = coalesce($3, state)
         ORDER BY ${names.map((name) => `${name} DESC`).join(', ')} LIMIT $4) AS delivery ${WITH_EVENT}
       ORDER BY delivery.id DESC`,
      [before ?? Number.MAX_SAFE_INTEGER, 0, state ?? null, limit, ...columns.map(([, value]) => value)],
    );
  }

  /** @throws WebhookDeliveryNotFound */
  async get(endpointId: number, id: number): Promise<DueDelivery> {
    const [delivery] = await this.manager.query<DueDelivery[]>(
      `SELECT ${COLUMNS}, body::text AS body, traceparent FROM webhook_deliveries delivery ${WITH_EVENT}
       WHERE endpoint_id = $1 AND delivery.id = $2`,
      [endpointId, id],
    );
    if (!delivery) throw new WebhookDeliveryNotFound(id);
    return delivery;
  }

  /** @returns the last attempts of a delivery, newest first */
  attempts(id: number, limit: number): Promise<WebhookAttempt[]> {
    return this.manager.query<WebhookAttempt[]>(
      `SELECT at, duration_ms, url, status, answer, error FROM webhook_attempts
       WHERE delivery_id = $1 ORDER BY id DESC LIMIT $2`,
      [id, limit],
    );
  }

  /**
   * Sends the event of a delivery again.
   *
   * @param endpointId endpoint, locked
   * @returns the number of events: 0 if it still waits
   * @throws WebhookDeliveryNotFound
   */
  async replay(endpointId: number, id: number): Promise<number> {
    const [delivery] = await this.manager.query<{ webhook_event_id: number }[]>(
      'SELECT webhook_event_id FROM webhook_deliveries WHERE endpoint_id = $1 AND id = $2',
      [endpointId, id],
    );
    if (!delivery) throw new WebhookDeliveryNotFound(id);
    return this.add(endpointId, [delivery.webhook_event_id]);
  }

  /**
   * Sends the events of a period of time again that the endpoint has chosen. Those that still wait are left out.
   *
   * @param endpointId endpoint, locked
   * @returns the number of events
   * @throws WebhookReplayTooLarge
   */
  async replayRange(endpointId: number, from: Date, to: Date): Promise<number> {
    // Without a sequence, so that no more than the maximum is read.
    const events = await this.manager.query<{ id: number }[]>(
      `SELECT id FROM webhook_events
       WHERE event = ANY((SELECT events FROM webhook_endpoints WHERE id = $1)::text[])
         AND created_at >= $2 AND created_at < $3 LIMIT $4`,
      [endpointId, from, to, MAX_REPLAYED_EVENTS + 1],
    );
    if (events.length > MAX_REPLAYED_EVENTS) throw new WebhookReplayTooLarge(MAX_REPLAYED_EVENTS);
    return this.add(
      endpointId,
      events.map(({ id }) => id),
    );
  }

  /** Adds a delivery of each event to the endpoint, in their sequence. @returns the number of those that did not wait */
  private async add(endpointId: number, eventIds: number[]): Promise<number> {
    const added = await this.manager.query<unknown[]>(
      `INSERT INTO webhook_deliveries (endpoint_id, webhook_event_id, order_id)
       SELECT $1, id, order_id FROM webhook_events event
       WHERE id = ANY($2) AND NOT EXISTS (
         SELECT FROM webhook_deliveries WHERE webhook_event_id = event.id AND endpoint_id = $1 AND state = 'pending')
       ORDER BY id RETURNING id`,
      [endpointId, eventIds],
    );
    return added.length;
  }

  /** @returns the number of deliveries to enabled endpoints that wait, up to `max` of each, and the age of the oldest one in seconds */
  async waiting(max: number): Promise<{ count: number; oldestSeconds: number }> {
    const [row] = await this.manager.query<[{ count: number; oldest: number }]>(
      `SELECT coalesce(sum(waiting.count), 0)::int AS count,
              coalesce(extract(epoch FROM clock_timestamp() - min(waiting.created_at)), 0)::float8 AS oldest
       FROM webhook_endpoints endpoint CROSS JOIN LATERAL (
         SELECT count(*), min(created_at) AS created_at FROM (
           SELECT created_at FROM webhook_deliveries
           WHERE endpoint_id = endpoint.id AND state = 'pending' ORDER BY id LIMIT $1) AS earliest) AS waiting
       WHERE endpoint.state = 'enabled'`,
      [max],
    );
    return { count: row.count, oldestSeconds: row.oldest };
  }

  /** Deletes events that are older than `days`, with their deliveries. Concurrent calls delete different ones. */
  async prune(days: number, { from, limit }: { from: number; limit: number }): Promise<Pruned<number>> {
    const [pruned] = await this.manager.query<[Pruned<number>]>(
      `WITH pruned AS (
         DELETE FROM webhook_events WHERE id = ANY(ARRAY(
           SELECT id FROM webhook_events
           WHERE id = ANY(ARRAY(SELECT id FROM webhook_events WHERE id >= $2 ORDER BY id LIMIT $3))
             AND created_at < clock_timestamp() - make_interval(days => $1)
           ORDER BY id FOR UPDATE SKIP LOCKED))
         RETURNING id
       )
       SELECT count(*)::integer AS count, max(id) AS last FROM pruned`,
      [days, from, limit],
    );
    return pruned;
  }

  /** Erases the answers of receivers to events of these orders, which may contain anything. */
  async eraseAnswers(orderIds: number[]) {
    await this.manager.query(
      `UPDATE webhook_attempts SET answer = NULL
       WHERE answer IS NOT NULL AND delivery_id = ANY(ARRAY(SELECT id FROM webhook_deliveries WHERE order_id = ANY($1)))`,
      [orderIds],
    );
  }
}

export interface DeliveryFilter {
  state?: WebhookDeliveryState;
  orderId?: number;
  /** Only deliveries with a lower id. */
  before?: number;
  limit: number;
}
