import { buildProblem, RETRY_AFTER_SECONDS } from '@estoque/platform';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

export class FieldErrorDto {
  /** JSON pointer to the invalid field of the body. Each error has either `pointer` or `parameter`. @example "/items/0/quantity" */
  pointer?: string;
  /** Name of the invalid parameter of the query, the path or the headers. @example "limit" */
  parameter?: string;
  /** Stable error code for programs. @example "too_small" */
  code!: string;
  /** @example "must not be less than 1" */
  message!: string;
}

/** Problem document (RFC 9457). */
export class ProblemDto {
  /** Address of the code on the page about errors, relative to this server. @example "/docs/errors#validation_failed" */
  type!: string;
  /** @example "The request is invalid" */
  title!: string;
  /** @example 422 */
  status!: number;
  /** Stable error code for programs. @example "validation_failed" */
  code!: string;
  /** @example "The request has 1 validation error." */
  detail!: string;
  errors!: FieldErrorDto[];
}

interface DocumentedProblem {
  code: string;
  /** Other codes that a response with the same cause can have. */
  otherCodes?: string[];
  when: string;
  /** Value of the header `Retry-After`, if the response has one, or its largest value. */
  retryAfterSeconds?: number | { max: number };
}

const UNAVAILABLE: DocumentedProblem = {
  code: 'unavailable',
  otherCodes: [
    'overloaded',
    'row_locked',
    'database_unavailable',
    'database_read_only',
    'broker_unavailable',
    'identity_provider_unavailable',
    'outcome_unknown',
  ],
  when: 'The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`.',
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

/** Documents the problem responses of an operation. @param problems error code and its cause, by HTTP status */
export function ApiProblems(problems: Record<number, DocumentedProblem>) {
  const all = { ...problems, 503: UNAVAILABLE };
  const responses = Object.entries(all).map(([status, problem]) =>
    ApiResponse({ status: Number(status), ...problemResponse(Number(status), problem) }),
  );
  return applyDecorators(ApiExtraModels(ProblemDto, FieldErrorDto), ...responses);
}

/** Returns the OpenAPI object of a problem response. */
export function problemResponse(
  status: number,
  { code, otherCodes = [], when, retryAfterSeconds }: DocumentedProblem,
) {
  return {
    description: `${[code, ...otherCodes].map((name) => `\`${name}\``).join(', ')}: ${when}`,
    ...(retryAfterSeconds !== undefined && { headers: retryAfter(retryAfterSeconds) }),
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath(ProblemDto) },
        example: buildProblem(status, code, when),
      },
    },
  };
}

const retryAfter = (seconds: number | { max: number }) => ({
  'Retry-After': {
    description: 'Seconds after which a repetition may succeed',
    schema:
      typeof seconds === 'number'
        ? { type: 'integer' as const, example: seconds }
        : { type: 'integer' as const, minimum: 1, maximum: seconds.max, example: seconds.max },
  },
});

export const MALFORMED = {
  code: 'malformed_request',
  otherCodes: ['invalid_id', 'invalid_cursor'],
  when: 'The body is not JSON, or an id or cursor is invalid.',
};
/** Of operations that accept the header If-Match. */
export const MALFORMED_CHANGE = {
  code: 'malformed_request',
  otherCodes: ['invalid_id', 'invalid_if_match'],
  when: 'The body is not JSON, the id is invalid, or `If-Match` is not a list of entity tags.',
};
export const INVALID = {
  code: 'validation_failed',
  when: 'Fields are unknown, missing or invalid; `errors` lists each of them.',
};

/** Problems that every operation can answer with, because the server refuses the request before it reaches the operation. */
export const SERVER_PROBLEMS: Record<number, DocumentedProblem> = {
  400: { code: 'malformed_request', when: 'The request is malformed.' },
  414: { code: 'url_too_long', when: 'The URL has more than 8,000 characters.' },
  417: { code: 'expectation_failed', when: 'The header Expect has another value than 100-continue.' },
  431: { code: 'headers_too_large', when: 'The headers have more than 16 kB.' },
  500: { code: 'internal_error', when: 'An unexpected error; it was logged.' },
};

/** Problems of all operations that require a scope. */
export const ACCESS_PROBLEMS: Record<number, DocumentedProblem> = {
  401: {
    code: 'invalid_credential',
    otherCodes: ['credential_missing'],
    when: 'The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one.',
  },
  429: {
    code: 'rate_limited',
    when: 'The address or the caller has sent too many requests within a minute.',
    retryAfterSeconds: { max: 60 },
  },
  403: {
    code: 'insufficient_scope',
    otherCodes: ['email_not_verified'],
    when: 'The caller does not have the scope that the operation requires.',
  },
};

/** Problems of all operations that change something. Their method allows a body, whether or not they read it. */
export const BODY_PROBLEMS: Record<number, DocumentedProblem> = {
  403: {
    code: 'insufficient_scope',
    otherCodes: ['email_not_verified', 'cross_site_request'],
    when: 'The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS).',
  },
  408: { code: 'request_timeout', when: 'The request did not arrive within 20 s.' },
  413: { code: 'body_too_large', when: 'The body is larger than 100 kB.' },
  415: { code: 'unsupported_media_type', when: 'The body is not application/json.' },
};
