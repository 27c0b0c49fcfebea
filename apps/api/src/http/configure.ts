import { ENVIRONMENT, ERRORS_PAGE, type Environment } from '@estoque/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { AccessLog } from '../access/access-log.js';
import { restrictAccess } from '../access/access.hook.js';
import { Authenticator } from '../access/authenticator.js';
import { limitAddresses, limitCallers } from '../limits/rate-limits.hooks.js';
import { RateLimits } from '../limits/rate-limits.js';
import { errorsHtml } from './errors-page.js';
import { useBoundedJsonParser } from './json-body.js';
import { openApiDocument } from './openapi.js';
import { validationPipe } from './validation.pipe.js';

/** Routes that every process serves, without the version prefix of the API. */
export const UNVERSIONED = ['health/live', 'health/ready', 'health/accepting', 'metrics'];

/** Adds what is specific to the API: version prefix, parser of bodies, validation, OpenAPI document, page about errors. */
export function configureApi(app: NestFastifyApplication) {
  app.setGlobalPrefix('v1', { exclude: UNVERSIONED });
  const server = app.getHttpAdapter().getInstance();
  const accessLog = app.get(AccessLog);
  const limits = app.get(RateLimits);
  limitAddresses(server, limits);
  restrictAccess(server, {
    identify: app.get(Authenticator).identify,
    onRefused: (request, status) => accessLog.refused(request, status),
  });
  limitCallers(server, limits);
  useBoundedJsonParser(server);
  app.useGlobalPipes(validationPipe());
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'estoque-system API',
    swaggerOptions: authorizedWith(app.get<Environment>(ENVIRONMENT)),
  });
  const page = errorsHtml();
  server.get(ERRORS_PAGE, (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
}

/** In development, Swagger UI is authorized at once. */
function authorizedWith({ ENV, DOCS_TOKEN }: Environment) {
  if (ENV !== 'development' || DOCS_TOKEN === undefined) return {};
  const schema = { type: 'http', scheme: 'bearer' };
  return { authAction: { bearer: { name: 'bearer', schema, value: DOCS_TOKEN } } };
}
