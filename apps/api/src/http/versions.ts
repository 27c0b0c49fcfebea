import type { ExpectedVersion } from '@estoque/domain';
import { AppError } from '@estoque/platform';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

const HEADER = 'If-Match';
const MAX_LENGTH = 1_000;

/** An entity tag as in RFC 9110, section 8.8.3. */
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const TAGS = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`);
/** A tag of this API. A weak tag never matches in If-Match. */
const VERSION_TAG = /^"([1-9]\d{0,9})"$/;

/** The entity tag of an order or a product. */
export const etagOf = (version: number) => `"${version}"`;

/** Sets the header `ETag` of an answer, if its body has a version. @returns the body */
export function withEtag<Body>(reply: FastifyReply, body: Body): Body {
  const { version } = body as { version?: unknown };
  if (typeof version === 'number') reply.header('etag', etagOf(version));
  return body;
}

/**
 * Reads the versions that the caller accepts from the header If-Match.
 *
 * @returns undefined if the request does not have the header
 * @throws AppError `invalid_if_match`
 */
export function expectedVersion(request: FastifyRequest): ExpectedVersion | undefined {
  const value = request.raw.headersDistinct['if-match']?.join(', ').trim();
  if (value === undefined) return undefined;
  if (value === '*') return 'any';
  if (value.length > MAX_LENGTH || !TAGS.test(value)) {
    const message = `must be * or a list of entity tags, for example "3", with at most ${MAX_LENGTH} characters`;
    throw new AppError('invalid', 'invalid_if_match', `The header ${HEADER} ${message}.`, {
      httpStatus: 400,
      fieldErrors: [{ parameter: HEADER, code: 'bad_format', message }],
    });
  }
  const tags = value.match(new RegExp(TAG, 'g'))!;
  return tags.flatMap((tag) => VERSION_TAG.exec(tag)?.[1] ?? []).map(Number);
}

export const ETAG_HEADER = {
  ETag: {
    description: 'The version, for the header If-Match of a change',
    schema: { type: 'string' as const, example: '"3"' },
  },
};

/** Documents the header If-Match of an operation that changes an order or a product. */
export const ApiIfMatch = () =>
  applyDecorators(
    ApiHeader({
      name: HEADER,
      required: false,
      description:
        'The `ETag` of the version that the caller has read. If the version is another one meanwhile, the request is refused with 412. Without the header, the change is made to any version.',
      schema: { type: 'string', minLength: 1, maxLength: MAX_LENGTH },
      example: '"3"',
    }),
  );

/** The problem that the header If-Match can cause. A malformed one is `invalid_if_match`. */
export const STALE = {
  412: {
    code: 'version_stale',
    when: 'The order or product has another version than `If-Match` names.',
  },
};
