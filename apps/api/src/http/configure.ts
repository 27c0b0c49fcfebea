import { ENVIRONMENT, ERRORS_PAGE, type Environment } from '@estoque/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { isIP } from 'node:net';
import { AccessLog } from '../access/access-log.js';
import { restrictAccess } from '../access/access.hook.js';
import { Authenticator } from '../access/authenticator.js';
import { serveConsole } from '../console/console.js';
import { addLabRoutes } from '../lab/lab.routes.js';
import { limitAddresses, limitCallers } from '../limits/rate-limits.hooks.js';
import { RateLimits } from '../limits/rate-limits.js';
import { errorsHtml } from './errors-page.js';
import { useBoundedJsonParser } from './json-body.js';
import { openApiDocument } from './openapi.js';
import { validationPipe } from './validation.pipe.js';

/** Routes that every process serves, without the version prefix of the API. */
export const UNVERSIONED = ['health/live', 'health/ready', 'health/accepting', 'metrics'];

/**
 * Content-Security-Policy of the pages under /docs. Swagger UI has style sheets and style attributes in its HTML, and
 * images as `data:`. Its scripts are files of this server, and it sends requests to this server only.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "base-uri 'none'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
].join(';');

/** Files of Swagger UI that its page loads. The package has others, such as source maps, and a file with its version. */
const PAGE_FILES = /^(swagger-ui(-bundle|-standalone-preset)\.js|swagger-ui\.css|favicon-\d+x\d+\.png)$/;

/** Adds what is specific to the API: version prefix, parser of bodies, validation, OpenAPI document, page about errors, console. */
export function configureApi(app: NestFastifyApplication) {
  app.setGlobalPrefix('v1', { exclude: UNVERSIONED });
  const server = app.getHttpAdapter().getInstance();
  const { ENV, DOCS_TOKEN, LAB_URL } = app.get<Environment>(ENVIRONMENT);
  const docsToken = ENV === 'development' ? DOCS_TOKEN : undefined;
  const accessLog = app.get(AccessLog);
  const limits = app.get(RateLimits);
  limitAddresses(server, limits);
  restrictAccess(server, {
    identify: app.get(Authenticator).identify,
    onRefused: (request, status) => accessLog.refused(request, status),
  });
  limitCallers(server, limits);
  useBoundedJsonParser(server);
  protectPages(server, docsToken);
  serveConsole(app);
  if (ENV === 'development' && LAB_URL !== undefined) addLabRoutes(server, LAB_URL);
  app.useGlobalPipes(validationPipe());
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'estoque-system API',
    swaggerOptions: {
      // Swagger UI would send the address of a public server to a validator on the Internet.
      validatorUrl: null,
      ...(docsToken !== undefined && authorizedWith(docsToken)),
    },
  });
  const page = errorsHtml();
  server.get(ERRORS_PAGE, (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
}

/** Restricts the pages under /docs: what they may load, which files are served, and to whom the credential is shown. */
function protectPages(server: FastifyInstance, docsToken: string | undefined) {
  server.addHook('onRequest', (request, reply, done) => {
    const { url = '' } = request.routeOptions;
    if (!/^\/docs(\/|$)/.test(url)) return done();
    const isFile = url.endsWith('/*');
    if (isFile && !PAGE_FILES.test(request.url.split('?')[0]!.split('/').at(-1)!))
      return reply.callNotFound();
    // The pages contain the credential. A page of another site could read it if its host name led to this machine.
    if (docsToken !== undefined && !isLocalHost(request.hostname)) return reply.callNotFound();
    void reply.header('content-security-policy', PAGE_POLICY);
    done();
  });
}

const isLocalHost = (hostname: string) =>
  /^(.+\.)?localhost$/i.test(hostname) || isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;

/** Options of Swagger UI, with which it is authorized at once. */
function authorizedWith(token: string) {
  const schema = { type: 'http', scheme: 'bearer' };
  return { authAction: { bearer: { name: 'bearer', schema, value: token } } };
}
