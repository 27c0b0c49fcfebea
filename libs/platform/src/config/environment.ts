import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { MAX_RETRIES } from '../errors/app.errors.js';
import { addressRanges, origins } from './http-settings.js';
import { readSecretFiles } from './secrets.js';

const urlWithProtocol = (...protocols: string[]) =>
  z
    .string('is missing')
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
      error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      abort: true,
    })
    // The clients of the servers decode user name and password, and would fail without naming the variable.
    .refine(isDecodable, { error: 'must be a URL in which % is followed by two hexadecimal digits' });

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The address of a server that needs no password. It is logged, so it must not contain one. */
const publicUrl = urlWithProtocol('https:', 'http:').refine(
  (value) => new URL(value).username === '' && new URL(value).password === '',
  { error: 'must not contain a user name or a password' },
);

/** Whether nobody on the network can change what the address returns. */
const isProtected = ({ protocol, hostname }: URL) =>
  protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** A comma-separated list of at least one URL, parsed into an array. */
const urlListWithProtocol = (...protocols: string[]) =>
  z
    .string('is missing')
    .transform((list) => list.split(',').map((url) => url.trim()))
    .pipe(z.array(urlWithProtocol(...protocols)).min(1));

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `must be from ${min} to ${max}` });

/**
 * Every environment variable that a process of the system reads. A test compares this list with `.env.example`. The
 * secret ones can be given as files (`SECRET_VARIABLES`).
 */
