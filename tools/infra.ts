// `npm run infra`: starts the servers without apps, and writes `.env`, until Ctrl-C.
import { existsSync, rmSync } from 'node:fs';
import { settings } from './apps.js';
import { build } from './build.js';
import {
  claimClone,
  cleanUpAfterCrash,
  ENV_MARKER,
  isOurEnvFile,
  prepareServers,
  startServers,
} from './clone.js';
import { stopCommands } from './command.js';
import { writeAtomically } from './infrastructure/files.js';
import type { Infrastructure } from './infrastructure/infrastructure.js';
import { Processes } from './infrastructure/processes.js';
import { runUntilStopped } from './lifecycle.js';
import { envFile, records, root } from './paths.js';
import { bold, cyan, print, Progress, yellow } from './terminal.js';

const processes = new Processes(records, (text) => print(yellow(text)));
let infrastructure: Infrastructure | undefined;

async function main(): Promise<number> {
  claimClone();
  await cleanUpAfterCrash();
  const progress = new Progress();
  const building = build(root, (text) => progress.working('Build', text));
  [infrastructure] = await Promise.all([startServers(processes, progress), building]);
  const developerUrl = await prepareServers(infrastructure, progress);
  print();
  writeEnvFile({ ...infrastructure, databaseUrl: developerUrl });
  if (infrastructure.mailboxUrl) print(`Mailbox  ${cyan(infrastructure.mailboxUrl)}`);
  if (infrastructure.managementUrl) print(`RabbitMQ ${cyan(infrastructure.managementUrl)}`);
  print(bold('\nNow start an app, for example: npx nest start api --watch'));
  print('A key for the API: npm run cli -- token --role admin');
  print('Ctrl-C stops the servers and keeps the data.');
  return new Promise<never>(() => undefined); // until a signal arrives
}

/**
 * Writes the settings to `.env`, which the apps read. All apps read the same file, so they log in as the users for people
 * (docs/database-roles.md). An `.env` that this command did not write is never changed.
 */
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
