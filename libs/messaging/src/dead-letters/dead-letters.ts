import type { SqlClient } from '@estoque/database';
import type { DeadLetterCapacity } from './dead-letter.capacity.js';
import type { DeadLetter, DeadLetterAction } from './dead-letter.entity.js';
import { DeadLetterClosed, DeadLetterNotFound, DeadLetterReplaying } from './dead-letter.errors.js';
import { conditionOf, IS_CLAIMED, REPORTED_STATE, type DeadLetterFilter } from './dead-letter-filter.js';
import {
  CLOSE,
  closeParameters,
  type ClaimedDeadLetter,
  type DeadLetterReplay,
} from './dead-letter.replay.js';
import { addressesIn, withoutContent, type FindErased } from './erased-messages.js';
import { fingerprintOf, STORE, storeParameters, type NewDeadLetter } from './new-dead-letter.js';

/** A dead letter with the first bytes of its body and its latest actions. */
export type DeadLetterDetails = DeadLetter & { body_bytes: number; actions: DeadLetterAction[] };

/** Maximum number of bytes of the body that `get` reads. */
export const MAX_SHOWN_BODY_BYTES = 64 * 1024;
const MAX_SHOWN_ACTIONS = 100;

const LISTED_COLUMNS = `id, queue, event, reason, error, attempts, ${REPORTED_STATE} AS state, dead_letter_count, first_seen, last_seen`;

/** Writes `dead_letters` and `dead_letter_actions`; lists, replays and discards dead letters. */
export class DeadLetters {
  constructor(
    private readonly sql: SqlClient,
    private readonly replays: DeadLetterReplay,
    private readonly capacity: DeadLetterCapacity,
    /** Default: nothing was erased. */
    private readonly findErased: FindErased = () => Promise.resolve(false),
  ) {}

  /**
   * @returns the same operations on the connection or in the transaction of `sql`. No transaction may be open while a dead
   *   letter is published
   */
  within(sql: SqlClient): DeadLetters {
    return new DeadLetters(sql, this.replays, this.capacity, this.findErased);
  }

  /**
   * Stores a dead letter. If the message is stored already (delivered twice, or replayed and failed), reopens its row. A
   * message with personal data that was erased since it was published is stored as discarded, without its content.
   *
   * @throws AppError `dead_letters_full` if too many are open
   */
  async record(deadLetter: NewDeadLetter) {
    await this.capacity.reserve(deadLetter.body.length);
    const addresses = addressesIn(deadLetter);
    const isErased = addresses.length > 0 && (await this.findErased(addresses));
    const stored = isErased ? withoutContent(deadLetter) : deadLetter;
    await this.sql.query(STORE, storeParameters(stored, fingerprintOf(deadLetter)));
  }

  /** Lists dead letters, newest first, without headers and bodies. @param page `before`: only smaller ids */
  list(filter: DeadLetterFilter, { before, limit }: { before?: number; limit: number }) {
    const parameters: unknown[] = [];
    const condition = conditionOf(filter, parameters);
    // With a filter, the order is that of the indexes for lists, and of no other index.
    const order = condition === 'true' ? 'id DESC' : '-id';
    const position = condition === 'true' ? 'id < $' : '-id > -$';
    const isOnPage = before === undefined ? '' : `AND ${position}${parameters.push(before)}::bigint`;
    return this.sql.query<DeadLetter>(
      `SELECT ${LISTED_COLUMNS} FROM dead_letters WHERE ${condition} ${isOnPage}
       ORDER BY ${order} LIMIT $${parameters.push(limit)}`,
      parameters,
    );
  }

  /**
   * Returns a dead letter with headers, the first MAX_SHOWN_BODY_BYTES of the body, and the latest 100 actions, oldest
   * action first.
   *
   * @throws DeadLetterNotFound
   */
  async get(id: number): Promise<DeadLetterDetails> {
    const [deadLetter] = await this.sql.query<DeadLetter & { body_bytes: number }>(
      `SELECT ${LISTED_COLUMNS}, properties, headers, octet_length(body) AS body_bytes,
              substring(body FROM 1 FOR ${MAX_SHOWN_BODY_BYTES}) AS body
       FROM dead_letters WHERE id = $1`,
      [id],
    );
    if (!deadLetter) throw new DeadLetterNotFound(id);
    const actions = await this.sql.query<DeadLetterAction>(
      `SELECT * FROM dead_letter_actions WHERE dead_letter_id = $1 ORDER BY id DESC LIMIT ${MAX_SHOWN_ACTIONS}`,
      [id],
    );
    return { ...deadLetter, actions: actions.toReversed() };
  }

  /** @returns `length` bytes of the body from `offset`, fewer at its end @throws DeadLetterNotFound */
  async readBody(id: number, offset: number, length: number): Promise<Buffer> {
    const [row] = await this.sql.query<{ body: Buffer }>(
      'SELECT substring(body FROM $2::integer + 1 FOR $3::integer) AS body FROM dead_letters WHERE id = $1',
      [id, offset, length],
    );
    if (!row) throw new DeadLetterNotFound(id);
    return row.body;
  }

  async countOpen(): Promise<number> {
    const [row] = await this.sql.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM dead_letters WHERE state = 'open'`,
    );
    return row!.count;
  }

  /**
   * Publishes an open dead letter and closes it.
   *
   * @throws as `claimAndPublish`
   */
  async replay(id: number, actor: string) {
    await this.closeReplayed(await this.claimAndPublish(id), actor);
  }

  /**
   * Claims an open dead letter and publishes it (DeadLetterReplay.publish). Call `closeReplayed` afterwards; if that does
   * not succeed, the dead letter is open again when its claim expires.
   *
   * @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying, DeadLetterNotReplayable, and AppError
   *   `broker_unavailable`: the dead letter stays open
   */
  async claimAndPublish(id: number): Promise<ClaimedDeadLetter> {
    const claimed = await this.replays.claimOne(id);
    if (!claimed) throw await this.refusal(id);
    try {
      await this.replays.publish(claimed);
      return claimed;
    } catch (error) {
      await this.replays.release(claimed);
      throw error;
    }
  }

  /** Closes a dead letter that was claimed and published. @param actor is stored with the action */
  async closeReplayed(published: ClaimedDeadLetter, actor: string) {
    const parameters = [...closeParameters([published]), 'replayed', actor];
    await this.sql.query(`WITH ${CLOSE} SELECT id FROM closed`, parameters);
  }

  /**
   * Closes an open dead letter without a replay. Its row is kept.
   *
   * @param actor is stored with the action
   * @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying
   */
  async discard(id: number, actor: string) {
    const [discarded] = await this.sql.query(
      `WITH discarded AS (
         UPDATE dead_letters SET state = 'discarded', closed_at = clock_timestamp()
         WHERE id = $1 AND state = 'open' AND NOT (${IS_CLAIMED}) RETURNING id
       )
       INSERT INTO dead_letter_actions (dead_letter_id, action, actor)
       SELECT id, 'discarded', $2 FROM discarded RETURNING id`,
      [id, actor],
    );
    if (!discarded) throw await this.refusal(id);
  }

  /** @returns the error for a dead letter that is not open, or that another replay has claimed */
  private async refusal(id: number): Promise<Error> {
    const { state } = await this.get(id);
    return state === 'replayed' || state === 'discarded'
      ? new DeadLetterClosed(id, state)
      : new DeadLetterReplaying(id);
  }
}
