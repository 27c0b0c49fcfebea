import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { Compose } from './compose.js';
import { startMailbox } from './mailbox.js';
import { reservePort } from './ports.js';
import { PostgresNotFoundError } from './postgres-installation.js';
import { query, startPostgres } from './postgres.js';
import type { PrintProgress } from './process-spec.js';
import type { Processes } from './processes.js';
import { startRabbitMq } from './rabbitmq.js';
import { RabbitMqNotFoundError } from './rabbitmq-installation.js';

export interface Infrastructure {
  /** With the user that owns the tables. */
  databaseUrl: string;
  /** Whether DATABASE_URL was given. Then no user is created: all apps log in with it. */
  isDatabaseGiven: boolean;
  /** With an administrator's user. */
  rabbitmqUrl: string;
  /** Undefined if RABBITMQ_URL was given: its management URL is unknown, and all apps log in with RABBITMQ_URL. */
  managementUrl?: string;
  smtpUrl: string;
  /** Undefined if SMTP_URL was given. */
  mailboxUrl?: string;
  /** Stops the containers. The processes belong to `InfrastructureOptions.processes`. */
  stop(): Promise<void>;
}

export interface InfrastructureOptions {
  root: string;
  /** Folder for the data of the servers. */
  dir: string;
  logs: string;
  processes: Processes;
  /** Use the well-known ports, or the next free ones after them. Otherwise random free ports. */
  wellKnownPorts: boolean;
  /** URLs of the user's own servers. An error is thrown if one of them cannot be used. */
  given: { databaseUrl?: string; rabbitmqUrl?: string; smtpUrl?: string };
  /** The data are deleted afterwards. */
  ephemeral?: boolean;
  /** Prints the state of each step. */
  progress: { working(step: string, text: string): void; done(step: string, text: string): void };
}

export const WELL_KNOWN = {
  postgres: 5432,
  amqp: 5672,
  management: 15672,
  smtp: 1025,
  mailbox: 1080,
  paymentGateway: 4010,
};

/** Starts PostgreSQL, RabbitMQ and the mailbox at the same time. */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  mkdirSync(options.dir, { recursive: true });
  await checkGivenUrls(options.given);
  const composed: Compose[] = [];
  const results = await Promise.allSettled([
    provideDatabase(options, composed),
    provideBroker(options, composed),
    provideMailbox(options),
  ] as const);
  const stop = async (): Promise<void> => {
    await Promise.all(composed.map((compose) => compose.stop(options.ephemeral ?? false)));
  };
  const failed = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [databaseUrl, broker, mailbox] = results.map(
    (result) => (result as PromiseFulfilledResult<unknown>).value,
  ) as [string, Awaited<ReturnType<typeof provideBroker>>, Awaited<ReturnType<typeof provideMailbox>>];
  const isDatabaseGiven = options.given.databaseUrl !== undefined;
  return { databaseUrl, isDatabaseGiven, ...broker, ...mailbox, stop };
}

async function provideDatabase(options: InfrastructureOptions, composed: Compose[]): Promise<string> {
  const { given, progress, wellKnownPorts, ephemeral, root, processes } = options;
  if (given.databaseUrl) {
    progress.done('PostgreSQL', `${withoutSecrets(given.databaseUrl)} (from DATABASE_URL)`);
    return given.databaseUrl;
  }
  try {
    const { url, version } = await startPostgres({
      root,
      processes,
      ephemeral,
      dir: join(options.dir, 'postgres'),
      log: join(options.logs, 'postgres.log'),
      port: wellKnownPorts ? WELL_KNOWN.postgres : undefined,
    });
    progress.done('PostgreSQL', `${version} on ${formatAddress(url, wellKnownPorts && WELL_KNOWN.postgres)}`);
    return url;
  } catch (error) {
    if (!(error instanceof PostgresNotFoundError)) throw error;
    if (!Compose.isAvailable()) {
      throw new Error(
        `PostgreSQL cannot be started: ${error.message}.\n` +
          'Set DATABASE_URL to an existing PostgreSQL, or install Docker with Compose.',
        { cause: error },
      );
    }
    progress.working('PostgreSQL', 'starting with Docker Compose');
    const port = await reservePort(wellKnownPorts ? WELL_KNOWN.postgres : undefined);
    const compose = new Compose(root, options.dir, { POSTGRES_PORT: port });
    composed.push(compose);
    await compose.up('postgres');
    const { href: url } = await compose.url('database_url', 'postgres', 5432);
    progress.done('PostgreSQL', `in Docker Compose, on ${formatAddress(url, false)}`);
    return url;
  }
}

