import type { ErrorKind, FieldError } from '@estoque/platform';
import { isFinalRefusal, ReplayedRefusal } from './idempotency.errors.js';

/** A request for which the caller has chosen an idempotency key. */
export interface KeyedRequest {
  /** The keys of different callers are independent of each other. */
  caller: string;
  key: string;
  /** Identifies operation and body: two requests are equal if their fingerprints are. */
  fingerprint: string;
}

/** The answer to a request that was carried out. */
export interface Answer<Body> {
  body: Body;
  /** Response headers in addition to the usual ones, for example `location`. */
  headers?: Record<string, string>;
  /** True if the request was carried out before and this is its stored answer. */
  replayed?: true;
}

/** The fields of an AppError that the response shows. */
interface Refusal {
  kind: ErrorKind;
  code: string;
  message: string;
  httpStatus?: number;
  fieldErrors: FieldError[];
}

/** The answer of a request that was carried out, or the error of one that was refused; as JSON. */
export type StoredAnswer = Pick<Answer<unknown>, 'headers' | 'body'> | { refusal: Refusal };

/** @returns undefined if the result is not stored: an outage, a bug, or a conflict that a repetition may resolve */
export function toStored(result: Answer<unknown> | Error): StoredAnswer | undefined {
  if (!(result instanceof Error)) return { headers: result.headers, body: result.body };
  if (!isFinalRefusal(result)) return undefined;
  const { kind, code, message, httpStatus, fieldErrors } = result;
  return { refusal: { kind, code, message, httpStatus, fieldErrors } };
}

/** @returns the stored answer, marked as replayed, or the stored refusal as an error */
export function fromStored<Body>(stored: StoredAnswer): Answer<Body> | ReplayedRefusal {
  if (!('refusal' in stored)) return { ...(stored as Answer<Body>), replayed: true };
  const { kind, code, message, ...details } = stored.refusal;
  return new ReplayedRefusal(kind, code, message, details);
}
