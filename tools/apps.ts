import { join } from 'node:path';
import { run } from './command.js';
import type { Infrastructure } from './infrastructure/infrastructure.js';
import { reservePort } from './infrastructure/ports.js';
import type { ProcessSpec } from './infrastructure/processes.js';
import { APPS } from '../apps/manifest.js';

/**
 * How an app is started, in the image as well. V8 lets a process grow with the machine's memory, not with what it
 * holds; these keep a worker that has 100,000 messages before it near 160 MB (docs/performance.md).
 */
export const NODE_FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=192'];

export interface App {
  name: string;
  url: string;
  /** Its port, and the usual one where that is in use. */
  place: string;
  spec: ProcessSpec;
}

/** What any app of ours needs to know; the same for `npm start` and in the `.env` of `npm run infra`. */
export function settings({ databaseUrl, rabbitmqUrl, smtpUrl }: Infrastructure): Record<string, string> {
  return { ...defaults, DATABASE_URL: databaseUrl, RABBITMQ_URL: rabbitmqUrl, SMTP_URL: smtpUrl };
}

const defaults = {
  ENV: 'development',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  // Ctrl-C waits for nobody's browser.
  DRAIN_TIMEOUT_MS: '0',
  MAIL_FROM: 'Estoque <no-reply@estoque.example>',
  STOCK_ALERT_EMAIL: 'stock@estoque.example',
};

export async function appsFor(root: string, logs: string, infrastructure: Infrastructure): Promise<App[]> {
  const apps: App[] = [];
  for (const { name, port: usual } of APPS) {
    const port = await reservePort(usual);
    const url = `http://127.0.0.1:${port}`;
    // Somebody's own settings come before our defaults, not before the addresses of what was started here.
    const addresses = { ...settings(infrastructure), ...ownSettings(), ...onlyAddresses(infrastructure) };
    const recipe: ProcessSpec = {
      name,
      command: process.execPath,
      args: [...NODE_FLAGS, '--enable-source-maps', join(root, 'dist', 'apps', name, 'src', 'main.js')],
      env: { ...addresses, HOST: '127.0.0.1', PORT: String(port) },
      cwd: root,
      log: join(logs, `${name}.log`),
      stage: 4,
      ports: [port],
      ready: async () => (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })).ok,
    };
    const place = `${name} :${port}${port === usual ? '' : ` (${usual} is in use)`}`;
    apps.push({ name, url, place, spec: recipe });
  }
  return apps;
}

/** Some shells have an ENV of their own, which names a file. */
function ownSettings(): NodeJS.ProcessEnv {
  const { ENV, ...rest } = process.env;
  return ENV === 'production' || ENV === 'development' ? { ...rest, ENV } : rest;
}

function onlyAddresses({ databaseUrl, rabbitmqUrl, smtpUrl }: Infrastructure): Record<string, string> {
  return { DATABASE_URL: databaseUrl, RABBITMQ_URL: rabbitmqUrl, SMTP_URL: smtpUrl };
}

export async function migrate(root: string, databaseUrl: string): Promise<number> {
  const script = join(root, 'dist', 'libs', 'domain', 'src', 'database', 'migrate.js');
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const { code, output } = await run(process.execPath, ['--enable-source-maps', script], { cwd: root, env });
  if (code !== 0) throw new Error(`The migrations failed:\n${output}`);
  return output.split('\n').filter((line) => line.startsWith('migrated: ') && !line.includes('nothing'))
    .length;
}
