import type { SqlClient } from '@estoque/database';
import { AppError } from '@estoque/platform';
import type { Options } from 'amqplib';
import { createHash } from 'node:crypto';
import type { Publisher } from '../rabbitmq/publisher.js';
import { HOME_QUEUE_HEADER, UNROUTED_QUEUE, type Topology } from '../rabbitmq/topology.js';
import type { DeadLetter, DeadLetterAction, DeadLetterState } from './dead-letter.entity.js';

/** A message as it arrived in the dead-letter queue. */
export interface NewDeadLetter {
  queue: string;
  routingKey: string;
  reason: string;
  error: string;
  attempts: number;
  properties: Options.Publish;
  headers: Record<string, unknown>;
  body: Buffer;
  subject: Subject;
}

/** Name and value of the field that an event correlates by: `{order_id: 12}`. Empty if it is unknown. */
export type Subject = Record<string, unknown>;

/** A dead letter matches if it matches all filters that are set. */
export interface DeadLetterFilter {
  state?: DeadLetterState;
  queue?: string;
  event?: string;
  reason?: string;
  subject?: Subject;
}

export class DeadLetterNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'dead_letter_not_found', `There is no dead letter ${id}.`);
  }
}

/** It is replayed or discarded already. */
export class DeadLetterClosed extends AppError {
  constructor(id: number, state: DeadLetterState) {
    super('conflict', 'dead_letter_closed', `Dead letter ${id} is ${state} already.`);
  }
}

/** Dead letters that one call of `actOnAll` processes at most. */
export const MAX_PER_CALL = 1_000;
/** A longer subject is not stored: values of an external client must not exceed what an index entry can hold. */
const MAX_SUBJECT_LENGTH = 500;

const LISTED_COLUMNS = 'id, queue, event, reason, error, attempts, state, times, first_seen, last_seen';
/** For parameters $1 to $4, as `filterParameters` returns them. */
const MATCHES_FILTER = `($1::text IS NULL OR queue = $1) AND ($2::text IS NULL OR event = $2)
         AND ($3::text IS NULL OR reason = $3) AND ($4::text IS NULL OR subject = $4)`;

/** Writes `dead_letters` and `dead_letter_actions`; lists, replays and discards dead letters. */
export class DeadLetters {
  constructor(
    private readonly sql: SqlClient,
    private readonly publisher: Publisher,
    private readonly topology: Topology,
  ) {}

  /** Stores a dead letter. The same message again (delivered twice, or replayed and failed) opens the same row again. */
  async record(deadLetter: NewDeadLetter) {
    const { queue, routingKey, reason, error, attempts, properties, headers, body, subject } = deadLetter;
    const identity = [queue, routingKey, String(properties.messageId ?? ''), ''].join('\0');
    await this.sql.query(
      `INSERT INTO dead_letters
         (fingerprint, queue, event, reason, error, attempts, properties, headers, body, subject)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (fingerprint) DO UPDATE SET
         reason = excluded.reason, error = excluded.error, attempts = excluded.attempts, state = 'open',
         times = dead_letters.times + 1, last_seen = clock_timestamp()`,
      [
        createHash('sha256').update(identity).update(body).digest('hex'),
        toStorableText(queue),
        toStorableText(routingKey),
        toStorableText(reason),
        toStorableText(error),
        attempts,
        JSON.stringify({ ...properties, routingKey }),
        JSON.stringify(headers),
        body,
        subjectColumn(subject),
      ],
    );
  }

  /** Newest first, without headers and bodies. @param page `before`: only dead letters with a smaller id */
  list(filter: DeadLetterFilter, page: { before?: number; limit: number }): Promise<DeadLetter[]> {
    return this.sql.query<DeadLetter>(
      `SELECT ${LISTED_COLUMNS} FROM dead_letters
       WHERE ${MATCHES_FILTER} AND ($5::text IS NULL OR state = $5) AND ($6::bigint IS NULL OR id < $6)
       ORDER BY id DESC LIMIT $7`,
      [...filterParameters(filter), filter.state ?? null, page.before ?? null, page.limit],
    );
  }

