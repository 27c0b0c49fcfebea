import type { SqlClient } from '@estoque/database';
import { randomUUID } from 'node:crypto';
import type { DeadLetterCapacity } from './dead-letter.capacity.js';
import type { DeadLetter, DeadLetterAction } from './dead-letter.entity.js';
import {
  DeadLetterClosed,
  DeadLetterNotFound,
  DeadLetterNotReplayable,
  DeadLetterReplaying,
} from './dead-letter.errors.js';
import {
  IS_CLAIMED,
  pageOf,
  REPORTED_STATE,
  subjectColumn,
  type DeadLetterFilter,
  type Subject,
} from './dead-letter-filter.js';
import {
  CLOSE,
  closeParameters,
  type ClaimedDeadLetter,
  type DeadLetterReplay,
} from './dead-letter.replay.js';
import { addressesIn, addressesInText, withoutContent, type FindErased } from './erased-messages.js';
import { fingerprintOf, STORE, storeParameters, type NewDeadLetter } from './new-dead-letter.js';

/** A message that was published instead of a dead letter. */
export interface EditedCopy {
  /** Id of the dead letter that stores it. */
  id: number;
  /** Why it was edited. Null if it was erased. */
  reason: string | null;
  first_seen: Date;
}

/** A dead letter with the first bytes of its body, its latest actions, and the latest messages it was replaced by. */
export type DeadLetterDetails = DeadLetter & {
  body_bytes: number;
  actions: DeadLetterAction[];
  edits: EditedCopy[];
};

/** A body that is published instead of that of a dead letter. */
export interface Edit {
  body: Buffer;
  subject: Subject;
  reason: string;
}

/** Maximum number of bytes of the body that `get` reads. */
export const MAX_SHOWN_BODY_BYTES = 64 * 1024;
const MAX_SHOWN_ACTIONS = 100;