export const environmentSchema = z.object({
  ENV: z.enum(['development', 'production'], 'must be development or production').default('production'),
  /** Version of the running code. Processes report it; the images set it. */
  VERSION: z.string().max(100).default('unreleased'),
  DATABASE_URL: urlWithProtocol('postgres:', 'postgresql:'),
  /** For a cluster, the URLs of all nodes, separated by commas. If a node is unavailable, the next one is tried. */
  RABBITMQ_URL: urlListWithProtocol('amqp:', 'amqps:'),
  HOST: z.string().default('0.0.0.0'),
  /** If unset, each app listens on its default port (apps/manifest.ts). */
  PORT: wholeNumber(0, 65_535).optional(),
  /** Origins whose pages may use the api from a browser (docs/adr/0029). Unset: only the api's own origin. */
  CORS_ORIGINS: origins.default([]),
  /** Addresses of the proxies whose `X-Forwarded-` headers are believed. Unset: the client's address is the peer's. */
  TRUST_PROXY: addressRanges.default([]),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'must be a log level')
    .default('info'),
  /**
   * Default: two per processor plus four. Batching needs few connections, and connections beyond what the server can
   * run concurrently would only wait there.
   */
  DATABASE_POOL_SIZE: wholeNumber(1, 500).default(() => 4 + 2 * availableParallelism()),
  /** A query without a response within this time fails, and its connection is closed. */
  DATABASE_QUERY_TIMEOUT_MS: wholeNumber(100, 86_400_000).default(10_000),
  /** Connections of the api for lists and other reads, in addition to DATABASE_POOL_SIZE. */
  DATABASE_READ_POOL_SIZE: wholeNumber(1, 500).default(4),
  /** A read without a response within this time fails with 503. */
  DATABASE_READ_TIMEOUT_MS: wholeNumber(100, 86_400_000).default(5_000),
  /** Maximum number of reads that wait for a connection. Further ones fail with 503 at once. */
  DATABASE_READ_QUEUE: wholeNumber(0, 100_000).default(100),
  /**
   * If set, `/metrics` and the details of `/health/ready` require this token: `Authorization: Bearer <token>`. The
   * status of `/health/ready` needs none, because probes send none.
   */
  METRICS_TOKEN: z
    .string()
    .regex(/^[\w.~+/=-]{16,200}$/, 'must have 16 to 200 letters, digits or characters of .~+/=_-')
    .optional(),
  /**
   * The OpenID Connect provider whose tokens the api accepts. Its keys are found by discovery, unless AUTH_JWKS_URL is
   * set. Without either of the two, only API keys are accepted.
   */
  AUTH_ISSUER: publicUrl.optional(),
  /**
   * Address of the provider's keys, if it offers no discovery. Without AUTH_ISSUER, tokens of every issuer that these keys
   * have signed are accepted.
   */
  AUTH_JWKS_URL: publicUrl.optional(),
  /** Value that `aud` of a token must contain. Required with AUTH_ISSUER and AUTH_JWKS_URL. */
  AUTH_AUDIENCE: z.string().optional(),
  /** Claim with the roles of the user: a name, or names separated by dots, such as `realm_access.roles`. */
  AUTH_ROLES_CLAIM: z.string().default('roles'),
  AUTH_EMAIL_CLAIM: z.string().default('email'),
  /** Claim that must be `true` before the e-mail address counts. */
  AUTH_EMAIL_VERIFIED_CLAIM: z.string().default('email_verified'),
  /** The client of AUTH_ISSUER by which users sign in to the console (docs/console.md). Unset: they enter an API key. */
  AUTH_CLIENT_ID: z.string().optional(),
  /** Only for ENV=development: API keys with which a user signs in to the console by one click, such as `admin=est_live_...`. */
  CONSOLE_API_KEYS: z
    .string()
    .regex(/^[a-z]+=[\w-]+(,[a-z]+=[\w-]+)*$/, 'must be a list of role=key, separated by commas')
    .optional(),
  /** Only for ENV=development: the credential with which Swagger UI is authorized. */
  DOCS_TOKEN: z.string().optional(),
  /** Only for ENV=development: address of the failure lab of `npm start`, with its credential. */
  LAB_URL: z.string().optional(),
  /** Number of api processes among which each RATE_LIMIT is divided. */
  API_REPLICAS: wholeNumber(1, 1_000).default(1),
  /** Maximum number of requests from an address within a minute, of all replicas together. */
  RATE_LIMIT_ADDRESS: wholeNumber(1, 1_000_000_000).default(12_000),
  /** Maximum number of requests of an API key or user within a minute. */
  RATE_LIMIT_CALLER: wholeNumber(1, 1_000_000_000).default(6_000),
  /** Maximum number of requests of a customer within a minute. */
  RATE_LIMIT_CUSTOMER: wholeNumber(1, 1_000_000_000).default(120),
  /** Maximum number of costly requests of a caller within a minute: lists, replays, mails that are sent again, audits. */
  RATE_LIMIT_COSTLY: wholeNumber(1, 1_000_000_000).default(300),
  /** Maximum number of unacknowledged messages per worker process. */
  PREFETCH: wholeNumber(1, 1_000).default(200),
  /** Delay before each retry of a message, in milliseconds. Each delay is extended by a random jitter of up to 20 %. */
  RETRY_DELAYS_MS: z
    .string()
    .regex(
      new RegExp(`^\\d{1,7}(,\\d{1,7}){${MAX_RETRIES - 1}}$`),
      `must be ${MAX_RETRIES} whole numbers of milliseconds, separated by commas`,
    )
    .default('1000,5000,30000,120000')
    .transform((list) => list.split(',').map(Number)),
  /** Time after which a reservation expires and its order is cancelled. */
  RESERVATION_TTL_SECONDS: wholeNumber(1, 31_536_000).default(1_800),
  /** Time after its last shipment after which an order is completed. */
  COMPLETE_AFTER_SECONDS: wholeNumber(1, 31_536_000).default(1_209_600),
  /**
   * Time after which the watchdog republishes the event of an order, as three values: for an order in progress
   * without reserved stock, for one with reserved stock, and for one in another status whose event is not confirmed.
   */
  REPUBLISH_AFTER_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,6}(,[1-9]\d{0,6}){2}$/, 'must be three whole numbers of seconds, separated by commas')
    .default('60,60,300')
    .transform((list) => {
      const [pending, reserved, unconfirmed] = list.split(',').map(Number) as [number, number, number];
      return { pending, reserved, unconfirmed };
    }),
  /**
   * Interval at which order-worker polls for expired reservations, stuck orders and orders to complete, and notify-worker for pending mails
   * that a crash or an outage left unsent.
   */
  POLL_INTERVAL_MS: wholeNumber(50, 3_600_000).default(5_000),
  /**
   * Maximum time that the api waits after SIGTERM for clients to close their keep-alive connections. It announces a
   * keep-alive timeout of 5 s to them.
   */
  DRAIN_TIMEOUT_MS: wholeNumber(0, 60_000).default(5_000),
  /** Time after which the timelines and the sent or withheld mails of closed orders are deleted; unset: never (docs/adr/0012). */
  RETENTION_DAYS: wholeNumber(1, 36_500).optional(),
  /**
   * Time after which the customer is erased from an order, and from an API key that is revoked or has expired
   * (docs/adr/0034). The order stays; unset: never. An order that is not closed stays as it is.
   */
  CUSTOMER_RETENTION_DAYS: wholeNumber(1, 36_500).optional(),
  /** Time for which the answer to a request with an idempotency key is kept and replayed (docs/adr/0022). */
  IDEMPOTENCY_RETENTION_HOURS: wholeNumber(24, 8_784).default(24),
  /**
   * Maximum number of open dead letters. Above it, messages wait in `dead_letter_queue`. At most the same number of
   * replayed and discarded ones is kept (docs/adr/0026).
   */
  MAX_DEAD_LETTERS: wholeNumber(1, 1_000_000).default(100_000),
  /** Time after which replayed and discarded dead letters are deleted. */
  DEAD_LETTER_RETENTION_DAYS: wholeNumber(1, 36_500).default(30),
  /**
   * Time after which entries of the audit log are deleted (docs/adr/0034). The database deletes none of the last 30 days.
   */
  AUDIT_LOG_RETENTION_DAYS: wholeNumber(30, 36_500).default(365),
  /**
   * Interval at which order-worker reconciles the stock ledger, which reads all of it. The maximum of 25 minutes is
   * below the 30 minutes after which the alert EstoqueAuditMissing fires.
   */
  AUDIT_INTERVAL_SECONDS: wholeNumber(1, 1_500).default(600),
  /** Time limit of an audit. An audit reads one snapshot, which delays the vacuum of all tables while it runs. */
  AUDIT_TIMEOUT_SECONDS: wholeNumber(1, 86_400).default(900),
  /** A process that has not finished its graceful shutdown within this time after SIGTERM exits with code 1. */
  SHUTDOWN_TIMEOUT_MS: wholeNumber(100, 600_000).default(25_000),
  SMTP_URL: urlWithProtocol('smtp:', 'smtps:').optional(),
  /** `paused`: mails are recorded but not sent. */
  MAIL_SENDING: z.enum(['on', 'paused'], 'must be on or paused').default('on'),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>\p{Cc}]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u,
      'must be an address, as in: Shop <shop@example.com>',
    )
    .optional(),
  /** Recipient of low-stock alerts; unset disables them. */
  STOCK_ALERT_EMAIL: z
    .string()
    .regex(/^[^\s<>@]+@[^\s<>@]+$/, 'must be an address')
    .optional(),
  /** Language of low-stock alerts. */
  STOCK_ALERT_LOCALE: z.enum(['en', 'pt-BR']).default('en'),
  /**
   * Maximum number of mails about orders to one recipient within an hour, of all replicas, with those that are sent
   * again. Further ones are recorded and not sent (docs/adr/0030).
   */
  MAILS_PER_RECIPIENT_PER_HOUR: wholeNumber(1, 10_000).default(20),
  /** The same for low-stock alerts. */
  STOCK_ALERTS_PER_HOUR: wholeNumber(1, 10_000).default(60),
  /** The payment service provider of orders with a payment (docs/adr/0037). */
  PAYMENT_GATEWAY: z.enum(['simulated', 'stripe'], 'must be simulated or stripe').default('simulated'),
  /** Address of the simulated gateway, http://127.0.0.1:4010 by default. For stripe, replaces the address of Stripe's API. */
  PAYMENT_GATEWAY_URL: publicUrl.optional(),
  /** Time within which the gateway must answer. After it the outcome is unknown until the gateway is asked again. */
  PAYMENT_TIMEOUT_MS: wholeNumber(100, 60_000).default(10_000),
  /** Secret by which the gateway signs its webhooks. Without it, the api refuses them. */
  PAYMENT_WEBHOOK_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
  STRIPE_API_KEY: z.string().optional(),
  /** Recipient of mails about webhook endpoints that the system has disabled; unset: no mail is sent. */
  OPERATOR_EMAIL: z
    .string()
    .regex(/^[^\s<>@]+@[^\s<>@]+$/, 'must be an address')
    .optional(),
  OPERATOR_LOCALE: z.enum(['en', 'pt-BR']).default('en'),
  /**
   * Address ranges to which webhooks are sent although they are private, loopback, link-local or otherwise not public
   * (docs/adr/0039). Endpoints in these ranges may also use http.
   */
  WEBHOOK_ALLOWED_NETWORKS: addressRanges.default([]),
  /** Maximum duration of a webhook request, from the DNS query to the last byte of the answer. */
  WEBHOOK_TIMEOUT_MS: wholeNumber(100, 15_000).default(10_000),
  /** Time without a success after which a failing webhook endpoint is disabled. */
  WEBHOOK_DISABLE_AFTER_HOURS: wholeNumber(1, 720).default(72),
  /** Time after which the events of webhooks are deleted, with their deliveries. Longer than they are retried (3 days). */
  WEBHOOK_RETENTION_DAYS: wholeNumber(4, 365).default(14),
  /**
   * Each of these two variables enables tracing. They are listed here only to decide whether to load the OpenTelemetry
   * SDK. The SDK itself reads them and all other OTEL_ variables of its specification.
   */
  OTEL_TRACES_EXPORTER: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: publicUrl.optional(),
  /** Headers of each export, such as a token. Listed here because it is a secret, and the SDK reads no files. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  /**
   * Address of a trace in the tracing system, as users of the console open it, with `{trace_id}` in place of its id. Unset:
   * the console shows trace ids without a link.
   */
  TRACE_URL: publicUrl
    .regex(/^\w+:\/\/[^/?#{]+[/?#].*\{trace_id\}/, 'must contain {trace_id} behind the host')
    .optional(),
});

