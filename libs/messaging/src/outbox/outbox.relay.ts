import type { Logger } from '@estoque/platform';
import { correlationOf, type EventCatalogue } from '../contract/event.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import { LEASE_SECONDS, type StoredEvent } from './outbox.js';

/** Runs one statement. */
export type Query = <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;

const SWEEP_EVERY_MS = 1_000;
const BATCH = 200;
/** Rows kept in memory to be published; what comes on top waits in the database for the sweep. */
const MOST_PENDING = 1_000;

/**
 * Brings outbox rows to the broker, at least once: publish, wait for the confirm, delete the row.
 * Rows of this process come from memory right after their commit; a slow sweep picks up what a crash
 * or an outage left, of any process. No transaction is open while it waits for the broker.
 */
export class OutboxRelay {
  private readonly pending: StoredEvent[] = [];
  private publishing?: Promise<void>;
  private timer?: NodeJS.Timeout;
  private sweeping?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly publisher: Publisher,
    private readonly exchange: string,
    private readonly catalogue: EventCatalogue,
    private readonly query: Query,
    private readonly logger: Logger,
  ) {}

  start() {
    this.publisher.onReady(() => this.sweepSoon(0));
    this.sweepSoon(SWEEP_EVERY_MS);
  }

  /** Takes rows just committed; returns at once. */
  wake(rows: StoredEvent[]) {
    // While the broker is away the rows are safe where they are, and memory stays bounded.
    if (!this.publisher.ready || this.pending.length + rows.length > MOST_PENDING) return;
    this.pending.push(...rows);
    this.publishing ??= this.publishPending().finally(() => (this.publishing = undefined));
  }

  /** Publishes what is in memory, then stops; what can't be published now is left to the next sweep of any process. */
  async stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.allSettled([this.publishing, this.sweeping]);
  }

  private async publishPending() {
    while (this.pending.length > 0) await this.publish(this.pending.splice(0, BATCH));
  }

  private sweepSoon(delay: number) {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.sweeping ??= this.sweep()
        .catch((error: Error) => this.logger.warn({ reason: error.message }, 'the outbox could not be swept'))
        .finally(() => {
          this.sweeping = undefined;
          this.sweepSoon(SWEEP_EVERY_MS);
        });
    }, delay).unref();
  }

  private async sweep() {
    while (!this.stopped && this.publisher.ready) {
      const rows = await this.claim();
      if (rows.length === 0) return;
      if (!(await this.publish(rows))) return;
    }
  }

  /**
   * Rows whose lease ran out. `= ANY(ARRAY(...))` evaluates the inner query once whatever the plan; with
   * IN and a stale plan it was run for each row. SKIP LOCKED lets several relays share the work.
   */
  private async claim(): Promise<StoredEvent[]> {
    const rows = await this.query<StoredEvent>(
      `UPDATE outbox SET leased_until = clock_timestamp() + make_interval(secs => $1)
       WHERE id = ANY(ARRAY(
         SELECT id FROM outbox WHERE leased_until < clock_timestamp() ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING id, event_id AS "eventId", event, source, body::text AS body`,
      [LEASE_SECONDS, BATCH],
    );
    return rows.sort((a, b) => a.id - b.id);
  }

  /** @returns whether all rows reached a queue */
  private async publish(rows: StoredEvent[]): Promise<boolean> {
    const results = await Promise.allSettled(rows.map((row) => this.publishOne(row)));
    const [done, left] = [
      rows.filter((_, i) => results[i]!.status === 'fulfilled'),
      rows.filter((_, i) => results[i]!.status === 'rejected'),
    ];
    // Where these statements fail, the lease runs out and the rows are published once more: at least once.
    try {
      if (done.length > 0)
        await this.query('DELETE FROM outbox WHERE id = ANY($1)', [done.map(({ id }) => id)]);
      if (left.length > 0) {
        const failure = results.find((result) => result.status === 'rejected');
        this.logger.warn(
          { rows: left.length, reason: (failure!.reason as Error).message },
          'events wait in the outbox',
        );
        await this.query('UPDATE outbox SET leased_until = clock_timestamp() WHERE id = ANY($1)', [
          left.map(({ id }) => id),
        ]);
      }
    } catch (error) {
      this.logger.warn({ reason: (error as Error).message }, 'the outbox could not be updated');
      return false;
    }
    return left.length === 0;
  }

  private async publishOne({ eventId, event, source, body }: StoredEvent) {
    const correlation = correlationOf(this.catalogue, event, JSON.parse(body) as Record<string, unknown>);
    const [correlationId] = Object.values(correlation).map(String);
    await this.publisher.publish(this.exchange, event, Buffer.from(body), {
      contentType: 'application/json',
      messageId: eventId,
      type: event,
      timestamp: Math.floor(Date.now() / 1_000),
      appId: source,
      correlationId,
    });
    this.logger.info({ event, ...correlation, event_id: eventId }, 'published');
  }
}
