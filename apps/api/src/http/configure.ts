import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './openapi.js';
import { validationPipe } from './validation.pipe.js';

/** Routes that every process serves, without the version prefix of the API. */
export const UNVERSIONED = ['health/live', 'health/ready', 'health/accepting', 'metrics'];

/** Adds what is specific to the API: version prefix, validation, OpenAPI document. */
export function configureApi(app: NestFastifyApplication) {
  app.setGlobalPrefix('v1', { exclude: UNVERSIONED });
  app.useGlobalPipes(validationPipe());
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'estoque-system API',
  });
}
