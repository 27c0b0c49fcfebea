import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { Compose } from './compose.js';
import { startMailbox } from './mailbox.js';
import { reservePort } from './ports.js';
import { NoPostgres, query, startPostgres } from './postgres.js';
import type { Processes, Say } from './processes.js';
import { NoRabbitMq, startRabbitMq } from './rabbitmq.js';

export interface Infrastructure {
  databaseUrl: string;
  rabbitmqUrl: string;
  /** Undefined where RABBITMQ_URL was given: we don't know. */
  managementUrl?: string;
  smtpUrl: string;
  /** Undefined where SMTP_URL was given. */
  mailboxUrl?: string;
  /** Stops what isn't one of the processes. */
  stop(): Promise<void>;
}

export interface InfrastructureOptions {
  root: string;
  /** Data and process records of this run; logs go to `logs`. */
  dir: string;
  logs: string;
  processes: Processes;
  /** Well-known ports (or the next free ones) for people, any free ones for tests. */
  wellKnownPorts: boolean;
  /** URLs somebody set: reached or a clear error, never passed over in silence. */
  given: { databaseUrl?: string; rabbitmqUrl?: string; smtpUrl?: string };
  /** The data are wiped afterwards. */
  expendable?: boolean;
  report: { working(what: string, text: string): void; done(what: string, text: string): void };
}

export const WELL_KNOWN = { postgres: 5432, amqp: 5672, management: 15672, smtp: 1025, mailbox: 1080 };

/** PostgreSQL, RabbitMQ and the mailbox, all at the same time. */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  mkdirSync(options.dir, { recursive: true });
  await reachGiven(options.given);
  const composed: Compose[] = [];
  const all = await Promise.allSettled([
    database(options, composed),
    broker(options, composed),
    mailbox(options),
  ] as const);
  const stop = async (): Promise<void> => {
    await Promise.all(composed.map((compose) => compose.stop(options.expendable ?? false)));
  };
  const failed = all.find((each) => each.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [postgres, rabbitmq, mail] = all.map((each) => (each as PromiseFulfilledResult<unknown>).value) as [
    string,
    Awaited<ReturnType<typeof broker>>,
    Awaited<ReturnType<typeof mailbox>>,
  ];
  return { databaseUrl: postgres, ...rabbitmq, ...mail, stop };
}

async function database(options: InfrastructureOptions, composed: Compose[]): Promise<string> {
  const { given, report, wellKnownPorts, expendable, root, processes } = options;
  if (given.databaseUrl) {
    report.done('PostgreSQL', `DATABASE_URL, ${withoutSecrets(given.databaseUrl)}`);
    return given.databaseUrl;
  }
  try {
    const { url, version } = await startPostgres({
      ...{ root, processes, expendable },
      dir: join(options.dir, 'postgres'),
      log: join(options.logs, 'postgres.log'),
      port: wellKnownPorts ? WELL_KNOWN.postgres : undefined,
    });
    report.done('PostgreSQL', `${version} on ${place(url, wellKnownPorts && WELL_KNOWN.postgres)}`);
    return url;
  } catch (error) {
    if (!(error instanceof NoPostgres)) throw error;
    if (!Compose.isAvailable()) {
      throw new Error(
        `No PostgreSQL: ${error.message}. Set DATABASE_URL to one, or install Docker with Compose.`,
        {
          cause: error,
        },
      );
    }
    report.working('PostgreSQL', 'starting it with Docker Compose');
    const port = await reservePort(wellKnownPorts ? WELL_KNOWN.postgres : undefined);
    const compose = new Compose(root, options.dir, { POSTGRES_PORT: port });
    composed.push(compose);
    await compose.up('postgres');
    const {
      POSTGRES_USER: user = 'postgres',
      POSTGRES_PASSWORD: password = '',
      POSTGRES_DB: name = user,
    } = await compose.environment('postgres');
    const url = `postgresql://${user}:${encodeURIComponent(password)}@${await compose.address('postgres', 5432)}/${name}`;
    report.done('PostgreSQL', `Docker Compose, on ${place(url, false)}`);
    return url;
  }
}

