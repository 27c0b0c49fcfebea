import type { SqlClient } from '@estoque/database';
import {
  activeContext,
  inSpan,
  traceparentOf,
  withoutTrace,
  type Logger,
  type Metrics,
} from '@estoque/platform';
import type { Counter } from 'prom-client';
import { correlationOfKey, type EventCatalogue } from '../contract/event.js';
import { publishSpan, TRACEPARENT_HEADER } from '../rabbitmq/message.spans.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import { DeferredDeletion } from './deferred-deletion.js';
import { OutboxClaims } from './outbox.claims.js';
import type { StoredEvent, StoredEvents } from './outbox.js';

const POLL_INTERVAL_MS = 1_000;
const BATCH_SIZE = 500;
/** Maximum number of rows in memory. Further rows stay in the database until a poll picks them up. */
const MAX_PENDING = 5_000;

/**
 * Relay of the transactional outbox, with at-least-once delivery: publishes a row, waits for the publisher confirm,
 * deletes the row.
 *
 * Rows that this process commits are published from memory immediately (`enqueue`). A poll picks up rows of any process
 * that were left by a crash or an outage. No transaction is open while the relay waits for the broker. Batches are
 * published one after the other, so that rows with the same key keep their order. Batches from memory and batches of
 * the poll take turns. Published rows are deleted in batches, up to a second later.
 */
