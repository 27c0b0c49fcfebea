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
 * SQLSTATE codes of errors that the server and not the statement causes (PostgreSQL manual, appendix A). The
 * same statement succeeds once the server works again.
 *
 * Not in the list: internal errors (XX000, XX001, XX002). A statement that always causes one would be tried for ever;
 * as a `bug`, its message becomes a dead letter with the reason.
 */
const DATABASE_UNAVAILABLE = new RegExp(
  `^(${[
    '08...', // connection exceptions
    '25006', // read-only: a standby, or the server was switched to read-only
    '25P0[34]', // idle_in_transaction_session_timeout, transaction_timeout
    '28000|28P01', // the login is refused, for example while a password is changed
    '3D000', // no such database, for example during a restore
    '53...', // out of disk, memory or connections
    '55P03', // lock_timeout
    '57014|57P0.', // statement_timeout or cancelled by an administrator; shutdown, crash, start
    '58030', // input or output error
  ].join('|')})$`,
);
/** SQLSTATE codes of a statement that waited for a lock, or ran, for too long. */
const LOCK_TIMEOUT = new Set(['55P03', '57014']);
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

/** Whether a statement failed because it waited for a lock, or ran, for too long. */
export const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && LOCK_TIMEOUT.has(String(error.code));

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
