/**
 * What went wrong, as far as anyone who handles it must know:
 *
 * | kind        | over HTTP | for a message                                              |
 * |-------------|-----------|------------------------------------------------------------|
 * | invalid     | 4xx       | dead letter at once                                        |
 * | missing     | 404       | a few delayed retries, then dead letter                    |
 * | conflict    | 409       | stale: delayed retries; a broken rule: dead letter at once |
 * | unavailable | 503       | tried again for as long as it lasts, no attempt used up    |
 * | bug         | 500       | a few delayed retries, then dead letter                    |
 */
export type ErrorKind = 'invalid' | 'missing' | 'conflict' | 'unavailable' | 'bug';

/** Attempts of a message before it is dead-lettered, the first one included. `unavailable` uses up no attempt. */
export const MAX_ATTEMPTS: Record<Exclude<ErrorKind, 'unavailable'>, number> = {
  invalid: 1,
  missing: 5,
  conflict: 5,
  bug: 4,
};

/** Retries of a message at most. There is one retry queue and one delay for each. */
export const MAX_RETRIES = Math.max(...Object.values(MAX_ATTEMPTS)) - 1;

/** One fault in what the caller sent; `pointer` is a JSON pointer (RFC 6901) into it. */
export interface FieldError {
  pointer: string;
  code: string;
  message: string;
}

interface Details {
  /** For `conflict`: whether another try may find things changed. */
  stale?: boolean;
  fieldErrors?: FieldError[];
  /** Overrides the status that the kind stands for. */
  httpStatus?: number;
  cause?: unknown;
}

/** An error that somebody expected: its `code` is stable and part of the API. */
export class AppError extends Error {
  readonly stale: boolean;
  readonly fieldErrors: FieldError[];
  readonly httpStatus?: number;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    { stale = false, fieldErrors: faults = [], httpStatus, cause }: Details = {},
  ) {
    super(message, { cause });
    this.stale = stale;
    this.fieldErrors = faults;
    this.httpStatus = httpStatus;
  }
}

/**
 * SQLSTATE classes and codes that mean 'the database isn't there just now': connection exceptions (08),
 * operator intervention such as a shutdown (57P), too many connections (53300), a standby that is
 * read-only after a switch-over (25006). PostgreSQL manual, appendix A.
 */
const DATABASE_AWAY = /^(08...|57P0.|53300|25006)$/;
const NETWORK_AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** pg and its pool report these without a code. */
const POOL_AWAY =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** The kind of any error at all: what isn't an AppError is an outage of a neighbour or a bug of ours. */
export function kindOf(error: unknown): ErrorKind {
  if (error instanceof AppError) return error.kind;
  if (error instanceof AggregateError)
    return error.errors.every((each) => kindOf(each) === 'unavailable') ? 'unavailable' : 'bug';
  if (!(error instanceof Error)) return 'bug';
  const code = 'code' in error ? String(error.code) : '';
  if (DATABASE_AWAY.test(code) || NETWORK_AWAY.has(code) || POOL_AWAY.test(error.message))
    return 'unavailable';
  return 'bug';
}
