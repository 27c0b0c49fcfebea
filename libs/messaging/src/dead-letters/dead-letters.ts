import type { SqlClient } from '@estoque/database';
import { AppError } from '@estoque/platform';
import { createHash } from 'node:crypto';
import type { Options } from 'amqplib';
import { HOME_QUEUE_HEADER, UNROUTED_QUEUE, type Topology } from '../rabbitmq/topology.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import type { DeadLetter, DeadLetterAction, DeadLetterState } from './dead-letter.entity.js';

/** A message as it came to the dead letters. */
export interface NewDeadLetter {
  queue: string;
  routingKey: string;
  reason: string;
  error: string;
  attempts: number;
  properties: Options.Publish;
  headers: Record<string, unknown>;
  body: Buffer;
}

export interface DeadLetterFilter {
  state?: DeadLetterState;
  queue?: string;
  event?: string;
  reason?: string;
}

export class DeadLetterNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'dead_letter_not_found', `There is no dead letter ${id}.`);
  }
}

/** It has been replayed or discarded already. */
export class DeadLetterClosed extends AppError {
  constructor(id: number, state: DeadLetterState) {
    super('conflict', 'dead_letter_closed', `Dead letter ${id} is ${state} already.`);
  }
}

/** How many letters of a filter one call goes through. */
export const MAX_PER_CALL = 1_000;

const LISTED = 'id, queue, event, reason, error, attempts, state, times, first_seen, last_seen';

/** Writes `dead_letters` and `dead_letter_actions`: what is parked can be read, replayed and discarded. */
export class DeadLetters {
  constructor(
    private readonly sql: SqlClient,
    private readonly publisher: Publisher,
    private readonly topology: Topology,
  ) {}

  /** The same message again (its delivery repeated, or replayed in vain) is the same letter, parked once more. */
  async record(letter: NewDeadLetter) {
    const { queue, routingKey, reason, error, attempts, properties, headers, body } = letter;
    const identity = [queue, routingKey, String(properties.messageId ?? ''), ''].join('\0');
    await this.sql.query(
      `INSERT INTO dead_letters (fingerprint, queue, event, reason, error, attempts, properties, headers, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (fingerprint) DO UPDATE SET
         reason = excluded.reason, error = excluded.error, attempts = excluded.attempts, state = 'open',
         times = dead_letters.times + 1, last_seen = clock_timestamp()`,
      [
        createHash('sha256').update(identity).update(body).digest('hex'),
        printable(queue),
        printable(routingKey),
        printable(reason),
        printable(error),
        attempts,
        JSON.stringify({ ...properties, routingKey }),
        JSON.stringify(headers),
        body,
      ],
    );
  }

  /** Newest first, without headers and bodies. */
  list(
    { state, queue, event, reason }: DeadLetterFilter,
    { before, limit }: { before?: number; limit: number },
  ): Promise<DeadLetter[]> {
    return this.sql.query<DeadLetter>(
      `SELECT ${LISTED} FROM dead_letters
       WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR queue = $2) AND ($3::text IS NULL OR event = $3)
         AND ($4::text IS NULL OR reason = $4) AND ($5::bigint IS NULL OR id < $5)
       ORDER BY id DESC LIMIT $6`,
      [state, queue, event, reason, before, limit].map((value) => value ?? null),
    );
  }

  /** Whole, with what was done to it, oldest first. @throws DeadLetterNotFound */
  async get(id: number): Promise<DeadLetter & { actions: DeadLetterAction[] }> {
    const [letter] = await this.sql.query<DeadLetter>('SELECT * FROM dead_letters WHERE id = $1', [id]);
    if (!letter) throw new DeadLetterNotFound(id);
    const actions = await this.sql.query<DeadLetterAction>(
      'SELECT * FROM dead_letter_actions WHERE dead_letter_id = $1 ORDER BY id',
      [id],
    );
    return { ...letter, actions };
  }

  async countOpen(): Promise<number> {
    const [row] = await this.sql.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM dead_letters WHERE state = 'open'`,
    );
    return row!.count;
  }

  /**
   * Sends it to the queue it came from as if it came for the first time; nobody else gets it once more.
   *
   * @param actor who says so
   * @throws DeadLetterNotFound, DeadLetterNotParked, and `broker_unavailable`: it stays parked
   */
  async replay(id: number, actor: string) {
    const letter = await this.parked(id);
    const { routingKey, ...properties } = restored(letter.properties);
    const home = letter.queue === UNROUTED_QUEUE ? {} : { [HOME_QUEUE_HEADER]: letter.queue };
    const exchange = letter.queue === UNROUTED_QUEUE ? this.topology.events : this.topology.return;
    await this.publisher.publish(exchange, routingKey, letter.body, {
      ...properties,
      messageId: String(properties.messageId ?? crypto.randomUUID()),
      headers: { ...restored(letter.headers), ...home },
    });
    await this.close(letter, 'replayed', actor);
  }

  /** It is of no use to anybody; it stays on record. @throws DeadLetterNotFound, DeadLetterNotParked */
  async discard(id: number, actor: string) {
    await this.close(await this.parked(id), 'discarded', actor);
  }

  /**
   * Replays or discards what is parked and fits the filter, oldest first, at most MAX_AT_ONCE.
   *
   * @returns how many were, and how many are left
   */
  async actOnAll(
    action: 'replay' | 'discard',
    { queue, event, reason }: Omit<DeadLetterFilter, 'state'>,
    actor: string,
  ): Promise<{ done: number; remaining: number }> {
    const rows = await this.sql.query<{ id: number; all: number }>(
      `SELECT id, count(*) OVER ()::int AS all FROM dead_letters
       WHERE state = 'open' AND ($1::text IS NULL OR queue = $1) AND ($2::text IS NULL OR event = $2)
         AND ($3::text IS NULL OR reason = $3)
       ORDER BY id LIMIT $4`,
      [queue ?? null, event ?? null, reason ?? null, MAX_PER_CALL],
    );
    for (const { id } of rows) {
      await this[action](id, actor).catch((error: unknown) => {
        // Somebody else was quicker.
        if (!(error instanceof DeadLetterClosed)) throw error;
      });
    }
    return { done: rows.length, remaining: (rows[0]?.all ?? 0) - rows.length };
  }

  private async parked(id: number): Promise<DeadLetter> {
    const letter = await this.get(id);
    if (letter.state !== 'open') throw new DeadLetterClosed(id, letter.state);
    return letter;
  }

  /** Where it came back meanwhile (replayed, and failed again already) it stays parked. */
  private async close({ id, times }: DeadLetter, action: DeadLetterAction['action'], actor: string) {
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

/** PostgreSQL's text holds no NUL. */
const printable = (text: string) => text.replaceAll('\0', '\u2400').slice(0, 4_000);

/** Bytes among a stranger's headers, as JSON has written them down, are bytes again. */
function restored<Values extends object>(values: Values): Values {
  return JSON.parse(JSON.stringify(values), (_key, value: unknown) => {
    const { type, data } = (value ?? {}) as { type?: string; data?: number[] };
    return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data) : value;
  }) as Values;
}
