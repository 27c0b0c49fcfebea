import type { LoggerService } from '@nestjs/common';
import { createRequire } from 'node:module';
import { pino, type DestinationStream } from 'pino';
import type PinoPretty from 'pino-pretty';
import type { Environment } from '../config/environment.js';
import { traceFields } from '../tracing/tracing.js';

export type { Logger } from 'pino';

/** Fields that can contain personal data. No log statement logs them; this list is a safeguard against mistakes. */
const PERSONAL_FIELDS = new Set([
  'customer',
  'customer_name',
  'customer_email',
  'recipient',
  'email',
  'to',
  'body',
  'parameters',
]);
const MAX_DEPTH = 5;

/**
 * Copies a log record without personal data. Only name, message, stack and code of an error are kept: TypeORM's errors
 * also contain all parameters of the SQL statement.
 */
function redactPersonalData(value: unknown, depth = 0): unknown {
  if (value instanceof Error) {
    const { name, message, stack } = value;
    return { name, message, stack, ...('code' in value && { code: value.code }) };
  }
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (depth === MAX_DEPTH) return '[nested too deep]';
  if (Array.isArray(value)) return value.map((element) => redactPersonalData(element, depth + 1));
  const redacted: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value))
    redacted[key] = PERSONAL_FIELDS.has(key) ? '[redacted]' : redactPersonalData(field, depth + 1);
  return redacted;
}

/**
 * Matches e-mail addresses, and user name, password and host of a URL, anywhere in a serialized line. A mail server, for
 * example, quotes the recipient that it refuses. JSON escapes are matched first, so that the `n` of `\n` is not treated as
 * the beginning of an address.
 */
const ESCAPE_OR_ADDRESS =
  /\\.|(?<=:\/\/)[^\s"/\\@]*@[^\s"'<>()[\],;:/\\=]*|[^\s"'<>()[\],;:/\\=]{1,64}@[^\s"'<>()[\],;:/\\]+/g;

function redactAddresses(line: string): string {
  if (!line.includes('@')) return line;
  return line.replaceAll(ESCAPE_OR_ADDRESS, (match) => (match.startsWith('\\') ? match : '[address]'));
}

/**
 * Creates a logger that writes one JSON line per record to standard output, or formatted text if `ENV` is `development`
 * and standard output is a terminal.
 *
 * @param app name of the app, which is on every line
 * @param destination replaces standard output
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
      // `formatters.log` runs first and has already serialized the error, so pino's own serializer is disabled.
      serializers: { err: (serialized: unknown) => serialized },
      formatters: { log: (record) => redactPersonalData(record) as Record<string, unknown> },
      hooks: { streamWrite: redactAddresses },
    },
    destination ??
      (ENV === 'development' && process.stdout.isTTY ? createPrettyStream() : pino.destination(1)),
  );
}

export const PRETTY_OPTIONS = {
  ignore: 'pid,hostname,app',
  messageFormat: '{app}: {msg}',
  translateTime: 'HH:MM:ss.l',
};

/** Loads pino-pretty only when this is called. It is not in the bundles, so `import` would have to be awaited. */
function createPrettyStream(): DestinationStream {
  const require = createRequire(import.meta.url);
  return (require('pino-pretty') as typeof PinoPretty)(PRETTY_OPTIONS);
}

/** Passes Nest's log lines to our logger. Nest's level `log` (a line for each route and module) becomes `debug`. */
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
    else this.logger.error({ context: rest.at(-1), details: message }, 'framework error');
  }

  fatal(message: unknown, context?: string) {
    this.logger.fatal({ context }, String(message));
  }
}
