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
    ...{ root, logs, processes, report: progress },
    dir: local,
    wellKnownPorts: true,
    given: { databaseUrl: DATABASE_URL, rabbitmqUrl: RABBITMQ_URL, smtpUrl: SMTP_URL },
  });
  [infrastructure] = await Promise.all([starting, building]);
  progress.begin('Migrations');
  const migrated = await migrate(root, infrastructure.databaseUrl);
  progress.done('Migrations', migrated > 0 ? `${migrated} applied` : 'up to date');
  print();
  offerSettings(infrastructure);
  if (infrastructure.mailboxUrl) print(`Mailbox  ${cyan(infrastructure.mailboxUrl)}`);
  if (infrastructure.managementUrl) print(`RabbitMQ ${cyan(infrastructure.managementUrl)}`);
  print(bold('\nNow for example: npx nest start api --watch\nCtrl-C stops it; the data stay.'));
  return new Promise<never>(() => undefined); // until a signal comes
}

/** The apps read `.env`; one that we didn't write is never touched. */
function offerSettings(found: Infrastructure): void {
  const lines = Object.entries(settings(found)).map(
    ([name, value]) => `${name}=${/[\s<>#]/.test(value) ? `"${value}"` : value}`,
  );
  if (existsSync(envFile)) {
    print(
      'There is an .env of your own, which is left as it is. These lines in it make the apps use what runs here:',
    );
    for (const line of lines) print(`  ${line}`);
    return;
  }
  writeAtomically(envFile, `${[ENV_MARKER, ...lines].join('\n')}\n`, 0o600);
  print('.env written: the apps find everything by themselves.');
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
