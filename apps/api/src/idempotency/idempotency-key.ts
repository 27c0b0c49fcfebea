import type { KeyedRequest } from '@estoque/domain';
import { AppError } from '@estoque/platform';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { callerOf } from '../access/caller.js';

export const HEADER = 'Idempotency-Key';
export const MAX_KEY_LENGTH = 255;

/** Printable ASCII, as in a string of a structured field (RFC 9651, section 3.3.3). */
const KEY = new RegExp(`^[\\x20-\\x7e]{1,${MAX_KEY_LENGTH}}$`);
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;
/** Deeper than any body of the API. */
const MAX_DEPTH = 32;

/**
 * Reads the idempotency key of a request.
 *
 * @returns undefined if the request has none
 * @throws AppError `invalid_idempotency_key`
 */
export function keyedRequest(request: FastifyRequest): KeyedRequest | undefined {
  if (request.headers['idempotency-key'] === undefined) return undefined;
  const key = parseKey(request.raw.headersDistinct['idempotency-key'] ?? []);
  return { caller: callerOf(request).id, key, fingerprint: fingerprintOf(request) };
}

/** @param values of the header: as text, or as a quoted string as in the IETF draft; both forms give the same key */
function parseKey(values: string[]): string {
  const [value = '', ...others] = values;
  const quoted = QUOTED.exec(value)?.[1];
  const key = quoted === undefined ? value : quoted.replace(/\\(.)/g, '$1');
  const isUnclosed = quoted === undefined && value.startsWith('"');
  if (others.length === 0 && !isUnclosed && KEY.test(key)) return key;
  const message = `must be given once, with 1 to ${MAX_KEY_LENGTH} printable ASCII characters`;
  throw new AppError('invalid', 'invalid_idempotency_key', `The header ${HEADER} ${message}.`, {
    httpStatus: 400,
    fieldErrors: [{ parameter: HEADER, code: 'bad_format', message }],
  });
}

/** SHA-256 of method, path, body and If-Match. The sequence of the fields in the body makes no difference. */
function fingerprintOf({ method, url, headers, body }: FastifyRequest): string {
  const path = url.split('?')[0]!;
  const content = body === undefined ? '' : canonicalJson(body);
  const ifMatch = headers['if-match'];
  const condition = ifMatch === undefined ? '' : `\n${ifMatch}`;
  return createHash('sha256').update(`${method} ${path}\n${content}${condition}`).digest('base64');
}

/** @throws AppError `malformed_request` if the value is nested more than MAX_DEPTH deep */
function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH)
    throw new AppError('invalid', 'malformed_request', 'The body is nested too deeply.', { httpStatus: 400 });
  if (Array.isArray(value)) return `[${value.map((element) => canonicalJson(element, depth + 1)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field, depth + 1)}`);
  return `{${fields.join()}}`;
}
