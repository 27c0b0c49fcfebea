import { ERRORS_PAGE } from '@estoque/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { errorsHtml } from './errors-page.js';
import { useBoundedJsonParser } from './json-body.js';
import { openApiDocument } from './openapi.js';
import { validationPipe } from './validation.pipe.js';

/** Routes that every process serves, without the version prefix of the API. */
export const UNVERSIONED = ['health/live', 'health/ready', 'health/accepting', 'metrics'];

/** Adds what is specific to the API: version prefix, parser of bodies, validation, OpenAPI document, page about errors. */
export function configureApi(app: NestFastifyApplication) {
  app.setGlobalPrefix('v1', { exclude: UNVERSIONED });
  useBoundedJsonParser(app.getHttpAdapter().getInstance());
  app.useGlobalPipes(validationPipe());
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'estoque-system API',
  });
  const page = errorsHtml();
  app
    .getHttpAdapter()
    .getInstance()
    .get(ERRORS_PAGE, (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
}
