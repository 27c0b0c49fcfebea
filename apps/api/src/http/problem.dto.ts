import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

export class FaultDto {
  /** JSON pointer to the field. @example "/items/0/quantity" */
  pointer!: string;
  /** @example "too_small" */
  code!: string;
  /** @example "must not be less than 1" */
  message!: string;
}

/** RFC 9457. */
export class ProblemDto {
  /** @example "about:blank" */
  type!: string;
  /** @example "The request is not valid" */
  title!: string;
  /** @example 422 */
  status!: number;
  /** Stable, for programs. @example "validation_failed" */
  code!: string;
  /** @example "There is a fault in the request." */
  detail!: string;
  errors!: FaultDto[];
}

/** `status -> what it means here`, each answered as application/problem+json. */
export function ApiProblems(problems: Record<number, { code: string; when: string }>) {
  const all: typeof problems = {
    ...problems,
    503: { code: 'unavailable', when: 'The database is out of reach; nothing was stored.' },
  };
  const responses = Object.entries(all).map(([status, { code, when }]) =>
    ApiResponse({
      status: Number(status),
      description: `\`${code}\`: ${when}`,
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
  return applyDecorators(ApiExtraModels(ProblemDto, FaultDto), ...responses);
}

export const MALFORMED = {
  code: 'malformed_request',
  when: 'The body is not JSON, or an id or cursor is none.',
};
export const INVALID = {
  code: 'validation_failed',
  when: 'Fields are unknown, missing or out of bounds; `errors` names each.',
};
