import { AppError } from '@estoque/platform';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessConfig } from '../access/requires.decorator.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Text of the body, only for routes with a signature. */
    bodyText?: string;
  }
}

/** The deepest body of the API has 3 levels. */
const MAX_DEPTH = 20;
/** Members of objects and lists in total. The largest valid order has about 400. */
const MAX_MEMBERS = 5_000;
const MAX_KEY_CHARACTERS = 200;

/**
 * Replaces Fastify's parser of JSON bodies. It bounds what validation and transformation work on, because they recurse
 * into whatever they get.
 */
export function useBoundedJsonParser(server: FastifyInstance) {
  server.decorateRequest('bodyText', undefined);
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if ((request.routeOptions.config as AccessConfig).isSigned) request.bodyText = text as string;
    try {
      const body: unknown = JSON.parse(text as string);
      checkSize(body, 1, { members: 0 });
      done(null, body);
    } catch (error) {
      done(error instanceof AppError ? error : malformed('The body is not valid JSON.'));
    }
  });
}

/** The text of the body as it was received: a signature covers this text. Empty if there is no body. */
export const signedBodyOf = ({ bodyText }: FastifyRequest) => bodyText ?? '';

/** @throws AppError `malformed_request` */
function checkSize(value: unknown, depth: number, count: { members: number }) {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw malformed(`The body is nested more than ${MAX_DEPTH} levels deep.`);
  const isList = Array.isArray(value);
  for (const key in value) {
    if (++count.members > MAX_MEMBERS)
      throw malformed(`The body has more than ${MAX_MEMBERS} fields and list entries.`);
    if (!isList && key.length > MAX_KEY_CHARACTERS)
      throw malformed(`The body has a field name with more than ${MAX_KEY_CHARACTERS} characters.`);
    checkSize((value as Record<string, unknown>)[key], depth + 1, count);
  }
}

const malformed = (detail: string) =>
  new AppError('invalid', 'malformed_request', detail, { httpStatus: 400 });
