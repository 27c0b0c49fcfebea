// `npm run screenshots`: takes the pictures of the console in docs/console, of a real system with demo data.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import 'reflect-metadata';
import { CONSOLE_ENVIRONMENT, ConsoleBrowser, NARROW, type PageOptions } from '../test/support/browser.js';
import { apiKeyOf } from '../test/support/credentials.js';
import { TestGateway } from '../test/support/payment-gateway.js';
import { sendRequest } from '../test/support/send-request.js';
import { System } from '../test/support/system.js';
import { until } from '../test/support/until.js';
import { WebhookReceiver } from '../test/support/webhook-receiver.js';
import { build } from './build.js';
import { stopCommands } from './command.js';
import { addDemoData, SAMPLE_ORDER } from './demo-data.js';
import type { Infrastructure } from './infrastructure/infrastructure.js';
import { LabServer } from './lab/server.js';
import { removeDeadTestRuns, TestRun } from './infrastructure/test-run.js';
import { runUntilStopped } from './lifecycle.js';
import { root } from './paths.js';
import { print } from './terminal.js';
import { startTestServers, testEnvironment } from './test-servers.js';

const FOLDER = 'docs/console';
const ORDERS = 24;

interface Picture extends PageOptions {
  /** Name of the file, without its ending. */
  name: string;
  path: string;
  /** What happens while the page is open, before the picture is taken. */
  meanwhile?: (page: Page, system: System) => Promise<void>;
}

const PICTURES: Picture[] = [
  { name: 'sign-in', path: '/', role: undefined },
  { name: 'orders', path: '/orders' },
  { name: 'orders-dark', path: '/orders', theme: 'dark' },
  { name: 'orders-phone', path: '/orders', viewport: NARROW, language: 'pt-BR' },
  { name: 'order', path: '/orders/3' },
  { name: 'journey', path: '/orders/3/journey' },
  { name: 'flow', path: '/flow', meanwhile: watchOrder },
  { name: 'flow-dark', path: '/flow', theme: 'dark', language: 'pt-BR', meanwhile: watchOrder },
  { name: 'stock', path: '/stock' },
  { name: 'product', path: '/stock/1' },
  { name: 'dead-letters', path: '/dead-letters' },
  { name: 'dead-letter', path: '/dead-letters/1' },
  { name: 'notifications', path: '/notifications' },
  { name: 'payments', path: '/payments' },
  { name: 'payment', path: '/payments/1' },
  { name: 'webhooks', path: '/webhooks/1' },
  { name: 'operations', path: '/operations' },
  { name: 'audit-log', path: '/audit-log' },
  { name: 'api-keys', path: '/api-keys' },
];

const testRun = new TestRun(root, print);
let infrastructure: Infrastructure | undefined;

async function main(): Promise<number> {
  await removeDeadTestRuns(root);
  await build(root, print);
  infrastructure = await startTestServers(testRun, () => undefined);
  Object.assign(process.env, testEnvironment(infrastructure));
  const gateway = await TestGateway.start();
  const receiver = await WebhookReceiver.start();
  const lab = new LabServer(() => ({
    api: system.process('api').url,
    database_url: system.database.url,
    rabbitmq_url: system.vhost.url,
    tokens: { admin: apiKeyOf('admin') },
    processes: {},
  }));
  const system: System = await System.start({
    environment: {
      ...CONSOLE_ENVIRONMENT,
      ...gateway.environment,
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      LAB_URL: await lab.start(),
    },
  });
  const browser = await ConsoleBrowser.launch(system.process('api').url);
  try {
    await addDemoData({ url: system.process('api').url, token: apiKeyOf('admin') });
    await system.api.POST('/v1/webhook-endpoints', {
      body: { url: receiver.url, events: ['order.processed', 'order.rejected'] },
    });
    await placeOrders(system);
    await addDeadLetters(system);
    mkdirSync(join(root, FOLDER), { recursive: true });
    for (const picture of PICTURES) await take(browser, system, picture);
    await runDrill(system);
    await take(browser, system, { name: 'lab', path: '/lab' });
  } finally {
    await browser.close();
    lab.stop();
    await system.stop();
    await gateway.stop();
    await receiver.stop();
  }
  return 0;
}

/** Places orders of several products, until each is processed or rejected. */
async function placeOrders(system: System) {
  for (let number = 0; number < ORDERS; number++) {
    const items = [
      { product_id: 1 + (number % 12), quantity: 1 + (number % 3) },
      { product_id: 13 + (number % 7), quantity: 1 },
    ];
    const payment = number % 4 === 0 ? { payment: { method: 'tok_ok' } } : {};
    const { id } = await system.placeOrder(items, { ...SAMPLE_ORDER, ...payment, items, locale: 'pt-BR' });
    if (number === ORDERS - 1) await system.waitForOrderStatus(id, 'processed');
  }
}

/** Messages of another system that cannot be handled: their quantity is text. */
async function addDeadLetters(system: System) {
  for (const order_id of [1, 2, 3]) {
    const items = [{ product_id: 1, quantity: '2' }];
    await system.externalClient.publish('order.created', { event: 'order.created', order_id, items });
  }
  await until('the dead letters', async () => (await system.sql('SELECT FROM dead_letters')).length === 3);
}

/** Runs a drill that needs no process of `npm start`. The routes of the lab are not part of the API's document. */
async function runDrill(system: System) {
  const url = `${system.process('api').url}/v1/lab/drills`;
  const credential = apiKeyOf('admin');
  await sendRequest(`${url}/duplicates/runs`, { method: 'POST', credential, body: {} });
  await until(
    'the drill to finish',
    async () => {
      const { runs } = JSON.parse((await sendRequest(url, { credential })).text) as {
        runs: { state: string }[];
      };
      return runs[0]?.state === 'succeeded';
    },
    { seconds: 120 },
  );
}

/** Places an order as soon as the rates are known, and waits until the page shows its events. */
async function watchOrder(page: Page, system: System) {
  await page.locator('.flow-line', { hasText: '/s' }).first().waitFor();
  const { id } = await system.placeOrder([{ product_id: 1, quantity: 1 }]);
  await page.getByRole('row', { name: `${id} order.processed` }).waitFor();
}

async function take(browser: ConsoleBrowser, system: System, picture: Picture) {
  const { name, path, meanwhile, ...options } = picture;
  const page = await browser.open(path, { role: 'admin', ...options });
  await page.getByRole('heading', { level: 1 }).waitFor();
  // A page that watches events always has a request in progress.
  await page.waitForFunction(() => document.querySelector('[role=status][aria-label]') === null);
  await meanwhile?.(page, system);
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: join(root, file) });
  await page.close();
  print(file);
}

runUntilStopped({
  main,
  processes: testRun.processes,
  exitCodeOnSignal: 130,
  cleanUp: async () => {
    stopCommands();
    await infrastructure?.stop();
    testRun.deleteFiles();
  },
});
