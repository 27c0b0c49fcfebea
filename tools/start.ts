// `npm start`: starts servers, apps and demo data, and prints the steps of each order until Ctrl-C.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { appsFor, createTokens, type App, type Tokens } from './apps.js';
import { build } from './build.js';
import { claimClone, cleanUpAfterCrash, prepareServers, startServers } from './clone.js';
import { stopCommands } from './command.js';
import { addDemoData, isEmpty, placeSampleOrder, SAMPLE_ORDER } from './demo-data.js';
import { clock, Flow } from './flow.js';
import { readJson, writeAtomically } from './infrastructure/files.js';
import { WELL_KNOWN, type Infrastructure } from './infrastructure/infrastructure.js';
import { paymentGatewayOn, startPaymentGateway } from './infrastructure/payment-gateway.js';
import { reservePort } from './infrastructure/ports.js';
import { Processes } from './infrastructure/processes.js';
import type { Stack } from './lab/lab.js';
import { LabServer } from './lab/server.js';
import { runUntilStopped } from './lifecycle.js';
import { local, logs, records, root, stackFile } from './paths.js';
import { bold, cyan, dim, print, Progress, yellow } from './terminal.js';

const printProgress = (text: string): void => print(`${dim(clock(Date.now()))}  ${yellow(text)}`);
const processes = new Processes(records, printProgress);
let infrastructure: Infrastructure | undefined;
const lab = new LabServer(() => readJson<Stack>(stackFile));
let flow: Flow | undefined;

async function main(): Promise<number> {
  claimClone();
  await cleanUpAfterCrash();
  const progress = new Progress();
  const building = buildApps(progress);
  [infrastructure] = await Promise.all([startServers(processes, progress), building]);
  const developerUrl = await prepareServers(infrastructure, progress);
  const tokens = await createTokens(root, infrastructure.databaseUrl);

  const gateway = paymentGatewayOn(await reservePort(WELL_KNOWN.paymentGateway));
  const apps = await appsFor(root, logs, infrastructure, gateway, tokens, await lab.start());
  await startPaymentGateway(gateway, {
    root,
    processes,
    dir: join(local, 'payment-gateway'),
    log: join(logs, 'payment-gateway.log'),
    apiUrl: apps[0]!.url,
  });
  flow = new Flow(
    apps.map(({ spec }) => spec.log),
    print,
  );
  progress.begin('Apps');
  await Promise.all(apps.map(({ spec }) => processes.start(spec)));
  progress.done('Apps', apps.map(({ label }) => label).join(', '));

  const api = apps[0]!.url;
  progress.begin('Demo data');
  const client = { url: api, token: tokens.admin };
  const isFirstStart = await isEmpty(client);
  if (isFirstStart) progress.done('Demo data', `${await addDemoData(client)} products with stock`);

  publishStack(apps, infrastructure, gateway.url, developerUrl, tokens);
  printAddresses(api, infrastructure, gateway.url, tokens);
  flow.start();
  if (isFirstStart) {
    print(dim('Placing a sample order. These are its steps:'));
    await placeSampleOrder(client);
  }
  return new Promise<never>(() => undefined); // until a signal arrives
}

async function buildApps(progress: Progress): Promise<void> {
  const built = await build(root, (text) => progress.working('Build', text));
  if (built) progress.done('Build', 'dist/');
}

/** Writes .local/stack.json: addresses, API keys and process ids for other programs. Updated when a process starts or exits. */
function publishStack(
  apps: App[],
  { databaseUrl, rabbitmqUrl, managementUrl, mailboxUrl }: Infrastructure,
  gatewayUrl: string,
  developerUrl: string,
  tokens: Tokens,
): void {
  const addresses = {
    api: apps[0]!.url,
    docs: `${apps[0]!.url}/docs`,
    mailbox: mailboxUrl ?? null,
    payment_gateway: gatewayUrl,
    // For people: reads and writes all tables. The apps have users of their own (docs/database-roles.md).
    database_url: developerUrl,
    // As the owner of the tables.
    database_admin_url: databaseUrl,
    rabbitmq_url: rabbitmqUrl,
    rabbitmq_management: managementUrl ?? null,
    tokens,
  };
  const write = (): void => {
    if (processes.isStopping) return;
    const running = processes.services.map(({ name, pid }) => {
      const url = apps.find((app) => app.name === name)?.url;
      return [name, { pid: pid ?? null, ...(url && { url }) }];
    });
    const stack = { ...addresses, processes: Object.fromEntries(running) as unknown };
    writeAtomically(stackFile, `${JSON.stringify(stack, null, 2)}\n`, 0o600);
  };
  processes.changed = write;
  write();
}

function printAddresses(
  api: string,
  { managementUrl, mailboxUrl }: Infrastructure,
  gatewayUrl: string,
  tokens: Tokens,
): void {
  const management = managementUrl && new URL(managementUrl);
  print();
  print(`  Console    ${bold(cyan(api))}`);
  print(`  API        ${cyan(`${api}/v1`)}`);
  print(`  Swagger UI ${cyan(`${api}/docs`)}`);
  if (mailboxUrl) print(`  Mailbox    ${cyan(mailboxUrl)}`);
  print(`  Payments   ${cyan(`${gatewayUrl}/charges`)}`);
  if (management)
    print(
      `  RabbitMQ   ${cyan(management.origin)}  ${dim(`(${management.username} / ${management.password})`)}`,
    );
  print();
  print(`  Place an order, as the customer ${SAMPLE_ORDER.customer.email}:`);
  const headers = `-H 'authorization: Bearer ${tokens.customer}' -H 'content-type: application/json'`;
  print(bold(`  curl -X POST ${api}/v1/orders ${headers} -d '${JSON.stringify(SAMPLE_ORDER)}'`));
  print(dim(`  API keys of the roles ${Object.keys(tokens).join(', ')}: ${stackFile}`));
  print();
  print(
    dim(
      `  Logs: ${join(root, '.local', 'logs')}. Ctrl-C stops everything and keeps the data (npm run reset deletes them).`,
    ),
  );
  print();
}

runUntilStopped({
  main,
  processes,
  exitCodeOnSignal: 0,
  cleanUp: async () => {
    stopCommands();
    flow?.stop();
    lab.stop();
    await infrastructure?.stop();
    if (processes.services.length > 0) rmSync(stackFile, { force: true });
  },
});
