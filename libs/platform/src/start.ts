import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import 'reflect-metadata';
import { EnvironmentError, readEnvironment, type Environment } from './config/environment.js';
import { ProblemFilter, sendProblem, toProblem } from './errors/problem.filter.js';
import { HealthChecks } from './health/health-checks.js';
import { observeRequests } from './http/observed-requests.js';
import { createLogger, NestLogger, type Logger } from './logging/logger.js';
import { Metrics } from './metrics/metrics.js';
import { LOGGER, PlatformModule } from './platform.module.js';
import { startTracing, stopTracing } from './tracing/tracing.js';

export const BODY_LIMIT_BYTES = 100 * 1024;

interface AppOptions {
  name: string;
  /** Where PORT is unset. */
  port: number;
  /** Optional variables that this app can't do without. */
  requires?: readonly (keyof Environment)[];
}

/** Starts an HTTP app. `configure` adds what is its own: routes' prefix, pipes, documents. */
export async function startApi(
  module: Type,
  { configure, ...options }: AppOptions & { configure: (app: App) => Promise<void> | void },
) {
  const { app, environment } = await create(module, options);
  stopOnSignals(app, environment, keepConnections(app, environment));
  observeRequests(app.getHttpAdapter().getInstance(), app.get(Metrics));
  await configure(app);
  await listen(app, environment, options.port);
}

/** Starts an app that consumes a queue through `transport`; its HTTP port serves health only. */
export async function startWorker(
  module: Type,
  { transport, ...options }: AppOptions & { transport: Type<CustomTransportStrategy> },
) {
  const { app, environment } = await create(module, options);
  stopOnSignals(app, environment);
  app.connectMicroservice<MicroserviceOptions>({ strategy: app.get(transport) }, { inheritAppConfig: true });
  // Health first: startAllMicroservices resolves only once the broker is there.
  await listen(app, environment, options.port);
  await app.startAllMicroservices();
}

type App = NestFastifyApplication;

async function create(module: Type, { name, requires }: AppOptions) {
  const environment = environmentOrExit(name, requires);
  const logger = createLogger(name, environment);
  await startTracing(name, environment, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: AppRoot, imports: [PlatformModule.forApp(name, logger), module] },
    new FastifyAdapter({
      bodyLimit: BODY_LIMIT_BYTES,
      routerOptions: { maxParamLength: 500 },
      // What still comes while we stop is answered as well.
      return503OnClosing: false,
      // What Fastify refuses before there is a route, a broken escape in the address for one.
      frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => {
        void sendProblem(reply, toProblem(error));
      },
    }),
    // Nest's own body parsers would take forms as well; Fastify's takes JSON.
    { logger: new NestLogger(logger), bodyParser: false },
  );
  app.getHttpAdapter().getInstance().removeContentTypeParser('text/plain');
  app.useGlobalFilters(new ProblemFilter(logger));
  return { app, environment };
}

class AppRoot {}

function environmentOrExit(name: string, requires?: readonly (keyof Environment)[]) {
  try {
    return readEnvironment(requires);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    for (const fault of error.problems) process.stderr.write(`${name}: ${fault}\n`);
    process.exit(1);
  }
}

async function listen(app: App, environment: Environment, port: number) {
  await app.listen(environment.PORT ?? port, environment.HOST);
  app.get<Logger>(LOGGER).info({ url: await app.getUrl() }, 'listening');
}

/**
 * What customers are told an idle connection is good for, so that none of theirs is left when they have been seen off.
 * Balancers go by a clock of their own, and find it open for longer (72 s, Fastify's).
 */
const KEEP_ALIVE = 'timeout=5';

/**
 * @returns what is to be done before the end: it says on the health page that we leave, answers what still comes by
 * connections that are kept open, and asks for no more of it there. Whoever balances the load takes us off its list
 * meanwhile, and nobody's connection is closed under a request on its way.
 */
function keepConnections(app: App, { DRAIN_TIMEOUT_MS }: Environment) {
  const server = app.getHttpServer();
  let leaving = false;
  server.prependListener('request', (_request: unknown, response: ServerResponse) => {
    if (leaving) response.shouldKeepAlive = false;
    else response.setHeader('keep-alive', KEEP_ALIVE);
  });
  return async () => {
    leaving = true;
    app.get(HealthChecks).add('process', () => {
      throw new Error('stopping');
    });
    const end = performance.now() + DRAIN_TIMEOUT_MS;
    const count = promisify(server.getConnections.bind(server));
    while (performance.now() < end && (await count()) > 0) await sleep(20);
  };
}

/**
 * SIGTERM: take nothing new in, finish what is in flight, close, leave.
 *
 * @param before done first, while everything still works
 */
function stopOnSignals(app: App, { SHUTDOWN_TIMEOUT_MS }: Environment, before?: () => Promise<void>) {
  const logger = app.get<Logger>(LOGGER);
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error('shutdown timed out with work in flight; the queue and the outbox keep it');
      process.exit(1);
    }, SHUTDOWN_TIMEOUT_MS).unref();
    await before?.();
    await app.close();
    await stopTracing();
    logger.info('stopped');
    process.exit(0);
  };
  // In place of what an image has for the time before (deploy/docker/Dockerfile).
  for (const signal of ['SIGTERM', 'SIGINT'])
    process.removeAllListeners(signal).on(signal, () => void stop(signal));
}
