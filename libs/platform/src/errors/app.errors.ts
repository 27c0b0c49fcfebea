/**
 * The kind of an error decides the HTTP status of the response, or what happens to the message:
 *
 * | kind        | HTTP | message                                                       |
 * |-------------|------|---------------------------------------------------------------|
 * | invalid     | 422  | dead-lettered immediately                                     |
 * | missing     | 404  | delayed retries, then dead-lettered                           |
 * | conflict    | 409  | if `retryable`, as for `missing`; otherwise, as for `invalid` |
 * | unavailable | 503  | tried again during the outage, uses up no attempt             |
 * | bug         | 500  | as for `missing`, with one retry fewer                         |
 */
export type ErrorKind = 'invalid' | 'missing' | 'conflict' | 'unavailable' | 'bug';

/** Maximum number of attempts at a message, including the first one. `unavailable` uses up no attempt. */
export const MAX_ATTEMPTS: Record<Exclude<ErrorKind, 'unavailable'>, number> = {
  invalid: 1,
  missing: 5,
  conflict: 5,
  bug: 4,
};

/** Maximum number of retries of a message. There is one retry queue and one delay for each retry. */
export const MAX_RETRIES = Math.max(...Object.values(MAX_ATTEMPTS)) - 1;

/**
 * A validation error of one field of a request: either of the body, with a JSON pointer (RFC 6901), or of the query, the
 * path or a header, with the name of the parameter.
 */
export type FieldError = { code: string; message: string } & (
  { pointer: string; parameter?: undefined } | { parameter: string; pointer?: undefined }
);

interface Details {
  /** Only for `conflict`: whether a retry may succeed. Default: false. */
  retryable?: boolean;
  fieldErrors?: FieldError[];
  /** Overrides the default HTTP status of the kind. */
  httpStatus?: number;
  cause?: unknown;
}

/** An error with a kind and a stable code. Its `code` is stable and part of the API. */
export class AppError extends Error {
  readonly retryable: boolean;
  readonly fieldErrors: FieldError[];
  readonly httpStatus?: number;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    { retryable = false, fieldErrors = [], httpStatus, cause }: Details = {},
  ) {
    super(message, { cause });
    this.retryable = retryable;
    this.fieldErrors = fieldErrors;
    this.httpStatus = httpStatus;
  }
}

/**
 * SQLSTATE codes that mean that the database is temporarily unavailable: connection exceptions (class 08),
 * operator intervention such as a shutdown (57P), too many connections (53300), and a standby that is
 * read-only after a failover (25006). PostgreSQL manual, appendix A.
 */
const DATABASE_UNAVAILABLE = /^(08...|57P0.|53300|25006)$/;
const NETWORK_UNAVAILABLE = new Set([
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
/** pg and its pool report these errors without a code, so they are recognized by their message. */
const POOL_UNAVAILABLE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** Returns the kind of any error. An error that is not an AppError has the kind `unavailable` or `bug`. */
export function kindOf(error: unknown): ErrorKind {
  if (error instanceof AppError) return error.kind;
  if (error instanceof AggregateError)
    return error.errors.every((cause) => kindOf(cause) === 'unavailable') ? 'unavailable' : 'bug';
  if (!(error instanceof Error)) return 'bug';
  const code = 'code' in error ? String(error.code) : '';
  if (
    DATABASE_UNAVAILABLE.test(code) ||
    NETWORK_UNAVAILABLE.has(code) ||
    POOL_UNAVAILABLE.test(error.message)
  )
    return 'unavailable';
  return 'bug';
}
