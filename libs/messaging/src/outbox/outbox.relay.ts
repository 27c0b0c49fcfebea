import type { SqlClient } from '@estoque/database';
import {
  activeContext,
  withoutTrace,
  inSpan,
  traceparentOf,
  type Logger,
  type Metrics,
} from '@estoque/platform';
import type { Counter } from 'prom-client';
import { correlationOfKey, type EventCatalogue } from '../contract/event.js';
import { publishSpan, TRACEPARENT_HEADER } from '../rabbitmq/message.spans.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import { LEASE_SECONDS, type StoredEvent, type StoredEvents } from './outbox.js';

const SWEEP_EVERY_MS = 1_000;
const BATCH = 500;
/** A crash publishes what was published in this time once more. */
const DELETE_EVERY_MS = 1_000;
/** So many are deleted at once, however early. */
const DELETE_AT = 500;
/** Rows kept in memory to be published; what comes on top waits in the database for the sweep. */
const MAX_PENDING = 5_000;
/** Sweeps of all processes take turns at choosing rows, or two events of one order might go by two ways. */
const CLAIM_LOCK = 7_346_002;

/**
 * Brings outbox rows to the broker, at least once: publish, wait for the confirm, delete the row.
 * Rows of this process come from memory right after their commit; a slow sweep picks up what a crash
 * or an outage left, of any process. No transaction is open while it waits for the broker, and one batch
 * follows the other, so that events of one subject keep their order. Rows are deleted beside that, many at once, a moment later.
 */
export class OutboxRelay {
  private readonly pending: StoredEvent[] = [];
  /** The batches, one after the other. */
  private turn: Promise<unknown> = Promise.resolve();
  /** Rows that are published and not deleted yet. */
  private published: number[] = [];
  private deletionTimer?: NodeJS.Timeout;
  private deletion: Promise<unknown> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private polling?: Promise<void>;
  private stopped = false;
  private readonly publishedTotal: Counter<'event'>;

  constructor(
    private readonly publisher: Publisher,
    private readonly exchange: string,
    private readonly catalogue: EventCatalogue,
    private readonly sql: SqlClient,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.publishedTotal = metrics.counter(
      'estoque_events_published_total',
      'Events that this process brought to the broker, confirmed by it',
      { event: Object.keys(catalogue) },
    );
  }

  start() {
    this.publisher.onReady(() => this.schedulePoll(0));
    this.schedulePoll(SWEEP_EVERY_MS);
  }

  /** Whether rows just committed can be taken: the broker is there, and memory stays bounded. */
  get ready() {
    return this.publisher.ready && this.pending.length < MAX_PENDING;
  }

  /** Takes rows just committed; returns at once. */
  enqueue({ leased, waiting }: StoredEvents) {
    if (waiting && this.publisher.ready) this.schedulePoll(0);
    if (leased.length === 0) return;
    if (this.pending.push(...leased) > leased.length) return;
    void this.serialize(async () => {
      while (this.pending.length > 0) await this.publish(this.pending.splice(0, BATCH));
    });
  }

