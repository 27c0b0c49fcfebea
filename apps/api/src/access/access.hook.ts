import { CredentialMissing, InvalidCredential } from '@estoque/platform';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { challengeOf, EmailNotVerified, Forbidden, InsufficientScope } from './access.errors.js';
import type { Caller } from './caller.js';
import type { AccessConfig } from './requires.decorator.js';
import { reachOf } from './scopes.js';

/**
 * Routes that require no scope, because they show no data of the shop. Compared with the path of the route, not of the
 * URL. The controllers of health and metrics check METRICS_TOKEN themselves.
 */
const PUBLIC =
  /^\/(health\/(live|ready|accepting)|metrics|docs(\/.*)?|openapi\.(json|yaml)|asyncapi|runbook|assets\/\*|settings\.json)$/;

export const isPublic = (path: string) => PUBLIC.test(path);

/** Whether the route identifies its sender by a signature of the body, which its handler checks. */
const isSigned = ({ routeOptions: { config } }: FastifyRequest) => (config as AccessConfig).isSigned === true;

export interface AccessChecks {
  /** @returns the caller; not a promise if that needs no input or output @throws InvalidCredential */
  identify: (credential: string) => Caller | Promise<Caller>;
  /** Called for each answer with status 401 or 403. */
  onRefused: (request: FastifyRequest, status: 401 | 403) => void;
}

/**
 * Checks who sends a request and what they may do, before the body is read. A route that declares no scope refuses every
 * request.
 */
export function restrictAccess(server: FastifyInstance, { identify, onRefused }: AccessChecks) {
  server.decorateRequest('caller', undefined);
  server.decorateRequest('owner', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404 || isPublic(request.routeOptions.url!) || isSigned(request)) return done();
    const refuse = (error: unknown) => {
      if (error instanceof Forbidden) void reply.header('www-authenticate', challengeOf(error));
      done(error as Error);
    };
    const accept = (caller: Caller) => {
      request.caller = caller;
      try {
        request.owner = ownerFor(caller, request);
      } catch (error) {
        return refuse(error);
      }
      done();
    };
    try {
      const caller = identify(credentialOf(request));
      if (caller instanceof Promise) caller.then(accept, refuse);
      else accept(caller);
    } catch (error) {
      refuse(error);
    }
  });
  server.addHook('onResponse', (request, { statusCode }, done) => {
    if (statusCode === 401 || statusCode === 403) onRefused(request, statusCode);
    done();
  });
}

/** @returns the address that limits what the caller reaches, if there is one @throws Forbidden */
function ownerFor(caller: Caller, { routeOptions: { url, config } }: FastifyRequest): string | undefined {
  const { scope, isForCustomers, isForEveryCaller } = config as AccessConfig;
  if (isForEveryCaller) return undefined;
  if (scope === undefined) throw new Error(`The route ${url} declares no scope.`);
  const reach = reachOf(caller.grants, scope, isForCustomers);
  if (reach === undefined) throw new InsufficientScope(scope);
  if (reach === 'all') return undefined;
  if (caller.email === undefined) throw new EmailNotVerified(scope);
  return caller.email;
}

/** @throws CredentialMissing, InvalidCredential */
export function credentialOf({ headers: { authorization }, raw }: FastifyRequest): string {
  if (authorization === undefined) throw new CredentialMissing();
  const credential = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  if (!credential || isRepeated(raw.rawHeaders, 'authorization')) throw new InvalidCredential();
  return credential;
}

/** `headersDistinct` would parse all headers again, for each request. @param rawHeaders names and values, in turns */
function isRepeated(rawHeaders: string[], header: string): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === header.length && name.toLowerCase() === header) count += 1;
  }
  return count > 1;
}
