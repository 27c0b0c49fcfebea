import type { SqlClient } from '@estoque/database';
import { AppError } from '@estoque/platform';
import type { Options } from 'amqplib';
import { createHash } from 'node:crypto';
import type { Publisher } from '../rabbitmq/publisher.js';
import { HOME_QUEUE_HEADER, UNROUTED_QUEUE, type Topology } from '../rabbitmq/topology.js';
import type { DeadLetter, DeadLetterAction, DeadLetterState } from './dead-letter.entity.js';

/** A message of the dead letter queue, ready to be stored. */
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

/** Correlation of the event: `{order_id: 12}`. Empty if it is unknown. */
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

/** The dead letter is already replayed or discarded. */
export class DeadLetterClosed extends AppError {
  constructor(id: number, state: DeadLetterState) {
    super('conflict', 'dead_letter_closed', `Dead letter ${id} is ${state} already.`);
  }
}

/** Maximum number of dead letters that one call of `replayOrDiscardAll` selects. */
export const MAX_DEAD_LETTERS_PER_CALL = 1_000;
/**
 * A longer subject is not stored, because an index entry could not hold it. An external client can publish any value.
 */
const MAX_SUBJECT_LENGTH = 500;

const LISTED_COLUMNS =
  'id, queue, event, reason, error, attempts, state, dead_letter_count, first_seen, last_seen';
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

  /** @returns the same operations in the transaction of `sql` */
  within(sql: SqlClient): DeadLetters {
    return new DeadLetters(sql, this.publisher, this.topology);
  }

  /**
   * Stores a dead letter. If the message is stored already (delivered twice, or replayed and failed), reopens its row.
   */
  async record(deadLetter: NewDeadLetter) {
    const { queue, routingKey, reason, error, attempts, properties, headers, body, subject } = deadLetter;
    const identity = [queue, routingKey, String(properties.messageId ?? ''), ''].join('\0');
    await this.sql.query(
      `INSERT INTO dead_letters
         (fingerprint, queue, event, reason, error, attempts, properties, headers, body, subject)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (fingerprint) DO UPDATE SET
         reason = excluded.reason, error = excluded.error, attempts = excluded.attempts, state = 'open',
         dead_letter_count = dead_letters.dead_letter_count + 1, last_seen = clock_timestamp()`,
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

  /** Lists dead letters, newest first, without headers and bodies. @param page `before`: only smaller ids */
  list(filter: DeadLetterFilter, page: { before?: number; limit: number }): Promise<DeadLetter[]> {
    return this.sql.query<DeadLetter>(
      `SELECT ${LISTED_COLUMNS} FROM dead_letters
       WHERE ${MATCHES_FILTER} AND ($5::text IS NULL OR state = $5) AND ($6::bigint IS NULL OR id < $6)
       ORDER BY id DESC LIMIT $7`,
      [...filterParameters(filter), filter.state ?? null, page.before ?? null, page.limit],
    );
  }

  /** Returns a dead letter with headers, body and actions, oldest action first. @throws DeadLetterNotFound */
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
   * Publishes an open dead letter as the publisher sent it, to the queue that it was consumed from and with the attempt
   * counter reset. An unroutable one is published to the events exchange, and so to every bound queue.
   *
   * @param actor is stored with the action
   * @throws DeadLetterNotFound, DeadLetterClosed, and AppError `broker_unavailable`: the dead letter stays open
   */
  async replay(id: number, actor: string) {
    const deadLetter = await this.getOpen(id);
    const { routingKey, ...properties } = reviveBuffers(deadLetter.properties);
    const wasUnrouted = deadLetter.queue === UNROUTED_QUEUE;
    const homeQueue = wasUnrouted ? {} : { [HOME_QUEUE_HEADER]: deadLetter.queue };
    const exchange = wasUnrouted ? this.topology.eventsExchange : this.topology.returnExchange;
    await this.publisher.publish(exchange, routingKey, deadLetter.body, {
      ...properties,
      messageId: String(properties.messageId ?? crypto.randomUUID()),
      headers: { ...reviveBuffers(deadLetter.headers), ...homeQueue },
    });
    await this.recordAction(deadLetter, 'replayed', actor);
  }

  /** Closes an open dead letter without a replay. Its row is kept. @throws DeadLetterNotFound, DeadLetterClosed */
  async discard(id: number, actor: string) {
    await this.recordAction(await this.getOpen(id), 'discarded', actor);
  }

  /**
   * Replays or discards open dead letters that match the filter, oldest first, at most MAX_DEAD_LETTERS_PER_CALL.
   *
   * @returns `done`: number of dead letters that this call has closed; `remaining`: number of open dead letters that
   *   match and were beyond the maximum
   * @throws AppError `broker_unavailable` for a replay; dead letters replayed before the error stay replayed
   */
  async replayOrDiscardAll(
    action: 'replay' | 'discard',
    filter: Omit<DeadLetterFilter, 'state'>,
    actor: string,
  ): Promise<{ done: number; remaining: number }> {
    const rows = await this.sql.query<{ id: number; total: number }>(
      `SELECT id, count(*) OVER ()::int AS total FROM dead_letters
       WHERE ${MATCHES_FILTER} AND state = 'open'
       ORDER BY id LIMIT $5`,
      [...filterParameters(filter), MAX_DEAD_LETTERS_PER_CALL],
    );
    let done = 0;
    for (const { id } of rows) {
      try {
        await this[action](id, actor);
        done++;
      } catch (error) {
        // Another caller has closed it meanwhile.
        if (!(error instanceof DeadLetterClosed)) throw error;
      }
    }
    return { done, remaining: (rows[0]?.total ?? 0) - rows.length };
  }

  private async getOpen(id: number): Promise<DeadLetter> {
    const deadLetter = await this.get(id);
    if (deadLetter.state !== 'open') throw new DeadLetterClosed(id, deadLetter.state);
    return deadLetter;
  }

  /** Records the action and closes the dead letter. It stays open if it was dead-lettered again since it was read. */
  private async recordAction(
    { id, dead_letter_count }: DeadLetter,
    action: DeadLetterAction['action'],
    actor: string,
  ) {
    await this.sql.query(
      `WITH closed AS (
         UPDATE dead_letters SET state = CASE WHEN dead_letter_count = $2 THEN $3 ELSE state END
         WHERE id = $1 AND state = 'open' RETURNING id
       )
       INSERT INTO dead_letter_actions (dead_letter_id, action, actor) SELECT id, $3, $4 FROM closed`,
      [id, dead_letter_count, action, actor],
    );
  }
}

function filterParameters({ queue, event, reason, subject }: DeadLetterFilter): (string | null)[] {
  return [queue ?? null, event ?? null, reason ?? null, subject ? JSON.stringify(subject) : null];
}

/** Returns the value of the column `subject`: null if the subject is empty or too long. */
function subjectColumn(subject: Subject): string | null {
  const json = JSON.stringify(subject);
  return json === '{}' || json.length > MAX_SUBJECT_LENGTH ? null : json;
}

/** Replaces NUL, which PostgreSQL can't store in text, and truncates the text to 4,000 characters. */
const toStorableText = (text: string) => text.replaceAll('\0', '\u2400').slice(0, 4_000);

/** Restores Buffers in properties and headers, which are stored in JSON as `{type: 'Buffer', data: [...]}`. */
function reviveBuffers<Values extends object>(values: Values): Values {
  return JSON.parse(JSON.stringify(values), (_key, value: unknown) => {
    const { type, data } = (value ?? {}) as { type?: string; data?: number[] };
    return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data) : value;
  }) as Values;
}
