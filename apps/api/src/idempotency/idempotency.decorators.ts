import { IdempotencyInProgress } from '@estoque/domain';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiProblems } from '../http/problem.dto.js';
import { HEADER, MAX_KEY_LENGTH } from './idempotency-key.js';

type Problems = Parameters<typeof ApiProblems>[0];

const KEY_PROBLEMS: Problems = {
  400: {
    code: 'invalid_idempotency_key',
    when: 'The idempotency key is empty, too long or not printable ASCII.',
  },
  409: {
    code: 'idempotency_in_progress',
    when: 'A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`.',
    retryAfterSeconds: IdempotencyInProgress.RETRY_AFTER_SECONDS,
  },
  410: {
    code: 'answer_erased',
    when: 'The request was carried out before. Its answer contained personal data, which was erased.',
  },
  422: {
    code: 'idempotency_key_reused',
    when: 'The idempotency key was used for another operation or another body.',
  },
};

/** Documents an operation that accepts an idempotency key. @param problems its other problems, as for ApiProblems */
export function ApiIdempotent(problems: Problems) {
  const merged = { ...problems };
  for (const [status, problem] of Object.entries(KEY_PROBLEMS)) {
    const { code, otherCodes = [], when } = problems[Number(status)] ?? problem;
    merged[Number(status)] =
      code === problem.code
        ? problem
        : { ...problem, code, otherCodes: [...otherCodes, problem.code], when: `${when} ${problem.when}` };
  }
  return applyDecorators(
    ApiHeader({
      name: HEADER,
      required: false,
      description:
        'A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`.',
      schema: { type: 'string', minLength: 1, maxLength: MAX_KEY_LENGTH },
      example: '018f9c2e-6b1a-7c3d-9e4f-5a6b7c8d9e0f',
    }),
    ApiProblems(merged),
  );
}