export class OutboxRelay {
  /** Rows in memory that are not being published yet. */
  private readonly pending: StoredEvent[] = [];
  private isPendingScheduled = false;
  /** Settles when the latest batch, and so every earlier one, is finished: batches run one after the other. */
  private lastBatch: Promise<unknown> = Promise.resolve();
  private readonly deletion = new DeferredDeletion((ids) =>
    this.updateRows('DELETE FROM outbox WHERE id = ANY($1)', ids),
  );
  private readonly claims: OutboxClaims;
  private pollTimer?: NodeJS.Timeout;
  private currentPoll?: Promise<void>;
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
    this.claims = new OutboxClaims(sql);
    this.publishedTotal = metrics.counter(
      'estoque_events_published_total',
      'Events that this process published and the broker confirmed',
      { event: Object.keys(catalogue) },
    );
  }

  start() {
    this.publisher.onReady(() => this.schedulePoll(0));
    this.schedulePoll(POLL_INTERVAL_MS);
  }

  /**
   * Whether this process can publish the rows of the next transaction from memory. It can't if too many rows are in memory.
   */
  get ready() {
    return this.publisher.ready && this.pending.length < MAX_PENDING;
  }

  /** Starts to publish rows that were just committed; returns immediately. */
  enqueue({ leased, hasUnleased }: Omit<StoredEvents, 'stored'>) {
    if (hasUnleased && this.publisher.ready) this.schedulePoll(0);
    if (leased.length === 0) return;
    this.pending.push(...leased);
    this.schedulePending();
  }

  /** Publishes the rows in memory, then stops. Rows that can't be published now wait for a poll of any process. */
  async stop() {
    this.stopped = true;
    clearTimeout(this.pollTimer);
    await this.currentPoll;
    while (this.pending.length > 0) await this.lastBatch;
    await this.lastBatch;
    await this.deletion.flush();
  }

  /** @returns the number of events in the outbox, and the age of the oldest one in seconds @param sql as for OutboxClaims */
  measure(sql?: SqlClient): Promise<{ depth: number; lag_seconds: number }> {
    return this.claims.measure(sql);
  }

  /** Runs a batch after all earlier batches. */
  private serialize<Result>(batch: () => Promise<Result>): Promise<Result> {
    const result = this.lastBatch.then(() => withoutTrace(batch));
    this.lastBatch = result.catch(() => undefined);
    return result;
  }

  private schedulePoll(delay: number) {
    clearTimeout(this.pollTimer);
    if (this.stopped) return;
    this.pollTimer = setTimeout(() => {
      this.currentPoll ??= this.poll()
        .catch((error: Error) =>
          this.logger.warn({ reason: error.message }, 'the outbox could not be polled'),
        )
        .finally(() => {
          this.currentPoll = undefined;
          this.schedulePoll(POLL_INTERVAL_MS);
        });
    }, delay).unref();
  }

  /** Publishes the rows in memory, batch by batch. Between two of its batches, a waiting batch of the poll is published. */
  private schedulePending() {
    if (this.isPendingScheduled || this.pending.length === 0) return;
    this.isPendingScheduled = true;
    void this.serialize(async () => {
      this.isPendingScheduled = false;
      await this.publish(this.pending.splice(0, BATCH_SIZE));
      this.schedulePending();
    });
  }

  /** Publishes all waiting rows. Ends early if no row of a batch could be published: most likely the broker refuses all. */
  private async poll() {
    const claimPage = this.claims.startPass();
    for (let more = true; more && !this.stopped && this.publisher.ready;) {
      more = await this.serialize(async () => {
        const { rows, isLast } = await claimPage();
        const published = await this.publish(rows);
        return !isLast && (published > 0 || rows.length === 0);
      });
    }
  }

  /** @returns number of rows that were published */
  private async publish(rows: StoredEvent[]): Promise<number> {
    const unpublishedIds: number[] = [];
    let failure: Error | undefined;
    let published = 0;
    const publishSequence = async (sequence: StoredEvent[]) => {
      for (const [index, row] of sequence.entries()) {
        try {
          await inSpan(
            () => publishSpan(this.exchange, row),
            () => this.publishRow(row),
          );
          this.deletion.schedule(row.id);
          published += 1;
        } catch (error) {
          failure = error as Error;
          const unpublished = [...sequence.slice(index), ...this.removePending(row.key)];
          unpublishedIds.push(...unpublished.map(({ id }) => id));
          return;
        }
      }
    };
    await Promise.all(sequencesByKey(rows).map(publishSequence));
    if (unpublishedIds.length === 0) return published;
    this.logger.warn({ rows: unpublishedIds.length, reason: failure?.message }, 'events wait in the outbox');
    await this.updateRows(
      'UPDATE outbox SET leased_until = clock_timestamp() WHERE id = ANY($1)',
      unpublishedIds,
    );
    return published;
  }

  /** Never rejects. If the update fails, the leases expire and the rows are published again: at-least-once delivery. */
  private async updateRows(sql: string, ids: number[]) {
    try {
      await this.sql.query(sql, [ids]);
    } catch (error) {
      this.logger.warn({ reason: (error as Error).message }, 'the outbox could not be updated');
    }
  }

  /** Removes the rows with a key from memory: they must not overtake an earlier row that could not be published. */
  private removePending(key: string | null | undefined): StoredEvent[] {
    const removed = key ? this.pending.filter((row) => row.key === key) : [];
    for (const row of removed) this.pending.splice(this.pending.indexOf(row), 1);
    return removed;
  }

  private async publishRow(row: StoredEvent) {
    const { eventId, event, source, body } = row;
    const correlation = correlationOfKey(this.catalogue, row);
    const [correlationId] = Object.values(correlation).map(String);
    // The span that publishes the event or, if tracing is disabled in this process, the span that wrote the row.
    const traceparent = traceparentOf(activeContext()) ?? row.traceparent;
    await this.publisher.publish(this.exchange, event, Buffer.from(body), {
      contentType: 'application/json',
      messageId: eventId,
      type: event,
      timestamp: Math.floor(Date.now() / 1_000),
      appId: source,
      correlationId,
      headers: traceparent === null ? undefined : { [TRACEPARENT_HEADER]: traceparent },
    });
    this.publishedTotal.labels(event).inc();
    this.logger.info({ event, ...correlation, event_id: eventId }, 'published');
  }
}

/**
 * Splits rows into sequences, one for each key. The rows of a sequence are published one after the other, the sequences
 * in parallel. A row without a key forms its own sequence.
 */
function sequencesByKey(rows: StoredEvent[]): StoredEvent[][] {
  const sequences = new Map<string | number, StoredEvent[]>();
  for (const row of rows) {
    const key = row.key ?? row.id;
    const sequence = sequences.get(key);
    if (sequence) sequence.push(row);
    else sequences.set(key, [row]);
  }
  return [...sequences.values()];
}