  /** With headers, body and actions, oldest action first. @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetter & { actions: DeadLetterAction[] }> {
    const [deadLetter] = await this.sql.query<DeadLetter>('SELECT * FROM dead_letters WHERE id = $1', [id]);
    if (!deadLetter) throw new DeadLetterNotFound(id);
    const actions = await this.sql.query<DeadLetterAction>(
      'SELECT * FROM dead_letter_actions WHERE dead_letter_id = $1 ORDER BY id',
      [id],
    );
    return { ...deadLetter, actions };
  }

  async countOpen(): Promise<number> {
    const [row] = await this.sql.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM dead_letters WHERE state = 'open'`,
    );
    return row!.count;
  }

  /**
   * Publishes an open dead letter as the publisher sent it, to the queue that it was consumed from and to no other, and
   * with all attempts.
   *
   * @param actor goes on record
   * @throws DeadLetterNotFound, DeadLetterClosed, and AppError `broker_unavailable`: it stays open
   */
  async replay(id: number, actor: string) {
    const deadLetter = await this.getOpen(id);
    const { routingKey, ...properties } = reviveBuffers(deadLetter.properties);
    const wasUnrouted = deadLetter.queue === UNROUTED_QUEUE;
    const homeQueue = wasUnrouted ? {} : { [HOME_QUEUE_HEADER]: deadLetter.queue };
    const exchange = wasUnrouted ? this.topology.events : this.topology.return;
    await this.publisher.publish(exchange, routingKey, deadLetter.body, {
      ...properties,
      messageId: String(properties.messageId ?? crypto.randomUUID()),
      headers: { ...reviveBuffers(deadLetter.headers), ...homeQueue },
    });
    await this.recordAction(deadLetter, 'replayed', actor);
  }

  /** Closes an open dead letter without a replay; its row stays. @throws DeadLetterNotFound, DeadLetterClosed */
  async discard(id: number, actor: string) {
    await this.recordAction(await this.getOpen(id), 'discarded', actor);
  }

  /**
   * Replays or discards open dead letters that match the filter, oldest first, at most MAX_PER_CALL.
   *
   * @returns the number that this call processed, and the number of matching open ones that remain
   * @throws AppError `broker_unavailable` for a replay; those processed until then stay closed
   */
  async actOnAll(
    action: 'replay' | 'discard',
    filter: Omit<DeadLetterFilter, 'state'>,
    actor: string,
  ): Promise<{ done: number; remaining: number }> {
    const rows = await this.sql.query<{ id: number; total: number }>(
      `SELECT id, count(*) OVER ()::int AS total FROM dead_letters
       WHERE ${MATCHES_FILTER} AND state = 'open'
       ORDER BY id LIMIT $5`,
      [...filterParameters(filter), MAX_PER_CALL],
    );
    for (const { id } of rows) {
      await this[action](id, actor).catch((error: unknown) => {
        // Another caller has closed it meanwhile.
        if (!(error instanceof DeadLetterClosed)) throw error;
      });
    }
    return { done: rows.length, remaining: (rows[0]?.total ?? 0) - rows.length };
  }

  private async getOpen(id: number): Promise<DeadLetter> {
    const deadLetter = await this.get(id);
    if (deadLetter.state !== 'open') throw new DeadLetterClosed(id, deadLetter.state);
    return deadLetter;
  }

  /** Records the action and closes the dead letter. It stays open if it was replayed and has failed again already. */
  private async recordAction({ id, times }: DeadLetter, action: DeadLetterAction['action'], actor: string) {
    await this.sql.query(
      `WITH closed AS (
         UPDATE dead_letters SET state = CASE WHEN times = $2 THEN $3 ELSE state END
         WHERE id = $1 AND state = 'open' RETURNING id
       )
       INSERT INTO dead_letter_actions (dead_letter_id, action, actor) SELECT id, $3, $4 FROM closed`,
      [id, times, action, actor],
    );
  }
}

function filterParameters({ queue, event, reason, subject }: DeadLetterFilter): (string | null)[] {
  return [queue ?? null, event ?? null, reason ?? null, subject ? JSON.stringify(subject) : null];
}

/** The value to store: null if the subject is empty or too long. */
function subjectColumn(subject: Subject): string | null {
  const json = JSON.stringify(subject);
  return json === '{}' || json.length > MAX_SUBJECT_LENGTH ? null : json;
}

/** Replaces NUL, which PostgreSQL can't store in text, and shortens the text. */
const toStorableText = (text: string) => text.replaceAll('\0', '\u2400').slice(0, 4_000);

/** Restores Buffers among properties and headers, which JSON has stored as `{type: 'Buffer', data: [...]}`. */
function reviveBuffers<Values extends object>(values: Values): Values {
  return JSON.parse(JSON.stringify(values), (_key, value: unknown) => {
    const { type, data } = (value ?? {}) as { type?: string; data?: number[] };
    return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data) : value;
  }) as Values;
}
