import type { SqlClient } from '@estoque/database';
import type { Options } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { MAX_BODY_BYTES } from '../contract/event.js';
import type { Publisher } from '../rabbitmq/publisher.js';
import {
  HOME_QUEUE_HEADER,
  REPLAYED_HEADER,
  REROUTED_HEADER,
  UNROUTED_QUEUE,
  type Topology,
} from '../rabbitmq/topology.js';
import { conditionOf, IS_CLAIMED, type DeadLetterSelection } from './dead-letter-filter.js';
import { BODY_TOO_LARGE, ERASED, type DeadLetter } from './dead-letter.entity.js';
import { DeadLetterNotFound, DeadLetterNotReplayable } from './dead-letter.errors.js';

/**
 * Time after which the claim of a crashed replay expires. It exceeds the time that a publish can take, so that a claim
 * does not expire while its process works.
 */
const CLAIM_SECONDS = 60;

/** A dead letter that this process has claimed. Its body is read when it is published. */
export type ClaimedDeadLetter = Pick<
  DeadLetter,
  | 'id'
  | 'queue'
  | 'reason'
  | 'properties'
  | 'headers'
  | 'subject'
  | 'first_seen'
  | 'dead_letter_count'
  | 'replay_claim'
> & { body_bytes: number };

/** Ids and counters of the dead letters to close, for `closeStatement`. */
export const closeParameters = (deadLetters: Pick<ClaimedDeadLetter, 'id' | 'dead_letter_count'>[]) => [
  deadLetters.map(({ id }) => id),
  deadLetters.map(({ dead_letter_count }) => dead_letter_count),
];

/**
 * Parts of a WITH clause that close dead letters and record the action. One that was dead-lettered again since it was
 * read stays open; its action is recorded too. Parameters: $1 ids and $2 counters (`closeParameters`), $3 the new state,
 * $4 the actor, $5 the reason. The part `closed` returns the ids.
 */
export const CLOSE = `closing AS (SELECT * FROM unnest($1::bigint[], $2::integer[]) AS closing (id, count)),
  closed AS (
    UPDATE dead_letters SET
      state = CASE WHEN dead_letter_count = closing.count THEN $3 ELSE state END,
      closed_at = CASE WHEN dead_letter_count = closing.count THEN clock_timestamp() END,
      replaying_until = NULL, replay_claim = NULL
    FROM closing WHERE dead_letters.id = closing.id AND state = 'open' RETURNING dead_letters.id
  ),
  recorded AS (
    INSERT INTO dead_letter_actions (dead_letter_id, action, actor, reason) SELECT id, $3, $4, $5 FROM closed RETURNING id
  )`;

/**
 * Claims dead letters and publishes them. A claim makes sure that parallel replays publish a dead letter once. It is
 * committed before the publish: no transaction is open while the broker confirms.
 */
export class DeadLetterReplay {
  constructor(
    private readonly sql: SqlClient,
    private readonly publisher: Publisher,
    private readonly topology: Topology,
  ) {}

  /** Whether the broker accepts messages. If it does not, an error of `publish` says nothing about the dead letter. */
  get isBrokerAvailable() {
    return this.publisher.ready;
  }

  /** @returns the dead letter, or undefined if it is not open or another replay has claimed it */
  async claimOne(id: number): Promise<ClaimedDeadLetter | undefined> {
    const parameters: unknown[] = [randomUUID()];
    const [claimed] = await this.claimWhere(
      `id = $${parameters.push(id)} AND state = 'open' AND NOT (${IS_CLAIMED})`,
      parameters,
    );
    return claimed;
  }

  /**
   * Claims open dead letters that match a filter, in the order of their ids.
   *
   * @param claim identifies the caller. What an earlier process claimed with it is claimed again immediately.
   * @param range ids above `after` and up to `last`, at most `limit`
   */
  async claim(
    claim: string,
    filter: DeadLetterSelection,
    range: { after: number; last: number; limit: number },
  ): Promise<ClaimedDeadLetter[]> {
    const claimed = await this.claimInRange(claim, filter, range);
    return claimed.toSorted((a, b) => a.id - b.id);
  }

  /**
   * Claims the further dead letters that match a filter and have the same subjects, for example the same orders, as those
   * that are claimed already. An event can be dead-lettered before an earlier event of its order, and has the smaller id then.
   *
   * @param range ids above `after` and up to `last`, at most `limit`
   */
  claimSameSubjects(
    { replay_claim }: ClaimedDeadLetter,
    claimed: ClaimedDeadLetter[],
    filter: DeadLetterSelection,
    range: { after: number; last: number; limit: number },
  ): Promise<ClaimedDeadLetter[]> {
    const subjects = [...new Set(claimed.flatMap(({ subject }) => subject ?? []))];
    return this.claimInRange(replay_claim!, filter, range, subjects);
  }

  /** Releases a claim, so that the dead letter is open again. */
  async release({ id, replay_claim }: ClaimedDeadLetter) {
    await this.sql.query(
      'UPDATE dead_letters SET replaying_until = NULL, replay_claim = NULL WHERE id = $1 AND replay_claim = $2',
      [id, replay_claim],
    );
  }

