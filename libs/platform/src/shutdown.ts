import type { INestApplication } from '@nestjs/common';
import type { Environment } from './config/environment.js';
import type { Logger } from './logging/logger.js';
import { LOGGER } from './injection-tokens.js';
import { stopTracing } from './tracing/tracing.js';

/**
 * Shuts the process down gracefully on SIGTERM or SIGINT: stops accepting work, finishes the work in progress, closes
 * all connections, exits. After SHUTDOWN_TIMEOUT_MS the process exits with code 1.
 *
 * @param drain runs before anything is closed
 */
export function shutDownOnSignals(
  app: INestApplication,
  { SHUTDOWN_TIMEOUT_MS }: Environment,
  drain?: () => Promise<void>,
) {
  const logger = app.get<Logger>(LOGGER);
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error(
        'shutdown timed out with work in progress; messages stay in the queue, events in the outbox',
      );
      process.exit(1);
    }, SHUTDOWN_TIMEOUT_MS).unref();
    await drain?.();
    await app.close();
    await stopTracing();
    logger.info('stopped');
    process.exit(0);
  };
  // Replaces the handler that the image installs until the app has started (deploy/docker/Dockerfile). The new handler is
  // added first: if a signal had no handler for a moment, Node.js would discard a signal that has just arrived.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const earlierHandlers = process.listeners(signal);
    process.on(signal, () => void stop(signal));
    for (const handler of earlierHandlers) process.off(signal, handler);
  }
}
