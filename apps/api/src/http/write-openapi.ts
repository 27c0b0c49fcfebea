import { PlatformModule } from '@estoque/platform';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import { ApiModule } from '../api.module.js';
import { UNVERSIONED } from './configure.js';
import { openApiDocument } from './openapi.js';

class Root {}

// Prints the OpenAPI document. In preview mode nothing is instantiated, so it needs no database and no broker.
const app = await NestFactory.create<NestFastifyApplication>(
  { module: Root, imports: [PlatformModule.forApp('api'), ApiModule] },
  new FastifyAdapter(),
  { preview: true, logger: false },
);
app.setGlobalPrefix('v1', { exclude: UNVERSIONED });
process.stdout.write(`${JSON.stringify(openApiDocument(app), null, 2)}\n`);
process.exit(0);