  /**
   * Publishes a claimed dead letter as its publisher sent it, to the queue that it was consumed from and with the
   * attempt counter reset. An unroutable one is published to the events exchange, and so to every bound queue. The
   * header REPLAYED_HEADER marks the message.
   *
   * @param editedBody is published instead of the body of the dead letter
   * @throws DeadLetterNotReplayable, and AppError `broker_unavailable` if the message is treated as not published
   */
  async publish(deadLetter: ClaimedDeadLetter, editedBody?: Buffer) {
    this.assertReplayable(editedBody ? { ...deadLetter, body_bytes: editedBody.length } : deadLetter);
    const { routingKey, ...properties } = reviveBuffers(deadLetter.properties);
    const headers: Record<string, unknown> = {
      ...reviveBuffers(deadLetter.headers),
      [REPLAYED_HEADER]: true,
    };
    delete headers[REROUTED_HEADER];
    const wasUnrouted = deadLetter.queue === UNROUTED_QUEUE;
    if (!wasUnrouted) headers[HOME_QUEUE_HEADER] = deadLetter.queue;
    const exchange = wasUnrouted ? this.topology.eventsExchange : this.topology.returnExchange;
    const options: Options.Publish & { messageId: string } = {
      ...properties,
      messageId: String(properties.messageId ?? randomUUID()),
      headers,
    };
    await this.publisher.publish(
      exchange,
      routingKey,
      editedBody ?? (await this.readBody(deadLetter.id)),
      options,
    );
  }

  /**
   * @param editedBody is published instead of the body of the dead letter
   * @returns the message that a replay would publish, and the work queues that it would reach
   * @throws DeadLetterNotFound, DeadLetterNotReplayable
   */
  async preview(id: number, editedBody?: Buffer): Promise<{ event: string; body: Buffer; queues: string[] }> {
    const [deadLetter] = await this.sql.query<
      Pick<DeadLetter, 'id' | 'queue' | 'reason' | 'properties'> & { body_bytes: number }
    >(
      'SELECT id, queue, reason, properties, octet_length(body) AS body_bytes FROM dead_letters WHERE id = $1',
      [id],
    );
    if (!deadLetter) throw new DeadLetterNotFound(id);
    this.assertReplayable(editedBody ? { ...deadLetter, body_bytes: editedBody.length } : deadLetter);
    const { queue, properties } = deadLetter;
    const bound = Object.entries(this.topology.workQueues).filter(([, events]) =>
      events.includes(properties.routingKey),
    );
    return {
      event: properties.routingKey,
      body: editedBody ?? (await this.readBody(id)),
      queues: queue === UNROUTED_QUEUE ? bound.map(([name]) => name) : [queue],
    };
  }

  private assertReplayable({
    id,
    queue,
    reason,
    body_bytes,
  }: Pick<ClaimedDeadLetter, 'id' | 'queue' | 'reason' | 'body_bytes'>) {
    if (queue !== UNROUTED_QUEUE && !Object.hasOwn(this.topology.workQueues, queue))
      throw new DeadLetterNotReplayable(id, `the system has no queue ${queue}`);
    if (reason === BODY_TOO_LARGE)
      throw new DeadLetterNotReplayable(id, 'only the first part of its body was kept');
    if (reason === ERASED) throw new DeadLetterNotReplayable(id, 'its content was erased');
    if (body_bytes > MAX_BODY_BYTES)
      throw new DeadLetterNotReplayable(
        id,
        `its body has ${body_bytes} bytes, the maximum is ${MAX_BODY_BYTES}`,
      );
  }

  private async readBody(id: number): Promise<Buffer> {
    const [row] = await this.sql.query<{ body: Buffer }>('SELECT body FROM dead_letters WHERE id = $1', [id]);
    return row!.body;
  }

  /** @param subjects only dead letters with one of these subjects */
  private claimInRange(
    claim: string,
    filter: DeadLetterSelection,
    { after, last, limit }: { after: number; last: number; limit: number },
    subjects?: string[],
  ): Promise<ClaimedDeadLetter[]> {
    const parameters: unknown[] = [claim, after, last, limit];
    const condition = conditionOf(filter, parameters);
    const hasSubject = subjects ? `AND subject = ANY($${parameters.push(subjects)})` : '';
    return this.claimWhere(
      `id = ANY (ARRAY (
         SELECT id FROM dead_letters
         WHERE state = 'open' AND id > $2 AND id <= $3 AND (NOT (${IS_CLAIMED}) OR replay_claim = $1)
           AND ${condition} ${hasSubject}
         ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED
       ))`,
      parameters,
    );
  }

  /** @param parameters $1 is the claim */
  private claimWhere(condition: string, parameters: unknown[]): Promise<ClaimedDeadLetter[]> {
    return this.sql.query<ClaimedDeadLetter>(
      `UPDATE dead_letters SET replay_claim = $1,
         replaying_until = clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})
       WHERE ${condition}
       RETURNING id, queue, reason, properties, headers, subject, first_seen, dead_letter_count, replay_claim,
         octet_length(body) AS body_bytes`,
      parameters,
    );
  }
}

/** Restores Buffers in properties and headers, which are stored in JSON as `{type: 'Buffer', data: [...]}`. */
function reviveBuffers<Values extends object>(values: Values): Values {
  return JSON.parse(JSON.stringify(values), (_key, value: unknown) => {
    const { type, data } = (value ?? {}) as { type?: string; data?: number[] };
    return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data) : value;
  }) as Values;
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i;

/**
 * Sorts dead letters by the time of their events: of two events of an order, the earlier one is published first. The time
 * is that in the message id, which is a UUID v7 unless an external client has published the event; else that of the first
 * time it was dead-lettered.
 */
export const inSequence = (deadLetters: ClaimedDeadLetter[]): ClaimedDeadLetter[] =>
  deadLetters.toSorted((a, b) => eventTimeOf(a) - eventTimeOf(b) || a.id - b.id);

/** @returns milliseconds since 1970 */
export function eventTimeOf({
  properties,
  first_seen,
}: Pick<DeadLetter, 'properties' | 'first_seen'>): number {
  const [, high, low] = UUID_V7.exec(String(properties.messageId)) ?? [];
  return high && low ? parseInt(high + low, 16) : first_seen.getTime();
}
