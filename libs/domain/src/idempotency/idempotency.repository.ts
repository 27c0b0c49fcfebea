import type { EntityManager } from 'typeorm';
import type { Pruned } from '../retention/prune-in-batches.js';
import { fromStored, toStored, type Answer, type KeyedRequest, type StoredAnswer } from './answer.js';
import { IdempotencyInProgress, IdempotencyKeyReused } from './idempotency.errors.js';

/** A request of a batch, with its idempotency key if it has one. */
interface MayHaveKey {
  keyed?: KeyedRequest;
}

/** What is known about a key after this transaction has tried to lock it. */
interface Claim {
  isLocked: boolean;
  /** Null if no answer is stored. */
  fingerprint: string | null;
  answer: StoredAnswer | null;
}

/**
 * Writes `idempotency_keys`: each row is written in the transaction of the effect, so that a crash leaves both or none.
 *
 * While a transaction handles a request, it holds an advisory lock for the request's key. It does not wait for the lock,
 * so that a request that another transaction is handling does not delay the other requests of a batch. The lock ends
 * with the transaction: by commit, by rollback, or because its connection is lost.
 */
export class IdempotencyRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Handles those requests of a batch whose answers are not stored, and stores their answers: successes and final
   * refusals. Requests without a key are passed to `work` and cost no statement.
   *
   * @param work returns an answer or error for each of the requests that it gets, in the same sequence
   * @returns an answer or error for each item: IdempotencyKeyReused, IdempotencyInProgress, a ReplayedRefusal, or what
   *   `work` returned
   */
  async answerEach<Item extends MayHaveKey, Body>(
    items: Item[],
    work: (items: Item[]) => Promise<(Answer<Body> | Error)[]>,
  ): Promise<(Answer<Body> | Error)[]> {
    if (!items.some(({ keyed }) => keyed !== undefined)) return work(items);
    const firstOfKey = new Map<string, Item>();
    for (const item of items)
      if (item.keyed && !firstOfKey.has(idOf(item.keyed))) firstOfKey.set(idOf(item.keyed), item);
    const claims = await this.claim([...firstOfKey.values()].map(({ keyed }) => keyed!));
    const outcomes = new Map<Item, Answer<Body> | Error>();
    for (const item of items) {
      const outcome = item.keyed && outcomeOf<Body>(claims.get(idOf(item.keyed))!, item.keyed);
      if (outcome) outcomes.set(item, outcome);
    }
    const unanswered = items.filter(
      (item) => !outcomes.has(item) && (!item.keyed || firstOfKey.get(idOf(item.keyed)) === item),
    );
    const results = unanswered.length > 0 ? await work(unanswered) : [];
    unanswered.forEach((item, index) => outcomes.set(item, results[index]!));
    await this.store(unanswered, results);
    return items.map((item) => {
      const first = outcomes.has(item) ? item : firstOfKey.get(idOf(item.keyed!))!;
      const outcome = outcomes.get(first)!;
      return first === item ? outcome : outcomeOfRepetition(outcome, first.keyed!, item.keyed!);
    });
  }

  /**
   * Returns the stored answer to a request, without locking its key.
   *
   * @returns undefined if none is stored
   * @throws IdempotencyKeyReused, a ReplayedRefusal
   */
  async find<Body>({ caller, key, fingerprint }: KeyedRequest): Promise<Answer<Body> | undefined> {
    const [stored] = await this.manager.query<{ fingerprint: string; answer: StoredAnswer }[]>(
      'SELECT fingerprint, answer FROM idempotency_keys WHERE caller = $1 AND key = $2',
      [caller, key],
    );
    if (!stored) return undefined;
    if (stored.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
    const answer = fromStored<Body>(stored.answer);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** Deletes rows older than `hours`, oldest first. Concurrent calls delete different rows. @param from creation time */
  async prune(hours: number, { from, limit }: { from: Date; limit: number }): Promise<Pruned<Date>> {
    // By ctid. Only an erasure updates rows; one that it updates meanwhile is deleted by the next call.
    const [pruned] = await this.manager.query<[Pruned<Date>]>(
      `WITH pruned AS (
         DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM idempotency_keys
           WHERE created_at >= $2 AND created_at < now() - make_interval(hours => $1)
           ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED))
         RETURNING created_at
       )
       SELECT count(*)::integer AS count, max(created_at) AS last FROM pruned`,
      [hours, from, limit],
    );
    return pruned;
  }

  /** Tries to lock the keys, and reads their stored answers. */
  private async claim(requests: KeyedRequest[]): Promise<Map<string, Claim>> {
    const keys = [requests.map(({ caller }) => caller), requests.map(({ key }) => key)];
    // Two statements, because the second one needs a snapshot that is newer than the lock: it sees what the previous
    // holder of the lock committed. They are pipelined and take one round trip.
    const [locks, stored] = await Promise.all([
      this.manager.query<Pick<Claim, 'isLocked'>[]>(
        `SELECT pg_try_advisory_xact_lock(hashtextextended(key, hashtextextended(caller, 0))) AS "isLocked"
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS request (caller, key, position) ORDER BY position`,
        keys,
      ),
      // LIMIT keeps the planner from joining: it looks up each key in the index.
      this.manager.query<Omit<Claim, 'isLocked'>[]>(
        `SELECT fingerprint, answer
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS request (caller, key, position)
              LEFT JOIN LATERAL (
                SELECT fingerprint, answer FROM idempotency_keys
                WHERE caller = request.caller AND key = request.key LIMIT 1
              ) AS stored ON true
         ORDER BY position`,
        keys,
      ),
    ]);
    return new Map(
      requests.map((request, index) => [idOf(request), { ...locks[index]!, ...stored[index]! }]),
    );
  }

  private async store<Body>(items: MayHaveKey[], results: (Answer<Body> | Error)[]) {
    const rows = items.flatMap(({ keyed }, index) => {
      const answer = keyed && toStored(results[index]!);
      return answer ? [{ ...keyed, answer: JSON.stringify(answer) }] : [];
    });
    if (rows.length === 0) return;
    await this.manager.query(
      `INSERT INTO idempotency_keys (caller, key, fingerprint, answer)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], string_to_array($4, E'\\n')::json[])`,
      [
        rows.map(({ caller }) => caller),
        rows.map(({ key }) => key),
        rows.map(({ fingerprint }) => fingerprint),
        // One text with a line for each, as in the outbox: JSON text has no line breaks.
        rows.map(({ answer }) => answer).join('\n'),
      ],
    );
  }
}

/** A key can't contain NUL. */
const idOf = ({ caller, key }: KeyedRequest) => `${caller}\0${key}`;

/** @returns undefined if this transaction is to handle the request */
function outcomeOf<Body>({ isLocked, fingerprint, answer }: Claim, request: KeyedRequest) {
  // A stored answer is final. If the key is locked as well, another transaction is reading the same answer.
  if (answer !== null)
    return fingerprint === request.fingerprint ? fromStored<Body>(answer) : new IdempotencyKeyReused();
  return isLocked ? undefined : new IdempotencyInProgress();
}

/** The outcome of a request if an earlier request of the batch with the same key had the outcome `first`. */
function outcomeOfRepetition<Body>(
  first: Answer<Body> | Error,
  { fingerprint }: KeyedRequest,
  repetition: KeyedRequest,
): Answer<Body> | Error {
  if (fingerprint !== repetition.fingerprint) return new IdempotencyKeyReused();
  const stored = toStored(first);
  return stored ? fromStored<Body>(stored) : first;
}
