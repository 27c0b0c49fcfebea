import type { LoggerService } from '@nestjs/common';
import { inspect } from 'node:util';
import { pino } from 'pino';
import type { Environment } from '../config/environment.js';

export type { Logger } from 'pino';

/** One JSON line a record on standard output; whoever runs the process decides where it goes. */
export function createLogger(app: string, environment: Pick<Environment, 'LOG_LEVEL'>) {
  return pino({
    base: { app },
    level: environment.LOG_LEVEL,
    // TypeORM's QueryFailedError carries every parameter of the statement: names, addresses.
    serializers: {
      err: ({ name, message, stack, ...rest }: Error) => ({
        name,
        message,
        stack,
        code: 'code' in rest ? rest.code : undefined,
      }),
    },
  });
}

/** Nest's own lines: what it tells at `log` level (each route, each module) is detail for us. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: pino.Logger) {}

  log(message: unknown, context?: string) {
    this.logger.debug({ context }, String(message));
  }

  debug(message: unknown, context?: string) {
    this.logger.trace({ context }, String(message));
  }

  warn(message: unknown, context?: string) {
    this.logger.warn({ context }, String(message));
  }

  error(message: unknown, ...rest: unknown[]) {
    if (message instanceof Error) this.logger.error({ err: message }, message.message);
    else
      this.logger.error({ context: rest.at(-1) }, typeof message === 'string' ? message : inspect(message));
  }

  fatal(message: unknown, context?: string) {
    this.logger.fatal({ context }, String(message));
  }
}
