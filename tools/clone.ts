import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { migrate } from './apps.js';
import { ensureDeveloper } from './infrastructure/accounts.js';
import { createBrokerUsers, declareOnBroker } from './infrastructure/broker-users.js';
import { readJson } from './infrastructure/files.js';
import { startInfrastructure, type Infrastructure } from './infrastructure/infrastructure.js';
import { endLeftovers } from './infrastructure/leftovers.js';
import { tryLock } from './infrastructure/lock.js';
import type { Processes } from './infrastructure/processes.js';
import { removeDeadTestRuns } from './infrastructure/test-run.js';
import { UserError } from './lifecycle.js';
import { envFile, local, logs, records, root, stackFile } from './paths.js';
import { readServerFiles } from './servers.js';
import { print, yellow, type Progress } from './terminal.js';

// What `npm start`, `npm run infra` and `npm run reset` have in common: they share the data of this clone.

export const ENV_MARKER = '# Written by `npm run infra`, which deletes this file when it stops.';

/** Takes the lock of this clone: `npm start` and `npm run infra` share its data, so only one of them can run. */
export function claimClone(): void {
  const release = tryLock(join(local, 'launcher.lock'));
  if (!release) {
    const stack = readJson<Record<string, unknown>>(stackFile);
    const addresses = ['api', 'docs', 'mailbox', 'rabbitmq_management'].filter((name) => stack?.[name]);
    const lines = addresses.map((name) => `  ${name.padEnd(20)} ${String(stack![name])}`);
    throw new UserError(
      [
        `npm start or npm run infra is already running in this folder (${root}).`,
        ...lines,
        'Stop it first, with Ctrl-C in its terminal.',
      ].join('\n'),
    );
  }
  process.on('exit', release);
}

/** After a run of this clone was killed: stops its processes and deletes its files. */
export async function cleanUpAfterCrash(): Promise<void> {
  const stopped = await endLeftovers(records);
  if (stopped.length > 0)
    print(`${yellow('·')} stopped processes that a killed run had left: ${stopped.join(', ')}`);
  rmSync(stackFile, { force: true });
  if (isOurEnvFile()) rmSync(envFile);
  await removeDeadTestRuns(root);
}

export function isOurEnvFile(): boolean {
  return existsSync(envFile) && readFileSync(envFile, 'utf8').startsWith(ENV_MARKER);
}

/** Starts the servers whose addresses the environment does not contain. Their data are kept in this clone. */
export function startServers(processes: Processes, progress: Progress): Promise<Infrastructure> {
  rotateLogs();
  const { DATABASE_URL, RABBITMQ_URL, SMTP_URL } = readServerFiles(process.env);
  return startInfrastructure({
    root,
    logs,
    processes,
    progress,
    dir: local,
    wellKnownPorts: true,
    given: { databaseUrl: DATABASE_URL, rabbitmqUrl: RABBITMQ_URL, smtpUrl: SMTP_URL },
  });
}

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/** Renames large logs to `<name>.old`, replacing the previous one. */
function rotateLogs(): void {
  if (!existsSync(logs)) return;
  for (const name of readdirSync(logs)) {
    const file = join(logs, name);
    if (name.endsWith('.log') && statSync(file).size > LOG_LIMIT_BYTES)
      renameSync(file, join(logs, `${basename(name, '.log')}.old`));
  }
}

/**
 * Runs the migrations, and creates the users of the apps and the one for people on the servers that were started.
 *
 * @returns the URL of the database for people
 */
export async function prepareServers(
  { databaseUrl, isDatabaseGiven, rabbitmqUrl, managementUrl }: Infrastructure,
  progress: Progress,
): Promise<string> {
  progress.begin('Migrations');
  const [migrated] = await Promise.all([
    migrate(root, databaseUrl, { withUsers: !isDatabaseGiven }),
    managementUrl && createBrokerUsers(root, rabbitmqUrl, managementUrl),
    managementUrl && declareOnBroker(root, rabbitmqUrl, managementUrl),
  ]);
  const developerUrl = isDatabaseGiven ? databaseUrl : await ensureDeveloper(databaseUrl);
  progress.done('Migrations', migrated > 0 ? `${migrated} applied` : 'up to date');
  return developerUrl;
}
