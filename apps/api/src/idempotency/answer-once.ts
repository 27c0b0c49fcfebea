import {
  IdempotencyInProgress,
  isFinalRefusal,
  MailLimitReached,
  ReplayedRefusal,
  type Answer,
  type KeyedRequest,
  type PublisherName,
  type Transaction,
  type UnitOfWork,
} from '@estoque/domain';
import type { FastifyReply } from 'fastify';
import { withEtag } from '../http/versions.js';
import { keyedRequest } from './idempotency-key.js';

/**
 * Answers a request that may have an idempotency key: passes the key to `handle`, and sets the response headers.
 *
 * @returns the body of the response
 * @throws AppError `invalid_idempotency_key`, and what `handle` throws
 */
export async function respond<Body>(
  reply: FastifyReply,
  handle: (keyed: KeyedRequest | undefined) => Promise<Answer<Body>>,
): Promise<Body> {
  try {
    const { body, headers, replayed } = await handle(keyedRequest(reply.request));
    if (headers) reply.headers(headers);
    if (replayed) reply.header('idempotent-replayed', 'true');
    return withEtag(reply, body);
  } catch (error) {
    if (error instanceof ReplayedRefusal) reply.header('idempotent-replayed', 'true');
    if (error instanceof IdempotencyInProgress)
      reply.header('retry-after', IdempotencyInProgress.RETRY_AFTER_SECONDS);
    if (error instanceof MailLimitReached) reply.header('retry-after', error.retryAfterSeconds);
    throw error;
  }
}

/**
 * Runs the work of a request in one transaction, together with the storing of its answer. If the answer is stored
 * already, returns that one.
 *
 * @param unitOfWork opens the transactions
 * @throws IdempotencyKeyReused, IdempotencyInProgress, a ReplayedRefusal, and what `work` throws
 */
export async function answerOnce<App extends PublisherName, Body>(
  unitOfWork: Pick<UnitOfWork<App>, 'inTransaction'>,
  keyed: KeyedRequest | undefined,
  work: (transaction: Transaction<App>) => Promise<Answer<Body>>,
): Promise<Answer<Body>> {
  if (!keyed) return unitOfWork.inTransaction(work);
  const run = (result: (transaction: Transaction<App>) => Promise<Answer<Body> | Error>) =>
    unitOfWork.inTransaction(async (transaction) => {
      const answers = await transaction.idempotency.answerEach([{ keyed }], async () => [
        await result(transaction),
      ]);
      return answers[0]!;
    });
  const answer = await run(work).catch((error: unknown) => {
    if (!isFinalRefusal(error)) throw error;
    // The refusal has rolled back the transaction, so it is stored in another one. If an equal request was carried out
    // in between, its answer is returned.
    return run(() => Promise.resolve(error));
  });
  if (answer instanceof Error) throw answer;
  return answer;
}