async function provideBroker(
  options: InfrastructureOptions,
  composed: Compose[],
): Promise<{ rabbitmqUrl: string; managementUrl?: string }> {
  const { given, progress, wellKnownPorts, ephemeral, root, processes } = options;
  if (given.rabbitmqUrl) {
    progress.done('RabbitMQ', `${withoutSecrets(given.rabbitmqUrl)} (from RABBITMQ_URL)`);
    return { rabbitmqUrl: given.rabbitmqUrl };
  }
  const printProgress: PrintProgress = (text) => progress.working('RabbitMQ', text);
  try {
    const { url, managementUrl } = await startRabbitMq({
      root,
      processes,
      ephemeral,
      printProgress,
      dir: join(options.dir, 'rabbitmq'),
      log: join(options.logs, 'rabbitmq.log'),
      ports: wellKnownPorts ? WELL_KNOWN : undefined,
    });
    progress.done('RabbitMQ', `on ${formatAddress(url, wellKnownPorts && WELL_KNOWN.amqp)}`);
    return { rabbitmqUrl: url, managementUrl };
  } catch (error) {
    if (!(error instanceof RabbitMqNotFoundError)) throw error;
    if (!Compose.isAvailable()) {
      throw new Error(
        `RabbitMQ cannot be started: ${error.message}.\n` +
          'Install rabbitmq-server (Debian, Ubuntu: apt-get install rabbitmq-server; macOS: brew install rabbitmq), ' +
          'or install Docker with Compose, or set RABBITMQ_URL to an existing RabbitMQ.',
        { cause: error },
      );
    }
    printProgress('starting with Docker Compose');
    const amqp = await reservePort(wellKnownPorts ? WELL_KNOWN.amqp : undefined);
    const management = await reservePort(wellKnownPorts ? WELL_KNOWN.management : undefined);
    const compose = new Compose(root, options.dir, {
      RABBITMQ_PORT: amqp,
      RABBITMQ_MANAGEMENT_PORT: management,
    });
    composed.push(compose);
    await compose.up('rabbitmq');
    const { users } = JSON.parse(await compose.readSecret('rabbitmq_definitions')) as {
      users: { name: string; password: string; tags: string[] }[];
    };
    const { name, password } = users.find(({ tags }) => tags.includes('administrator'))!;
    const login = `${encodeURIComponent(name)}:${encodeURIComponent(password)}`;
    const url = `amqp://${login}@${await compose.address('rabbitmq', 5672)}`;
    progress.done('RabbitMQ', `in Docker Compose, on ${formatAddress(url, false)}`);
    const managementUrl = `http://${login}@${await compose.address('rabbitmq', 15672)}`;
    return { rabbitmqUrl: url, managementUrl };
  }
}

async function provideMailbox(
  options: InfrastructureOptions,
): Promise<{ smtpUrl: string; mailboxUrl?: string }> {
  const { given, progress, wellKnownPorts, ephemeral, root, processes } = options;
  if (given.smtpUrl) {
    progress.done('Mailbox', `none; mails are sent to ${withoutSecrets(given.smtpUrl)} (from SMTP_URL)`);
    return { smtpUrl: given.smtpUrl };
  }
  const { smtpUrl, url } = await startMailbox({
    root,
    processes,
    ephemeral,
    dir: join(options.dir, 'mailbox'),
    log: join(options.logs, 'mailbox.log'),
    ports: wellKnownPorts ? { smtp: WELL_KNOWN.smtp, web: WELL_KNOWN.mailbox } : undefined,
  });
  const smtpAddress = formatAddress(smtpUrl, wellKnownPorts && WELL_KNOWN.smtp);
  progress.done(
    'Mailbox',
    `on ${formatAddress(url, wellKnownPorts && WELL_KNOWN.mailbox)}, SMTP on ${smtpAddress}`,
  );
  return { smtpUrl, mailboxUrl: url };
}

/** Runs before anything is started. @throws if a given server cannot be used */
async function checkGivenUrls({ databaseUrl, rabbitmqUrl }: InfrastructureOptions['given']): Promise<void> {
  if (databaseUrl) await checkUrl('DATABASE_URL', databaseUrl, () => query(databaseUrl, 'SELECT 1'));
  if (!rabbitmqUrl) return;
  await checkUrl('RABBITMQ_URL', rabbitmqUrl, async () => {
    const connection = await connect(rabbitmqUrl, { timeout: 10_000 });
    await connection.close();
  });
}

async function checkUrl(variable: string, url: string, connectOnce: () => Promise<unknown>): Promise<void> {
  try {
    await connectOnce();
  } catch (error) {
    const reason = (error as Error).message || String((error as NodeJS.ErrnoException).code ?? error);
    throw new Error(
      `${variable} is set, but ${withoutSecrets(url)} can't be used: ${reason}\n` +
        `Correct it, or unset ${variable}: then a server is started for you.`,
      { cause: error },
    );
  }
}

/** @returns the URL without user, password and query */
export function withoutSecrets(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    // Without slashes after the protocol, everything including the password is parsed as a path.
    return host ? `${protocol}//${host}${pathname}` : 'not a URL';
  } catch {
    return 'not a URL';
  }
}

/** @returns host and port, with a note if it is not the usual port */
function formatAddress(url: string, usual: number | false): string {
  const { host, port } = new URL(url);
  return usual === false || port === String(usual) ? host : `${host} (${usual} is in use)`;
}
