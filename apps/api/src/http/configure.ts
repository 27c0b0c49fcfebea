import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './openapi.js';
import { validationPipe } from './validation.pipe.js';

/** Said by every process, in the same place. */
export const UNVERSIONED = ['health/live', 'health/ready', 'metrics'];

/** What makes a Nest application this API: its prefix, its validation, its documents. */
export function configureApi(app: NestFastifyApplication) {
  app.setGlobalPrefix('v1', { exclude: UNVERSIONED });
  app.useGlobalPipes(validationPipe());
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'estoque-system API',
  });
}