async function broker(
  options: InfrastructureOptions,
  composed: Compose[],
): Promise<{ rabbitmqUrl: string; managementUrl?: string }> {
  const { given, report, wellKnownPorts, expendable, root, processes } = options;
  if (given.rabbitmqUrl) {
    report.done('RabbitMQ', `RABBITMQ_URL, ${withoutSecrets(given.rabbitmqUrl)}`);
    return { rabbitmqUrl: given.rabbitmqUrl };
  }
  const say: Say = (text) => report.working('RabbitMQ', text);
  try {
    const { url, managementUrl } = await startRabbitMq({
      ...{ root, processes, expendable, say },
      dir: join(options.dir, 'rabbitmq'),
      log: join(options.logs, 'rabbitmq.log'),
      ports: wellKnownPorts ? WELL_KNOWN : undefined,
    });
    report.done('RabbitMQ', `on ${place(url, wellKnownPorts && WELL_KNOWN.amqp)}`);
    return { rabbitmqUrl: url, managementUrl };
  } catch (error) {
    if (!(error instanceof NoRabbitMq)) throw error;
    if (!Compose.isAvailable()) {
      throw new Error(
        `No RabbitMQ: ${error.message}.\n` +
          'One of these helps: install rabbitmq-server (Debian, Ubuntu: apt-get install rabbitmq-server; ' +
          'macOS: brew install rabbitmq), install Docker with Compose, or set RABBITMQ_URL to a RabbitMQ elsewhere.',
        { cause: error },
      );
    }
    say('starting it with Docker Compose');
    const amqp = await reservePort(wellKnownPorts ? WELL_KNOWN.amqp : undefined);
    const management = await reservePort(wellKnownPorts ? WELL_KNOWN.management : undefined);
    const compose = new Compose(root, options.dir, {
      RABBITMQ_PORT: amqp,
      RABBITMQ_MANAGEMENT_PORT: management,
    });
    composed.push(compose);
    await compose.up('rabbitmq');
    const { RABBITMQ_DEFAULT_USER: user = 'guest', RABBITMQ_DEFAULT_PASS: password = 'guest' } =
      await compose.environment('rabbitmq');
    const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    const url = `amqp://${login}@${await compose.address('rabbitmq', 5672)}`;
    report.done('RabbitMQ', `Docker Compose, on ${place(url, false)}`);
    return { rabbitmqUrl: url, managementUrl: `http://${login}@${await compose.address('rabbitmq', 15672)}` };
  }
}

async function mailbox(options: InfrastructureOptions): Promise<{ smtpUrl: string; mailboxUrl?: string }> {
  const { given, report, wellKnownPorts, expendable, root, processes } = options;
  if (given.smtpUrl) {
    report.done('Mailbox', `none, mails go to SMTP_URL, ${withoutSecrets(given.smtpUrl)}`);
    return { smtpUrl: given.smtpUrl };
  }
  const { smtpUrl, url } = await startMailbox({
    ...{ root, processes, expendable },
    dir: join(options.dir, 'mailbox'),
    log: join(options.logs, 'mailbox.log'),
    ports: wellKnownPorts ? { smtp: WELL_KNOWN.smtp, web: WELL_KNOWN.mailbox } : undefined,
  });
  const smtp = place(smtpUrl, wellKnownPorts && WELL_KNOWN.smtp);
  report.done('Mailbox', `on ${place(url, wellKnownPorts && WELL_KNOWN.mailbox)}, SMTP on ${smtp}`);
  return { smtpUrl, mailboxUrl: url };
}

/** Before anything is started: what somebody set is used or complained about. */
async function reachGiven({ databaseUrl, rabbitmqUrl }: InfrastructureOptions['given']): Promise<void> {
  if (databaseUrl) await reach('DATABASE_URL', databaseUrl, () => query(databaseUrl, 'SELECT 1'));
  if (!rabbitmqUrl) return;
  await reach('RABBITMQ_URL', rabbitmqUrl, async () => {
    const connection = await connect(rabbitmqUrl, { timeout: 10_000 });
    await connection.close();
  });
}

async function reach(variable: string, url: string, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    const reason = (error as Error).message || String((error as NodeJS.ErrnoException).code ?? error);
    throw new Error(
      `${variable} is set, but ${withoutSecrets(url)} can't be used: ${reason}\n` +
        `Correct it, or unset ${variable} to have one started here.`,
      { cause: error },
    );
  }
}

export function withoutSecrets(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    // Without the slashes all that follows counts as a path, the password too.
    return host ? `${protocol}//${host}${pathname}` : 'not a URL';
  } catch {
    return 'not a URL';
  }
}

function place(url: string, usual: number | false): string {
  const { host, port } = new URL(url);
  return usual === false || port === String(usual) ? host : `${host} (${usual} is in use)`;
}
