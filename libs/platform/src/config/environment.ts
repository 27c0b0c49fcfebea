import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { MAX_RETRIES } from '../errors/app.errors.js';

const urlOf = (...protocols: string[]) =>
  z
    .string('is missing')
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    });

/** One or several, separated by commas. @returns them all */
const urlsOf = (...protocols: string[]) =>
  z
    .string('is missing')
    .transform((list) => list.split(',').map((url) => url.trim()))
    .pipe(z.array(urlOf(...protocols)).min(1));

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be from ${least} to ${most}` });

/** Every variable that any process of the system reads; `.env.example` lists the same (a test compares them). */
export const environmentSchema = z.object({
  ENV: z.enum(['development', 'production'], 'must be development or production').default('production'),
  DATABASE_URL: urlOf('postgres:', 'postgresql:'),
  /** Of a cluster, all nodes, separated by commas: the next one is tried where one is away. */
  RABBITMQ_URL: urlsOf('amqp:', 'amqps:'),
  HOST: z.string().default('0.0.0.0'),
  /** Unset, each app listens on a port of its own (README). */
  PORT: wholeNumber(0, 65_535).optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'must be a log level')
    .default('info'),
  /** Two for each processor, and some: batches need few, and more than the server can run at once only wait there. */
  DATABASE_POOL_SIZE: wholeNumber(1, 500).default(() => 4 + 2 * availableParallelism()),
  /** A server that is silent for this long on a query is given up, and its connection with it. */
  DATABASE_QUERY_TIMEOUT_MS: wholeNumber(100, 86_400_000).default(10_000),
  /** Messages a worker holds at once. */
  PREFETCH: wholeNumber(1, 1_000).default(200),
  /** Waits before the second, third ... attempt of a message, in milliseconds; each grows by a jitter of up to 20 %. */
  RETRY_DELAYS_MS: z
    .string()
    .regex(
      new RegExp(`^\\d{1,7}(,\\d{1,7}){${MAX_RETRIES - 1}}$`),
      `must be ${MAX_RETRIES} whole numbers of milliseconds, separated by commas`,
    )
    .default('1000,5000,30000,120000')
    .transform((list) => list.split(',').map(Number)),
  /** How long an order's stock stays reserved for it. */
  RESERVATION_TTL_SECONDS: wholeNumber(1, 31_536_000).default(1_800),
  /** How long an order may stay pending, reserved, or final without its mail being recorded, before its event is published again. */
  STUCK_AFTER_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,6}(,[1-9]\d{0,6}){2}$/, 'must be three whole numbers of seconds, separated by commas')
    .default('60,60,300')
    .transform((list) => {
      const [pending, reserved, unnotified] = list.split(',').map(Number) as [number, number, number];
      return { pending, reserved, unnotified };
    }),
  /** How often each process looks for what a crash or an outage left: expired reservations, stuck orders, waiting mails. */
  POLL_INTERVAL_MS: wholeNumber(50, 3_600_000).default(5_000),
  /** After SIGTERM, the api waits so long for customers to leave the connections that they keep; they do within 5 s. */
  DRAIN_TIMEOUT_MS: wholeNumber(0, 60_000).default(5_000),
  /** How long the timelines of closed orders and the mails that were sent for them are kept; unset, for good (docs/adr/0012). */
  RETENTION_DAYS: wholeNumber(1, 36_500).optional(),
  /** How often the order-worker has the books audited: it reads all of them. An alert misses an audit after half an hour. */
  AUDIT_INTERVAL_SECONDS: wholeNumber(1, 1_500).default(600),
  /** A process that hasn't finished its work this long after SIGTERM is ended. */
  SHUTDOWN_TIMEOUT_MS: wholeNumber(100, 600_000).default(25_000),
  SMTP_URL: urlOf('smtp:', 'smtps:').optional(),
  /** `paused`: mails are recorded and wait. */
  MAIL_SENDING: z.enum(['on', 'paused'], 'must be on or paused').default('on'),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>\p{Cc}]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u,
      'must be an address, as in: Shop <shop@example.com>',
    )
    .optional(),
  /** Who hears that a product runs low; nobody where it is unset. */
  STOCK_ALERT_EMAIL: z
    .string()
    .regex(/^[^\s<>@]+@[^\s<>@]+$/, 'must be an address')
    .optional(),
  /**
   * Either of the two switches tracing on. The OpenTelemetry SDK reads them by itself, as it does every other OTEL_
   * variable of its specification: they are its own, so all that is here is whether to load it.
   */
  OTEL_TRACES_EXPORTER: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlOf('http:', 'https:').optional(),
});

export type Environment = z.output<typeof environmentSchema>;

/** One line for each fault, so that all are mended in one go. */
export class EnvironmentError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Some variables of the environment, validated. Where the working directory has an `.env`, it fills in what isn't set.
 *
 * @param required optional variables that this process can't do without
 * @throws EnvironmentError with a line for each bad or missing variable
 */
export function readVariables<Schema extends z.ZodObject>(
  schema: Schema,
  required: readonly (keyof z.output<Schema> & string)[] = [],
  env: NodeJS.ProcessEnv = process.env,
): z.output<Schema> {
  if (env === process.env && existsSync('.env')) process.loadEnvFile('.env');
  // Compose files and Kubernetes hand over an unset variable as an empty string.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  const bad = result.error?.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`) ?? [];
  const missing = required.filter((name) => given[name] === undefined).map((name) => `${name} is missing`);
  if (!result.success || missing.length > 0) throw new EnvironmentError([...bad, ...missing]);
  return result.data;
}

/** Everything a process of the system reads. @throws EnvironmentError */
export const readEnvironment = (required?: readonly (keyof Environment)[], env?: NodeJS.ProcessEnv): Environment =>
  readVariables(environmentSchema, required, env);
