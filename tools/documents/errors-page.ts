import type { ErrorCode } from '../../apps/api/src/http/error-codes/error-code.js';
import { ERROR_CODES } from '../../apps/api/src/http/error-codes/error-codes.js';
import { FIELD_CODES } from '../../apps/api/src/http/error-codes/field-codes.js';
import { code, markdownTable } from './markdown.js';

/** docs/errors.md: every error code, for developers of API clients and for operators. */
export function errorsPage(): string {
  return `${[
    '<!-- Written by `npm run docs` from apps/api/src/http/error-codes. -->',
    '# Errors',
    'For developers of API clients, and for operators who read dead letters. An error response is a problem document (RFC 9457, `application/problem+json`). Programs decide by its `code`, which is stable. Its `type` is the address of the code on this page, which the API serves at `/docs/errors`. Each entry of `errors` names either the field of the body (`pointer`, a JSON pointer) or the parameter of the query, the path or the headers (`parameter`).',
    'To be able to repeat any POST safely, send it with an `Idempotency-Key` ([README](../README.md#requests-that-can-be-repeated)).',
    ...Object.entries(ERROR_CODES).flatMap(([title, codes]) => [`## ${title}`, ...codes.map(chapter)]),
    '## Codes in `errors`',
    markdownTable(
      ['code', 'meaning'],
      Object.entries(FIELD_CODES).map(([name, meaning]) => [code(name), meaning]),
    ),
  ].join('\n\n')}\n`;
}

const chapter = ({ code: name, status, meaning, action, repeat }: ErrorCode) =>
  [
    `### ${name}`,
    `${status === null ? '' : `HTTP ${status}. `}${meaning}`,
    [`- What to do: ${action}`, `- Repeating: ${repeat}`].join('\n'),
  ].join('\n\n');