  /** Publishes what is in memory, then stops; what can't be published now is left to the next sweep of any process. */
  async stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.polling;
    await this.turn;
    await this.deletePublished();
  }

  /** How many events wait, and for how many seconds the oldest does. */
  async measure(): Promise<{ depth: number; lag_seconds: number }> {
    const [row] = await this.sql.query<{ depth: number; lag_seconds: number }>(
      `SELECT count(*)::int AS depth,
              coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS lag_seconds FROM outbox`,
    );
    return row!;
  }

  private serialize<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.turn.then(() => withoutTrace(work));
    this.turn = done.catch(() => undefined);
    return done;
  }

  private schedulePoll(delay: number) {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.polling ??= this.poll()
        .catch((error: Error) =>
          this.logger.warn({ reason: error.message }, 'the outbox could not be polled'),
        )
        .finally(() => {
          this.polling = undefined;
          this.schedulePoll(SWEEP_EVERY_MS);
        });
    }, delay).unref();
  }

  private async poll() {
    for (let more = true; more && !this.stopped && this.publisher.ready;) {
      more = await this.serialize(async () => {
        const rows = await this.claim();
        return rows.length > 0 && (await this.publish(rows));
      });
    }
  }

  /**
   * Waiting rows with none before them that somebody else is publishing. `= ANY(ARRAY(...))` evaluates the inner
   * query once whatever the plan; with IN and a stale plan it was run for each row.
   */
  private async claim(): Promise<StoredEvent[]> {
    const rows = await this.sql.queryWithAdvisoryLock<StoredEvent>(
      CLAIM_LOCK,
      `UPDATE outbox SET leased_until = clock_timestamp() + make_interval(secs => $1)
       WHERE id = ANY(ARRAY(
         SELECT id FROM outbox waiting WHERE leased_until < clock_timestamp() AND NOT EXISTS (
           SELECT 1 FROM outbox earlier
           WHERE earlier.key = waiting.key AND earlier.id < waiting.id AND earlier.leased_until >= clock_timestamp())
         ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING id, event_id AS "eventId", event, source, key, body::text AS body, traceparent`,
      [LEASE_SECONDS, BATCH],
    );
    return rows.sort((a, b) => a.id - b.id);
  }

  /** @returns whether all rows reached a queue */
  private async publish(rows: StoredEvent[]): Promise<boolean> {
    const left: number[] = [];
    let failure: Error | undefined;
    const publishLane = async (lane: StoredEvent[]) => {
      for (const [index, row] of lane.entries()) {
        try {
          await inSpan(
            () => publishSpan(this.exchange, row),
            () => this.publishOne(row),
          );
          this.deleteSoon(row.id);
        } catch (error) {
          failure = error as Error;
          left.push(...[...lane.slice(index), ...this.takePending(row.key)].map(({ id }) => id));
          return;
        }
      }
    };
    await Promise.all(sequencesByKey(rows).map(publishLane));
    if (left.length === 0) return true;
    this.logger.warn({ rows: left.length, reason: failure?.message }, 'events wait in the outbox');
    await this.update('UPDATE outbox SET leased_until = clock_timestamp() WHERE id = ANY($1)', left);
    return false;
  }

  /** Nobody waits for it, and each deletion is a commit: they are gathered. */
  private deleteSoon(id: number) {
    if (this.published.push(id) >= DELETE_AT) void this.deletePublished();
    else this.deletionTimer ??= setTimeout(() => void this.deletePublished(), DELETE_EVERY_MS);
  }

  private deletePublished(): Promise<unknown> {
    clearTimeout(this.deletionTimer);
    this.deletionTimer = undefined;
    const ids = this.published;
    this.published = [];
    if (ids.length > 0)
      this.deletion = this.deletion.then(() => this.update('DELETE FROM outbox WHERE id = ANY($1)', ids));
    return this.deletion;
  }

  /** Where it fails, the lease runs out and the rows are published once more: at least once. */
  private async update(sql: string, ids: number[]) {
    try {
      await this.sql.query(sql, [ids]);
    } catch (error) {
      this.logger.warn({ reason: (error as Error).message }, 'the outbox could not be updated');
    }
  }

  /** Younger rows of a subject whose event could not be published wait with it. */
  private takePending(key: string | null | undefined): StoredEvent[] {
    const taken = key ? this.pending.filter((row) => row.key === key) : [];
    for (const row of taken) this.pending.splice(this.pending.indexOf(row), 1);
    return taken;
  }

  private async publishOne(row: StoredEvent) {
    const { eventId, event, source, body } = row;
    const correlation = correlationOfKey(this.catalogue, row);
    const [correlationId] = Object.values(correlation).map(String);
    await this.publisher.publish(this.exchange, event, Buffer.from(body), {
      contentType: 'application/json',
      messageId: eventId,
      type: event,
      timestamp: Math.floor(Date.now() / 1_000),
      appId: source,
      correlationId,
      // Of the publishing itself; where this process doesn't trace, of whoever wrote the row.
      headers: headersOf(traceparentOf(activeContext()) ?? row.traceparent),
    });
    this.publishedTotal.labels(event).inc();
    this.logger.info({ event, ...correlation, event_id: eventId }, 'published');
  }
}

const headersOf = (traceparent: string | null) =>
  traceparent === null ? undefined : { [TRACEPARENT_HEADER]: traceparent };

/** Rows of one key in a lane, to be published one after the other; lanes go side by side. */
function sequencesByKey(rows: StoredEvent[]): StoredEvent[][] {
  const lanes = new Map<string | number, StoredEvent[]>();
  for (const row of rows) {
    const key = row.key ?? row.id;
    const lane = lanes.get(key);
    if (lane) lane.push(row);
    else lanes.set(key, [row]);
  }
  return [...lanes.values()];
}
