// `npm run infra`: starts the servers without apps, and writes `.env`, until Ctrl-C.
import { existsSync, rmSync } from 'node:fs';
import { migrate, settings } from './apps.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { startInfrastructure, type Infrastructure } from './infrastructure/infrastructure.js';
import { writeAtomically } from './infrastructure/files.js';
import { Processes } from './infrastructure/processes.js';
import {
  claimClone,
  cleanUpAfterCrash,
  ENV_MARKER,
  envFile,
  isOurEnvFile,
  local,
  logs,
  records,
  root,
  rotateLogs,
  runUntilStopped,
} from './lifecycle.js';
import { bold, cyan, print, Progress, yellow } from './terminal.js';

const processes = new Processes(records, (text) => print(yellow(text)));
let infrastructure: Infrastructure | undefined;

async function main(): Promise<number> {
  claimClone();
  await cleanUpAfterCrash();
  rotateLogs();
  const progress = new Progress();
  const { DATABASE_URL, RABBITMQ_URL, SMTP_URL } = process.env;
  const building = build(root, (text) => progress.working('Build', text));
  const starting = startInfrastructure({
    root,
    logs,
    processes,
    progress,
    dir: local,
    wellKnownPorts: true,
    given: { databaseUrl: DATABASE_URL, rabbitmqUrl: RABBITMQ_URL, smtpUrl: SMTP_URL },
  });
  [infrastructure] = await Promise.all([starting, building]);
  progress.begin('Migrations');
  const migrated = await migrate(root, infrastructure.databaseUrl);
  progress.done('Migrations', migrated > 0 ? `${migrated} applied` : 'up to date');
  print();
  writeEnvFile(infrastructure);
  if (infrastructure.mailboxUrl) print(`Mailbox  ${cyan(infrastructure.mailboxUrl)}`);
  if (infrastructure.managementUrl) print(`RabbitMQ ${cyan(infrastructure.managementUrl)}`);
  print(bold('\nNow start an app, for example: npx nest start api --watch'));
  print('Ctrl-C stops the servers and keeps the data.');
  return new Promise<never>(() => undefined); // until a signal arrives
}

/** Writes the settings to `.env`, which the apps read. An `.env` that this command did not write is never changed. */
function writeEnvFile(servers: Infrastructure): void {
  const lines = Object.entries(settings(servers)).map(
    ([name, value]) => `${name}=${/[\s<>#]/.test(value) ? `"${value}"` : value}`,
  );
  if (existsSync(envFile)) {
    print(
      'Your own .env is not changed. Add these lines to it, so that the apps use the servers started here:',
    );
    for (const line of lines) print(`  ${line}`);
    return;
  }
  writeAtomically(envFile, `${[ENV_MARKER, ...lines].join('\n')}\n`, 0o600);
  print('Wrote .env: the apps use these servers without further settings.');
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 0,
  cleanUp: async () => {
    stopCommands();
    if (infrastructure && isOurEnvFile()) rmSync(envFile);
    await infrastructure?.stop();
  },
});