export const LISTED_COLUMNS = `id, queue, event, reason, error, attempts, ${REPORTED_STATE} AS state, dead_letter_count, first_seen, last_seen`;

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
    const { condition, order } = pageOf(filter, before, parameters);
    return this.sql.query<DeadLetter>(
      `SELECT ${LISTED_COLUMNS} FROM dead_letters WHERE ${condition}
       ORDER BY ${order} LIMIT $${parameters.push(limit)}`,
      parameters,
    );
  }

  /**
   * Returns a dead letter with headers, the first MAX_SHOWN_BODY_BYTES of the body, the latest 100 actions, and the latest
   * 100 messages that were published instead of it, oldest first.
   *
   * @throws DeadLetterNotFound
   */
  async get(id: number): Promise<DeadLetterDetails> {
    const [deadLetter] = await this.sql.query<DeadLetter & { body_bytes: number }>(
      `SELECT ${LISTED_COLUMNS}, stack, subject, properties, headers, edited_from, edit_reason, octet_length(body) AS body_bytes,
              substring(body FROM 1 FOR ${MAX_SHOWN_BODY_BYTES}) AS body
       FROM dead_letters WHERE id = $1`,
      [id],
    );
    if (!deadLetter) throw new DeadLetterNotFound(id);
    const actions = await this.sql.query<DeadLetterAction>(
      `SELECT * FROM dead_letter_actions WHERE dead_letter_id = $1 ORDER BY id DESC LIMIT ${MAX_SHOWN_ACTIONS}`,
      [id],
    );
    const edits = await this.sql.query<EditedCopy>(
      `SELECT id, edit_reason AS reason, first_seen FROM dead_letters WHERE edited_from = $1
       ORDER BY id DESC LIMIT ${MAX_SHOWN_ACTIONS}`,
      [id],
    );
    return { ...deadLetter, actions: actions.toReversed(), edits: edits.toReversed() };
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
  async replay(id: number, actor: string, reason: string | null = null) {
    await this.closeReplayed(await this.claimAndPublish(id), actor, reason);
  }

  /**
   * Claims an open dead letter and publishes it (DeadLetterReplay.publish). Call `closeReplayed` afterwards; if that does
   * not succeed, the dead letter is open again when its claim expires.
   *
   * @param editedBody is published instead of the body of the dead letter. Call `recordEdit` too
   * @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying, DeadLetterNotReplayable, and AppError
   *   `broker_unavailable`: the dead letter stays open
   */
  async claimAndPublish(id: number, editedBody?: Buffer): Promise<ClaimedDeadLetter> {
    const claimed = await this.replays.claimOne(id);
    if (!claimed) throw await this.refusal(id);
    try {
      if (editedBody) {
        await this.assertNotErased(id, editedBody);
        // Without an id of its own, the message would get another one each time, and the edit would not be recognized.
        claimed.properties.messageId ??= randomUUID();
      }
      await this.replays.publish(claimed, editedBody);
      return claimed;
    } catch (error) {
      await this.replays.release(claimed);
      throw error;
    }
  }

  /**
   * Stores the message that was published instead of a dead letter, as a dead letter that is replayed already. If the
   * message is dead-lettered, its row is opened again, so it keeps the reference to the original.
   *
   * @returns its id
   */
  async recordEdit(
    original: ClaimedDeadLetter,
    { body, subject, reason }: Edit,
    actor: string,
  ): Promise<number> {
    const { id, queue, properties } = original;
    const identity = { queue, routingKey: properties.routingKey, properties, body };
    const [edited] = await this.sql.query<{ id: number }>(
      `WITH stored AS (
         INSERT INTO dead_letters (fingerprint, queue, event, reason, error, stack, attempts, properties, headers, body,
                                   subject, state, closed_at, edited_from, edit_reason)
         SELECT $2, queue, event, reason, error, stack, attempts, $3, headers, $4, $5, 'replayed', clock_timestamp(), id, $6
         FROM dead_letters WHERE id = $1
         ON CONFLICT (fingerprint) DO UPDATE SET edited_from = excluded.edited_from, edit_reason = excluded.edit_reason
         RETURNING id
       ), recorded AS (
         INSERT INTO dead_letter_actions (dead_letter_id, action, actor, reason) SELECT id, 'replayed', $7, $6 FROM stored
       )
       SELECT id FROM stored`,
      [id, fingerprintOf(identity), JSON.stringify(properties), body, subjectColumn(subject), reason, actor],
    );
    return edited!.id;
  }

  /** Closes a dead letter that was claimed and published. @param actor is stored with the action, as is the reason */
  async closeReplayed(published: ClaimedDeadLetter, actor: string, reason: string | null = null) {
    const parameters = [...closeParameters([published]), 'replayed', actor, reason];
    await this.sql.query(`WITH ${CLOSE} SELECT id FROM closed`, parameters);
  }

  /**
   * Closes an open dead letter without a replay. Its row is kept.
   *
   * @param actor is stored with the action, as is the reason
   * @throws DeadLetterNotFound, DeadLetterClosed, DeadLetterReplaying
   */
  async discard(id: number, actor: string, reason: string | null = null) {
    const [discarded] = await this.sql.query(
      `WITH discarded AS (
         UPDATE dead_letters SET state = 'discarded', closed_at = clock_timestamp()
         WHERE id = $1 AND state = 'open' AND NOT (${IS_CLAIMED}) RETURNING id
       )
       INSERT INTO dead_letter_actions (dead_letter_id, action, actor, reason)
       SELECT id, 'discarded', $2, $3 FROM discarded RETURNING id`,
      [id, actor, reason],
    );
    if (!discarded) throw await this.refusal(id);
  }

  /** A body with personal data that was erased would bring it back. @throws DeadLetterNotReplayable */
  private async assertNotErased(id: number, editedBody: Buffer) {
    const addresses = addressesInText(editedBody.toString());
    if (addresses.length > 0 && (await this.findErased(addresses)))
      throw new DeadLetterNotReplayable(id, 'the new body contains personal data that was erased');
  }

  /** @returns the error for a dead letter that is not open, or that another replay has claimed */
  private async refusal(id: number): Promise<Error> {
    const { state } = await this.get(id);
    return state === 'replayed' || state === 'discarded'
      ? new DeadLetterClosed(id, state)
      : new DeadLetterReplaying(id);
  }
}
