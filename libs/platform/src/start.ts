import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import 'reflect-metadata';
import { EnvironmentError, readEnvironment, type Environment } from './config/environment.js';
import { ProblemFilter, sendProblem, toProblem } from './errors/problem.filter.js';
import { createLogger, NestLogger, type Logger } from './logging/logger.js';
import { LOGGER, PlatformModule } from './platform.module.js';

export const BODY_LIMIT_BYTES = 100 * 1024;

interface AppOptions {
  name: string;
  /** Where PORT is unset. */
  port: number;
  /** Optional variables that this app can't do without. */
  required?: (keyof Environment)[];
}

/** Starts an HTTP app. `configure` adds what is its own: routes' prefix, pipes, documents. */
export async function startApi(
  module: Type,
  {
    configure,
    ...options
  }: AppOptions & { configure: (app: NestFastifyApplication) => Promise<void> | void },
) {
  const { app, environment } = await create(module, options);
  await configure(app);
  await listen(app, environment, options.port);
}

/** Starts an app that consumes a queue through `transport`; its HTTP port serves health only. */
export async function startWorker(
  module: Type,
  { transport, ...options }: AppOptions & { transport: Type<CustomTransportStrategy> },
) {
  const { app, environment } = await create(module, options);
  app.connectMicroservice<MicroserviceOptions>({ strategy: app.get(transport) }, { inheritAppConfig: true });
  // Health first: startAllMicroservices resolves only once the broker is there.
  await listen(app, environment, options.port);
  await app.startAllMicroservices();
}

async function create(module: Type, { name, required }: AppOptions) {
  const environment = environmentOrExit(name, required);
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: AppRoot, imports: [PlatformModule.forApp(name), module] },
    new FastifyAdapter({
      bodyLimit: BODY_LIMIT_BYTES,
      routerOptions: { maxParamLength: 500 },
      // What Fastify refuses before there is a route, a broken escape in the address for one.
      frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => {
        void sendProblem(reply, toProblem(error));
      },
    }),
    // Nest's own body parsers would take forms as well; Fastify's takes JSON.
    { logger: new NestLogger(createLogger(name, environment)), bodyParser: false },
  );
  app.getHttpAdapter().getInstance().removeContentTypeParser('text/plain');
  const logger = app.get<Logger>(LOGGER);
  app.useGlobalFilters(new ProblemFilter(logger));
  stopOnSignals(app, logger, environment);
  return { app, environment };
}

class AppRoot {}

function environmentOrExit(name: string, required?: (keyof Environment)[]) {
  try {
    return readEnvironment(required);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    for (const fault of error.faults) process.stderr.write(`${name}: ${fault}\n`);
    process.exit(1);
  }
}

async function listen(app: NestFastifyApplication, environment: Environment, port: number) {
  await app.listen(environment.PORT ?? port, environment.HOST);
  app.get<Logger>(LOGGER).info({ url: await app.getUrl() }, 'listening');
}

/** SIGTERM: take nothing new in, finish what is in flight, close, leave. */
function stopOnSignals(app: NestFastifyApplication, logger: Logger, environment: Environment) {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error(
        'work was still in flight at the end of the time to stop; the queue and the outbox keep it',
      );
      process.exit(1);
    }, environment.SHUTDOWN_TIMEOUT_MS).unref();
    await app.close();
    logger.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}
