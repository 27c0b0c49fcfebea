import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, MicroserviceOptions } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import 'reflect-metadata';
import { EnvironmentError, readEnvironment, type Environment } from './config/environment.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { Admission, type AdmissionClass } from './http/admission.js';
import { adapterOptions } from './http/adapter-options.js';
import { refuseWrongMethods } from './http/allowed-methods.js';
import { prepareConnectionDraining } from './http/connection-draining.js';
import { ConnectionQueues } from './http/connection-queues.js';
import { allowOrigins, refuseCrossSiteRequests } from './http/cross-origin.js';
import { LISTEN_BACKLOG, MAX_API_CONNECTIONS, MAX_WORKER_CONNECTIONS } from './http/http-limits.js';
import type { ServerOptions } from './http/http-server.js';
import { observeRequests } from './http/observe-requests.js';
import { countRefusals } from './http/refusal-metrics.js';
import { createLogger, NestLogger, type Logger } from './logging/logger.js';
import { Metrics } from './metrics/metrics.js';
import { PlatformModule } from './platform.module.js';
import { shutDownOnSignals } from './shutdown.js';
import { LOGGER } from './injection-tokens.js';
import { startTracing } from './tracing/tracing.js';

interface AppOptions {
  name: string;
  /** Default port, used if the variable PORT is unset. */
  port: number;
  /** Environment variables that are optional in the schema but required by this app. */
  requires?: readonly (keyof Environment)[];
}

/**
 * Starts an HTTP app.
 *
 * @param options.admission how many requests may be in progress
 * @param options.configure adds what is specific to the app: route prefix, pipes, OpenAPI document
 */
export async function startApi(
  module: Type,
  {
    admission: classes,
    configure,
    ...options
  }: AppOptions & {
    admission: readonly AdmissionClass[];
    configure: (app: NestFastifyApplication) => Promise<void> | void;
  },
) {
  const admission = new Admission(classes);
  const queues = new ConnectionQueues();
  const serverOptions = { gate: admission.check, queues, maxConnections: MAX_API_CONNECTIONS };
  const { app, environment } = await createApp(module, options, serverOptions, (request) =>
    admission.countRefusal(request),
  );
  shutDownOnSignals(app, environment, prepareConnectionDraining(app, environment));
  const server = app.getHttpAdapter().getInstance();
  await allowOrigins(app, environment.CORS_ORIGINS);
  refuseWrongMethods(server);
  refuseCrossSiteRequests(server, environment.CORS_ORIGINS);
  observeRequests(server, app.get(Metrics));
  admission.countRequests(server);
  countRefusals(app.get(Metrics), admission, queues);
  await configure(app);
  await listen(app, environment, options.port);
}

/** Starts an app that consumes a queue through `transport`. Its HTTP port serves health and metrics only. */
export async function startWorker(
  module: Type,
  { transport, ...options }: AppOptions & { transport: Type<CustomTransportStrategy> },
) {
  const serverOptions = {
    gate: () => undefined,
    queues: new ConnectionQueues(),
    maxConnections: MAX_WORKER_CONNECTIONS,
  };
  const { app, environment } = await createApp(module, options, serverOptions);
  shutDownOnSignals(app, environment);
  refuseWrongMethods(app.getHttpAdapter().getInstance());
  app.connectMicroservice<MicroserviceOptions>({ strategy: app.get(transport) }, { inheritAppConfig: true });
  // Listen first: startAllMicroservices resolves only when the broker is available, and health must be served until
  // then.
  await listen(app, environment, options.port);
  await app.startAllMicroservices();
}

async function createApp(
  module: Type,
  { name, requires }: AppOptions,
  serverOptions: ServerOptions,
  onOverload?: (request: FastifyRequest) => void,
) {
  const environment = readEnvironmentOrExit(name, requires);
  const logger = createLogger(name, environment);
  await startTracing(name, environment, logger);
  // Imported here: the command line, the migrations and most tests need no HTTP server.
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: AppRoot, imports: [PlatformModule.forApp(name, { environment, logger }), module] },
    new FastifyAdapter(adapterOptions(environment, serverOptions)),
    // Nest's body parsers also accept form data. Fastify's own parsers accept JSON and text; the one for text is
    // removed below.
    { logger: new NestLogger(logger), bodyParser: false },
  );
  app.getHttpAdapter().getInstance().removeContentTypeParser('text/plain');
  app.useGlobalFilters(new ProblemFilter(logger, onOverload));
  return { app, environment };
}

/** Root module of every app: imports the platform module and the app's own module. */
class AppRoot {}

function readEnvironmentOrExit(name: string, requires?: readonly (keyof Environment)[]) {
  try {
    return readEnvironment(requires);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${name}: ${problem}\n`);
    process.exit(1);
  }
}

async function listen(app: NestFastifyApplication, environment: Environment, port: number) {
  await app.listen({ port: environment.PORT ?? port, host: environment.HOST, backlog: LISTEN_BACKLOG });
  app.get<Logger>(LOGGER).info({ url: await app.getUrl() }, 'listening');
}
