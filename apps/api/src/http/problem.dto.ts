import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

export class FieldErrorDto {
  /** JSON pointer to the invalid field. @example "/items/0/quantity" */
  pointer!: string;
  /** Stable error code for programs. @example "too_small" */
  code!: string;
  /** @example "must not be less than 1" */
  message!: string;
}

/** Problem document (RFC 9457). */
export class ProblemDto {
  /** @example "about:blank" */
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
}

const UNAVAILABLE: DocumentedProblem = {
  code: 'unavailable',
  otherCodes: [
    'database_unavailable',
    'database_read_only',
    'broker_unavailable',
    'row_locked',
    'outcome_unknown',
  ],
  when: 'The database or the broker is unavailable, or another session has locked what the request needs. Nothing was stored, except with `outcome_unknown`: the request may have been carried out.',
};

/** Documents the problem responses of an operation. @param problems error code and its cause, by HTTP status */
export function ApiProblems(problems: Record<number, DocumentedProblem>) {
  const all = { ...problems, 503: UNAVAILABLE };
  const responses = Object.entries(all).map(([status, { code, otherCodes = [], when }]) =>
    ApiResponse({
      status: Number(status),
      description: `${[code, ...otherCodes].map((name) => `\`${name}\``).join(', ')}: ${when}`,
      content: {
        'application/problem+json': {
          schema: { $ref: getSchemaPath(ProblemDto) },
          example: {
            type: 'about:blank',
            title: when,
            status: Number(status),
            code,
            detail: when,
            errors: [],
          },
        },
      },
    }),
  );
  return applyDecorators(ApiExtraModels(ProblemDto, FieldErrorDto), ...responses);
}

export const MALFORMED = {
  code: 'malformed_request',
  otherCodes: ['invalid_id', 'invalid_cursor'],
  when: 'The body is not JSON, or an id or cursor is invalid.',
};
export const INVALID = {
  code: 'validation_failed',
  when: 'Fields are unknown, missing or invalid; `errors` lists each of them.',
};
