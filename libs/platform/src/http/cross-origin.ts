import cors from '@fastify/cors';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app.errors.js';
import { sendProblem, toProblem } from '../errors/problem.filter.js';

/** Time for which a browser may keep the answer to a preflight request. Chromium uses at most two hours. */
const PREFLIGHT_MAX_AGE_SECONDS = 7_200;

/**
 * Lets pages of these origins use the api from a browser. Call it before any other hook is added: it answers preflight
 * requests.
 */
export async function allowOrigins(app: NestFastifyApplication, origins: readonly string[]) {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: (origin, done) => done(null, origin !== undefined && origins.includes(origin) && origin),
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'traceparent'],
    exposedHeaders: [
      'deprecation',
      'etag',
      'idempotent-replayed',
      'location',
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
      'sunset',
      'www-authenticate',
    ],
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    // A request of an allowed origin without Access-Control-Request-Method would be answered with plain text.
    strictPreflight: false,
  });
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests with which a page of another site would change something. A browser sends some of them without a
 * preflight request: forms, text and requests without a body (docs/adr/0029).
 */
export function refuseCrossSiteRequests(server: FastifyInstance, origins: readonly string[]) {
  server.addHook('onRequest', (request, reply, done) => {
    if (SAFE_METHODS.has(request.method) || !isCrossSite(request, origins)) return done();
    const error = new AppError(
      'invalid',
      'cross_site_request',
      'A browser sent the request for a page of an origin that is not allowed.',
      { httpStatus: 403 },
    );
    void sendProblem(reply, toProblem(error));
  });
}

/** Clients other than browsers send neither of the two headers. A page cannot set or remove them. */
function isCrossSite({ headers, host }: FastifyRequest, origins: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origins.includes(origin)) return false;
  // Browsers send it with requests to https: and to localhost.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host.toLowerCase();
}
