import { AppError } from '@estoque/platform';

const HEADER = 'Idempotency-Key';

/** The key was used for a request with another operation or another body. */
export class IdempotencyKeyReused extends AppError {
  constructor() {
    super(
      'invalid',
      'idempotency_key_reused',
      'The idempotency key was used before, for another operation or another body. Use a new key for each request.',
      { fieldErrors: [{ parameter: HEADER, code: 'reused', message: 'was used for another request' }] },
    );
  }
}

/** Another transaction is handling a request with this key at the moment. Its outcome is not known yet. */
export class IdempotencyInProgress extends AppError {
  /** Time after which the caller may repeat the request: most requests are answered within a second. */
  static readonly RETRY_AFTER_SECONDS = 1;

  constructor() {
    super(
      'conflict',
      'idempotency_in_progress',
      'A request with this idempotency key is being handled at the moment. Repeat the request to get its answer.',
      { retryable: true },
    );
  }
}

/** A refusal that was stored under the idempotency key when the request was handled for the first time. */
export class ReplayedRefusal extends AppError {}

/**
 * Whether the error is a final decision about the request, as opposed to an outage, a bug, or a conflict that a
 * repetition may resolve.
 */
export function isFinalRefusal(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    ['invalid', 'missing', 'conflict'].includes(error.kind) &&
    !error.retryable &&
    !(error instanceof IdempotencyKeyReused)
  );
}
