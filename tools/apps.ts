import { join } from 'node:path';
import { run } from './command.js';
import { databaseUrlOf, databaseUrls } from './infrastructure/accounts.js';
import { rabbitmqUrlOf } from './infrastructure/broker-users.js';
import type { Infrastructure } from './infrastructure/infrastructure.js';
import type { PaymentGatewayAddress } from './infrastructure/payment-gateway.js';
import { reservePort } from './infrastructure/ports.js';
import { STAGES, type ProcessSpec } from './infrastructure/process-spec.js';
import { programOf } from './programs.js';
import { withoutServers } from './servers.js';
import { APP_NAMES, APPS } from '../apps/manifest.js';

/**
 * Flags of every app's process, in the image as well. By default, V8 sizes its heap by the machine's memory. With these
 * limits a worker with a backlog of 100,000 messages uses at most 170 MB (docs/performance.md). With source maps, stack
 * traces name our source files.
 */
export const NODE_FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=192', '--enable-source-maps'];

/** An API key for each role. */
export type Tokens = Record<'customer' | 'clerk' | 'warehouse' | 'operator' | 'admin', string>;

export interface App {
  name: string;
  url: string;
  /** Name and port for the terminal, with a remark if the default port is in use. */
  label: string;
  spec: ProcessSpec;
}

/** @returns the environment of any app, for the `.env` of `npm run infra` */
export function settings({ databaseUrl, rabbitmqUrl, smtpUrl }: Infrastructure): Record<string, string> {
  return { ...defaults, DATABASE_URL: databaseUrl, RABBITMQ_URL: rabbitmqUrl, SMTP_URL: smtpUrl };
}

const defaults = {
  ENV: 'development',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  // In development, Ctrl-C does not wait for keep-alive connections.
  DRAIN_TIMEOUT_MS: '0',
  MAIL_FROM: 'Estoque <no-reply@estoque.example>',
  STOCK_ALERT_EMAIL: 'stock@estoque.example',
  OPERATOR_EMAIL: 'operator@estoque.example',
  // A receiver of webhooks can run on this machine.
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
};

/**
 * @param tokens the credentials of Swagger UI and of the console
 * @param labUrl address of the failure lab, with its credential
 */
export async function appsFor(
  root: string,
  logs: string,
  infrastructure: Infrastructure,
  gateway: PaymentGatewayAddress,
  tokens: Tokens,
  labUrl: string,
): Promise<App[]> {
  const apps: App[] = [];
  for (const { name, port: defaultPort } of APPS) {
    const port = await reservePort(defaultPort);
    const url = `http://127.0.0.1:${port}`;
    // The caller's variables override the defaults, but not the addresses of the servers that are used.
    const environment = {
      ...settings(infrastructure),
      PAYMENT_GATEWAY_URL: gateway.url,
      PAYMENT_WEBHOOK_SECRET: gateway.webhookSecret,
      ...callerEnvironment(),
      ...serverAddresses(name, infrastructure),
    };
    const spec: ProcessSpec = {
      name,
      command: process.execPath,
      args: [...NODE_FLAGS, programOf(join(root, 'dist'), name)],
      env: {
        ...environment,
        HOST: '127.0.0.1',
        PORT: String(port),
        ...(name === 'api' && {
          DOCS_TOKEN: tokens.admin,
          CONSOLE_API_KEYS: consoleKeys(tokens),
          LAB_URL: labUrl,
        }),
      },
      cwd: root,
      log: join(logs, `${name}.log`),
      stage: STAGES.apps,
      ports: [port],
      ready: async () => (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })).ok,
    };
    const label = `${name} :${port}${port === defaultPort ? '' : ` (${defaultPort} is in use)`}`;
    apps.push({ name, url, label, spec });
  }
  return apps;
}

/** @returns the API keys with which a user signs in to the console by one click */
const consoleKeys = (tokens: Tokens) =>
  Object.entries(tokens)
    .map(([role, key]) => `${role}=${key}`)
    .join(',');

/**
 * @returns the variables of this process, without the addresses of servers, and without an ENV of another meaning (some
 * shells use ENV for a file name)
 */
function callerEnvironment(): NodeJS.ProcessEnv {
  const { ENV, ...rest } = withoutServers(process.env);
  return ENV === 'production' || ENV === 'development' ? { ...rest, ENV } : rest;
}

/** @returns the addresses of the servers, with the users of the app if the launcher has created them */
function serverAddresses(
  app: string,
  { databaseUrl, isDatabaseGiven, rabbitmqUrl, managementUrl, smtpUrl }: Infrastructure,
): Record<string, string> {
  return {
    DATABASE_URL: isDatabaseGiven ? databaseUrl : databaseUrlOf(app, databaseUrl),
    RABBITMQ_URL: managementUrl ? rabbitmqUrlOf(app, rabbitmqUrl) : rabbitmqUrl,
    SMTP_URL: smtpUrl,
  };
}

/**
 * Runs the migrations, and creates the users of the apps.
 *
 * @returns how many migrations were applied
 * @throws Error with their output
 */
export async function migrate(root: string, databaseUrl: string, { withUsers = true } = {}): Promise<number> {
  const script = programOf(join(root, 'dist'), 'migrate');
  const users = withUsers ? databaseUrls(APP_NAMES, databaseUrl) : {};
  const env = { ...withoutServers(process.env), DATABASE_URL: databaseUrl, ...users };
  const { code, output } = await run(process.execPath, ['--enable-source-maps', script], { cwd: root, env });
  if (code !== 0) {
    // The schema of a version before the first release, whose migrations were replaced by one (docs/adr/0014).
    const hint = output.includes('already exists')
      ? '\nThe database has the schema of an older version. `npm run reset` deletes its data.'
      : '';
    throw new Error(`The migrations failed:\n${output}${hint}`);
  }
  return output.split('\n').filter((line) => line.startsWith('migrated: ') && !line.includes('nothing'))
    .length;
}

/**
 * Creates an API key for each role, and revokes those of an earlier run: only their hashes are stored.
 *
 * @throws Error with the output of the program
 */
export async function createTokens(root: string, databaseUrl: string): Promise<Tokens> {
  const script = programOf(join(root, 'dist'), 'create-development-keys');
  const env = { ...withoutServers(process.env), DATABASE_URL: databaseUrl };
  const { code, output } = await run(process.execPath, ['--enable-source-maps', script], { cwd: root, env });
  // The output can also contain warnings of Node.
  const [json] = /^\{.*\}$/m.exec(output) ?? [];
  if (code !== 0 || json === undefined) throw new Error(`The API keys were not created:\n${output}`);
  return JSON.parse(json) as Tokens;
}
