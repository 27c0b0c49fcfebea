import { ENVIRONMENT, type Environment } from '@estoque/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** The built files of apps/console. */
const FILES = join(import.meta.dirname, 'static');
const ONE_YEAR_MS = 31_536_000_000;
/** Paths that belong to the api: an unknown path below them is answered with a problem document, also to a browser. */
const API_PATHS = /^\/(v1|docs|health|metrics|openapi|asyncapi|runbook|assets|settings)(?![\w-])/i;

/**
 * Content-Security-Policy of the console. Its scripts are files of this server. The component library sets style attributes
 * and adds style elements.
 *
 * @param issuer the identity provider, whose tokens the page requests
 */
const policyOf = (issuer: string | undefined) =>
  [
    "default-src 'none'",
    "base-uri 'none'",
    `connect-src 'self'${issuer === undefined ? '' : ` ${new URL(issuer).origin}`}`,
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
  ].join(';');

/** The pages about the events and the runbook contain no script. */
const DOCUMENT_POLICY =
  "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none';style-src 'unsafe-inline'";

/** Serves the operator console at `/`, the page about the events at `/asyncapi` and the runbook at `/runbook`. */
export function serveConsole(app: NestFastifyApplication) {
  const environment = app.get<Environment>(ENVIRONMENT);
  const server = app.getHttpAdapter().getInstance();
  app.useStaticAssets({
    root: join(FILES, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    preCompressed: true,
    // The name of each file contains a hash of its contents.
    immutable: true,
    maxAge: ONE_YEAR_MS,
  });
  servePage(server, policyOf(environment.AUTH_ISSUER));
  serveSettings(server, environment);
  for (const document of ['asyncapi', 'runbook']) {
    const page = readFileSync(join(FILES, `${document}.html`), 'utf8');
    server.get(`/${document}`, (_request, reply) => sendPage(reply, page, DOCUMENT_POLICY));
  }
}

/** Answers every path that is not the api's with the page, whose router decides what it shows. */
function servePage(server: FastifyInstance, policy: string) {
  const page = readFileSync(join(FILES, 'index.html'), 'utf8');
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 || !isNavigation(request)) return done();
    void sendPage(reply, page, policy);
  });
}

const sendPage = (reply: FastifyReply, page: string, policy: string) =>
  reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);

const isNavigation = ({ method, url, headers: { accept = '' } }: FastifyRequest) =>
  (method === 'GET' || method === 'HEAD') && accept.includes('text/html') && !API_PATHS.test(url);

/** Serves what the console needs before its user has signed in. */
function serveSettings(server: FastifyInstance, environment: Environment) {
  const { ENV, AUTH_ISSUER, AUTH_CLIENT_ID, AUTH_AUDIENCE, CONSOLE_API_KEYS, LAB_URL } = environment;
  const settings = {
    environment: ENV,
    has_lab: ENV === 'development' && LAB_URL !== undefined,
    identity_provider:
      AUTH_ISSUER === undefined || AUTH_CLIENT_ID === undefined
        ? null
        : { issuer: AUTH_ISSUER, client_id: AUTH_CLIENT_ID, audience: AUTH_AUDIENCE },
  };
  const keys = ENV === 'development' ? keysOf(CONSOLE_API_KEYS) : {};
  server.get('/settings.json', (request, reply) =>
    reply.send({ ...settings, development_keys: isFromThisMachine(request) ? keys : {} }),
  );
}

const keysOf = (list = ''): Record<string, string> =>
  Object.fromEntries(
    list
      .split(',')
      .filter(Boolean)
      .map((entry) => entry.split('=') as [string, string]),
  );

/**
 * Whether a browser on this machine sends the request, to the name of this machine. A page of another site could read the
 * answer if its own host name led to this machine.
 */
const isFromThisMachine = ({ hostname, socket }: FastifyRequest) =>
  isLoopback(socket.remoteAddress ?? '') &&
  (/^(.+\.)?localhost$/i.test(hostname) || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')));

const isLoopback = (address: string) => isIP(address) !== 0 && /^(127\.|::1$|::ffff:127\.)/i.test(address);