export type Environment = z.output<typeof environmentSchema>;

/** The rules that concern several variables. They are no part of the schema, of which a program can `pick` variables. */
const checkedSchema = environmentSchema.superRefine((environment, context) => {
  const report = (name: keyof Environment, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const { ENV, AUTH_ISSUER, AUTH_JWKS_URL, AUTH_AUDIENCE } = environment;
  if ((AUTH_ISSUER || AUTH_JWKS_URL) && !AUTH_AUDIENCE)
    report('AUTH_AUDIENCE', 'is missing: AUTH_ISSUER and AUTH_JWKS_URL require it');
  for (const [name, url] of Object.entries({ AUTH_ISSUER, AUTH_JWKS_URL }))
    if (ENV === 'production' && url && !isProtected(new URL(url)))
      report(
        name as keyof Environment,
        'must start with https:// in production, unless its host is this machine',
      );
});

/** Lists every invalid or missing variable, one line each, so that all can be corrected together. */
export class EnvironmentError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Reads and validates the environment variables of a schema. An `.env` file in the working directory supplies
 * variables that are not set.
 *
 * @param required variables that the schema declares optional and this process requires
 * @throws EnvironmentError with one line for each invalid or missing variable
 */
export function readVariables<Schema extends z.ZodObject>(
  schema: Schema,
  required: readonly (keyof z.output<Schema> & string)[] = [],
  env: NodeJS.ProcessEnv = process.env,
): z.output<Schema> {
  if (env === process.env && existsSync('.env')) process.loadEnvFile('.env');
  const { variables, problems } = readSecretFiles(env, Object.keys(schema.shape));
  // Compose and Kubernetes pass an unset variable as an empty string.
  const nonEmpty = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = schema.safeParse(nonEmpty);
  const invalid = (result.error?.issues ?? []).map(
    ({ path, message }) => [String(path[0]), message] as const,
  );
  const missing = required
    .filter((name) => nonEmpty[name] === undefined)
    .map((name) => [name, 'is missing'] as const);
  const others = [...invalid, ...missing].filter(([name]) => !problems.has(name));
  if (!result.success || problems.size > 0 || others.length > 0)
    throw new EnvironmentError([
      ...problems.values(),
      ...others.map(([name, problem]) => `${name} ${problem}`),
    ]);
  return result.data;
}

/** The OpenTelemetry SDK reads its variables itself, and no files: gives it the headers that were read from a file. */
export function passHeadersToSdk({ OTEL_EXPORTER_OTLP_HEADERS: headers }: Environment) {
  if (headers !== undefined) process.env.OTEL_EXPORTER_OTLP_HEADERS = headers;
}

/** Reads every variable of `environmentSchema`, and checks the rules that concern several of them. @throws EnvironmentError */
export const readEnvironment = (
  required?: readonly (keyof Environment)[],
  env?: NodeJS.ProcessEnv,
): Environment => readVariables(checkedSchema, required, env);
