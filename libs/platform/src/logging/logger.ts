import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream } from 'pino';
import type { Environment } from '../config/environment.js';
import { traceFields } from '../tracing/tracing.js';

export type { Logger } from 'pino';

/** Under these names stand people, in what we handle. No line of ours logs them; whoever adds one by mistake tells nothing. */
const PERSONAL = new Set([
  ...['customer', 'customer_name', 'customer_email', 'recipient', 'email', 'to', 'body', 'parameters'],
]);
const DEEPEST = 5;

/** A record without people. Of an error is told what it says, not what it holds: TypeORM's has every parameter. */
function impersonal(value: unknown, depth = 0): unknown {
  if (value instanceof Error) {
    const { name, message, stack } = value;
    return { name, message, stack, ...('code' in value && { code: value.code }) };
  }
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (depth === DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((each) => impersonal(each, depth + 1));
  const told: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value))
    told[key] = PERSONAL.has(key) ? '[redacted]' : impersonal(each, depth + 1);
  return told;
}

/**
 * In whatever text: a mail server quotes the recipient that it refuses, a URL has its password before the @. JSON's
 * escapes come first, or the n of a line's end would be taken for a part of the address after it.
 */
const ESCAPE_OR_ADDRESS = /\\.|[^\s"'<>()[\],;:/\\=]{1,64}@[^\s"'<>()[\],;:/\\]+/g;

function withoutAddresses(line: string): string {
  if (!line.includes('@')) return line;
  return line.replaceAll(ESCAPE_OR_ADDRESS, (found) => (found.startsWith('\\') ? found : '[address]'));
}

/**
 * One JSON line a record on standard output; whoever runs the process decides where it goes. Where that is a
 * developer's terminal, it is for people.
 */
export function createLogger(
  app: string,
  { LOG_LEVEL, ENV }: Pick<Environment, 'LOG_LEVEL'> & Partial<Pick<Environment, 'ENV'>>,
  destination?: DestinationStream,
) {
  return pino(
    {
      base: { app },
      level: LOG_LEVEL,
      mixin: traceFields,
      // Done by then; pino's own would do it once more.
      serializers: { err: (told: unknown) => told },
      formatters: { log: (record) => impersonal(record) as Record<string, unknown> },
      hooks: { streamWrite: withoutAddresses },
    },
    destination ?? (ENV === 'development' && process.stdout.isTTY ? forPeople() : pino.destination(1)),
  );
}

export const FOR_PEOPLE = {
  ignore: 'pid,hostname,app',
  messageFormat: '{app}: {msg}',
  translateTime: 'HH:MM:ss.l',
};

/** Loaded only where it is wanted. */
function forPeople(): DestinationStream {
  return pino.transport({ target: 'pino-pretty', options: FOR_PEOPLE });
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
    else if (typeof message === 'string') this.logger.error({ context: rest.at(-1) }, message);
    else this.logger.error({ context: rest.at(-1), details: message }, 'an error of the framework');
  }

  fatal(message: unknown, context?: string) {
    this.logger.fatal({ context }, String(message));
  }
}
