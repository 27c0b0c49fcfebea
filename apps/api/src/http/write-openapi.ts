import { PlatformModule } from '@estoque/platform';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import { ApiModule } from '../api.module.js';
import { UNVERSIONED } from './configure.js';
import { openApiDocument } from './openapi.js';

/** Root module: the platform module and the API's own module. */
class AppRoot {}

// Writes the OpenAPI document to standard output. Preview mode instantiates no provider, so neither database nor broker
// is needed.
const app = await NestFactory.create<NestFastifyApplication>(
  { module: AppRoot, imports: [PlatformModule.forApp('api'), ApiModule] },
  new FastifyAdapter(),
  { preview: true, logger: false },
);
app.setGlobalPrefix('v1', { exclude: UNVERSIONED });
// A pipe accepts the document in parts: an exit before the last one would truncate it.
process.stdout.write(`${JSON.stringify(openApiDocument(app), null, 2)}\n`, () => process.exit(0));
