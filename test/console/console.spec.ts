import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { ROLE_NAMES } from '../../apps/api/src/access/scopes.js';
import { LabServer } from '../../tools/lab/server.js';
import { CONSOLE_ENVIRONMENT, ConsoleBrowser } from '../support/browser.js';
import { apiKeyOf } from '../support/credentials.js';
import { TestGateway } from '../support/payment-gateway.js';
import { sendRequest } from '../support/send-request.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

/** A name that would run a script if a page did not escape it. */
const HOSTILE_NAME = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;
const HOSTILE_CUSTOMER = { name: `"><svg onload=window.hacked=1>`, email: 'mallory@example.com' };

let system: System;
let browser: ConsoleBrowser;
let url: string;
let gateway: TestGateway;
let lab: LabServer;
let receiver: WebhookReceiver;
let product: number;
beforeAll(async () => {
  gateway = await TestGateway.start();
  receiver = await WebhookReceiver.start();
  const WEBHOOK_ALLOWED_NETWORKS = '127.0.0.0/8';
  lab = new LabServer(() => ({
    api: url,
    database_url: system.database.url,
    rabbitmq_url: system.vhost.url,
    tokens: { admin: apiKeyOf('admin') },
    processes: {},
  }));
  const LAB_URL = await lab.start();
  system = await System.start({
    environment: { ...CONSOLE_ENVIRONMENT, ...gateway.environment, WEBHOOK_ALLOWED_NETWORKS, LAB_URL },
  });
  url = system.process('api').url;
  browser = await ConsoleBrowser.launch(url);
  product = await system.createProduct(20, { name: HOSTILE_NAME, reorder_point: 5 });
});
afterAll(async () => {
  await browser?.close();
  lab.stop();
  await system.stop();
  await gateway.stop();
  await receiver.stop();
});
afterEach(async () => {
  await browser.closePages();
  expect(browser.errors).toEqual([]);
});

/** Places an order and waits until its stock is deducted. */
async function processedOrder(quantity = 2) {
  const { id } = await system.placeOrder([{ product_id: product, quantity }], { customer: HOSTILE_CUSTOMER });
  await system.waitForOrderStatus(id, 'processed');
  return id;
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const openDialog = (page: Page) => page.getByRole('dialog');

describe('Signing in', () => {
  it.each(ROLE_NAMES)('takes one click in development: %s', async (role) => {
    const page = await browser.open('/');
    await page.getByRole('button', { name: `Sign in as ${role}` }).click();
    await heading(page, 'Orders').waitFor();
    const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();
    expect(links.includes('API keys')).toBe(role === 'admin');
    expect(links.includes('Stock')).toBe(role !== 'customer');
    expect(links.includes('Operations')).toBe(role === 'admin' || role === 'operator');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: `Sign in as ${role}` }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('is possible with an API key, by keyboard, and an invalid one is refused', async () => {
    const page = await browser.open('/stock');
    const key = page.getByLabel('Sign in with an API key');
    await key.fill('est_live_wrong');
    await key.press('Enter');
    await page.getByRole('alert').waitFor();
    await key.fill(apiKeyOf('warehouse'));
    await key.press('Enter');
    await heading(page, 'Stock').waitFor();
  });

  it('gives the keys only to a browser on this machine', async () => {
    const read = async (host: string) => {
      const sent = request(`${url}/settings.json`, { headers: { host } }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return (await json(response)) as { development_keys: Record<string, string> };
    };
    for (const host of ['localhost', 'estoque.localhost:3000', '127.0.0.1', '[::1]'])
      expect((await read(host)).development_keys).toHaveProperty('admin', apiKeyOf('admin'));
    for (const host of ['attacker.example', 'localhost.attacker.example', '192.0.2.1'])
      expect((await read(host)).development_keys).toEqual({});
  });

  it('shows no page that the role does not include', async () => {
    const page = await browser.open('/operations', { role: 'clerk' });
    await heading(page, 'You may not see this page').waitFor();
  });
});

describe('A customer', () => {
  it('sees only their own orders', async () => {
    const [own] = await Promise.all([
      system.placeOrder([{ product_id: product, quantity: 1 }]),
      system.placeOrder([{ product_id: product, quantity: 1 }], { customer: HOSTILE_CUSTOMER }),
    ]);
    const page = await browser.open('/orders', { role: 'customer' });
    await page.getByRole('link', { name: String(own.id), exact: true }).waitFor();
    expect(await page.getByText('mallory').count()).toBe(0);
  });
});

describe('The page of orders', () => {
  it('filters, and the address keeps the filters', async () => {
    const id = await processedOrder();
    const page = await browser.open('/orders', { role: 'clerk' });
    await page.getByRole('combobox', { name: 'Status' }).selectOption({ label: 'processed' });
    const email = page.getByRole('textbox', { name: 'E-mail' });
    await email.fill(HOSTILE_CUSTOMER.email);
    await email.press('Enter');
    await page.waitForURL(/status=processed.*email=mallory/);
    await page.reload();
    await page.getByRole('link', { name: String(id), exact: true }).click();
    await heading(page, `Order ${id}`).waitFor();
    await page.getByRole('table', { name: 'Timeline' }).getByText('reserved').waitFor();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('cancels an order after a confirmation, by keyboard', async () => {
    const id = await processedOrder();
    const page = await browser.open(`/orders/${id}`, { role: 'admin' });
    await page.getByRole('button', { name: 'Cancel order' }).press('Enter');
    await openDialog(page).getByLabel('Reason').fill('changed their mind');
    await openDialog(page).getByRole('button', { name: 'Cancel order' }).press('Enter');
    await page.getByText('The order is cancelled.').waitFor();
    await page.getByText('requested: changed their mind').waitFor();
    expect((await system.readOrder(id)).status).toBe('cancelled');
  });

  it('ships, completes and takes back an order', async () => {
    const id = await processedOrder();
    const page = await browser.open(`/orders/${id}`, { role: 'warehouse' });
    const confirm = async (action: string, button: string) => {
      await page.getByRole('button', { name: action, exact: true }).click();
      await openDialog(page).getByRole('button', { name: button, exact: true }).click();
      await openDialog(page).waitFor({ state: 'hidden' });
    };
    await confirm('Ship', 'Record shipment');
    await page.getByRole('table', { name: 'Shipments' }).waitFor();
    await confirm('Complete', 'Complete');
    await page.getByRole('button', { name: 'Record return' }).click();
    await openDialog(page)
      .getByLabel(/^Units of/)
      .fill('1');
    await openDialog(page).getByLabel('Reason').fill('too small');
    await openDialog(page).getByRole('button', { name: 'Record return' }).click();
    await page.getByRole('table', { name: 'Returns' }).waitFor();
    expect((await system.readOrder(id)).status).toBe('partially_returned');
  });

  it('shows the problem of a change that the API refuses', async () => {
    const id = await processedOrder();
    const page = await browser.open(`/orders/${id}`, { role: 'admin' });
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await system.api.POST('/v1/orders/{id}/cancel', { params: { path: { id } }, body: {} });
    await openDialog(page).getByRole('button', { name: 'Cancel order' }).click();
    const alert = openDialog(page).getByRole('alert');
    await alert.waitFor();
    expect(await alert.getByRole('link').getAttribute('href')).toMatch(/^\/docs\/errors#/);
  });
});

describe('The page of a product', () => {
  it('says why the product is unavailable, and with which orders', async () => {
    const id = await system.createProduct(1);
    await system.sql(`UPDATE stock SET reserved = 1 WHERE product_id = $1`, [id]);
    const page = await browser.open(`/stock/${id}`, { role: 'warehouse' });
    await page.getByRole('heading', { name: 'Why is this product unavailable?' }).waitFor();
    await page.getByText('1 of 1 units on hand are reserved').waitFor();
    await system.sql(`UPDATE stock SET reserved = 0 WHERE product_id = $1`, [id]);
  });

  it('records a receipt and an adjustment in the ledger', async () => {
    const id = await system.createProduct(5);
    const page = await browser.open(`/stock/${id}`, { role: 'warehouse' });
    for (const [action, quantity] of [
      ['Record receipt', '7'],
      ['Adjust', '-2'],
    ] as const) {
      await page.getByRole('button', { name: action }).click();
      const dialog = openDialog(page);
      await dialog.getByRole('textbox').first().fill(quantity);
      await dialog.getByLabel('Reason').fill('counted');
      await dialog.getByRole('button', { name: action }).click();
      await dialog.waitFor({ state: 'hidden' });
    }
    await page.getByRole('table', { name: 'Stock ledger' }).getByText('+7').waitFor();
    expect(await system.readStock(id)).toMatchObject({ on_hand: 10 });
    const sku = await page.getByRole('heading', { level: 1 }).textContent();
    await page.goto(`/stock?search=${sku}`);
    await page.getByRole('img', { name: `Units on hand of ${sku} after the last movements` }).waitFor();
  });

  it('is found by its level and a part of its name', async () => {
    await system.createProduct(0, { name: 'Very rare tea' });
    const page = await browser.open('/stock?level=out', { role: 'clerk' });
    const search = page.getByRole('textbox', { name: 'SKU or name' });
    await search.fill('rare TEA');
    await search.press('Enter');
    await page.getByText('Very rare tea').waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
  });
});

describe('The page of notifications', () => {
  it('shows a mail in a frame that runs no script, and sends it again', async () => {
    const order = await processedOrder();
    await until(
      'the mail to be sent',
      async () => (await system.readOrder(order)).timeline.at(-1)?.step === 'notified',
    );
    const page = await browser.open(`/notifications?order_id=${order}`, { role: 'operator' });
    await page.getByRole('button', { name: /^Show mail/ }).click();
    const frame = page.frameLocator('iframe');
    await frame.getByText(String(order)).first().waitFor();
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('');
    expect(await frame.locator('script').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Send mail/ }).click();
    await openDialog(page).getByRole('button', { name: 'Send again' }).click();
    await page.getByText('The mail will be sent.').waitFor();
  });

  it('stops the mails to an address, and sends them again', async () => {
    const page = await browser.open('/notifications', { role: 'operator' });
    await page.getByRole('button', { name: 'Mails to an address' }).click();
    await openDialog(page).getByLabel('E-mail address').fill('rui@example.com');
    await openDialog(page).getByRole('button', { name: 'Show' }).click();
    await openDialog(page).getByLabel('Reason').fill('asked by phone');
    await openDialog(page).getByRole('button', { name: 'Send no more mails' }).click();
    await openDialog(page).getByText('asked by phone').waitFor();
    await openDialog(page).getByRole('button', { name: 'Send mails to this address again' }).click();
    await openDialog(page).getByText('Mails to this address are sent.').waitFor();
  });
});

describe('The page of a payment', () => {
  it('shows the attempts, and refunds a part', async () => {
    const order = await system.placeOrder([{ product_id: product, quantity: 1 }], {
      payment: { method: 'tok_ok' },
    });
    await system.waitForOrderStatus(order.id, 'processed');
    const page = await browser.open(`/payments?order_id=${order.id}`, { role: 'operator' });
    await page.getByRole('table', { name: 'List of payments' }).getByRole('link').first().click();
    await page.getByRole('table', { name: 'Attempts at the gateway' }).getByText('captured').waitFor();
    await page.getByRole('button', { name: 'Refund' }).click();
    await openDialog(page).getByLabel('Amount in BRL').fill('2.50');
    await openDialog(page).getByLabel('Reason').fill('damaged box');
    await openDialog(page).getByRole('button', { name: 'Refund' }).click();
    await page.getByRole('table', { name: 'Refunds' }).getByText('damaged box').waitFor();
    await until('the refund', async () => (await gateway.chargesOf(order.id))[0]?.refunded === 250);
  });
});

describe('The page of a webhook endpoint', () => {
  it('shows a delivery with its attempts and its body, replays it, and disables the endpoint', async () => {
    const { data: endpoint } = await system.api.POST('/v1/webhook-endpoints', {
      body: { url: receiver.url, events: ['order.processed'] },
    });
    await processedOrder(1);
    await until('the event', () => receiver.requests.length === 1);
    const page = await browser.open('/webhooks', { role: 'admin' });
    await page.getByRole('link', { name: String(endpoint!.id), exact: true }).click();
    await page.getByRole('table', { name: 'Deliveries' }).getByText('delivered').waitFor();
    await page.getByRole('button', { name: /^Delivery/ }).click();
    await openDialog(page).getByText('"event": "order.processed"').waitFor();
    await openDialog(page).getByRole('button', { name: 'Replay' }).click();
    await openDialog(page).getByRole('button', { name: 'Replay' }).click();
    await until('the event again', () => receiver.requests.length === 2);
    await page.getByRole('button', { name: 'Disable' }).click();
    await openDialog(page).getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: 'Enable' }).waitFor();
  });
});

describe('The page of operations', () => {
  it('requests an audit and shows its result', async () => {
    const page = await browser.open('/operations', { role: 'operator' });
    await page.getByRole('button', { name: 'Request audit' }).click();
    await openDialog(page).getByRole('button', { name: 'Request audit' }).click();
    await page.getByText('the ledger reconciles').first().waitFor({ timeout: 30_000 });
  });

  it('shows the versions of the processes, and how long data are kept', async () => {
    const page = await browser.open('/operations', { role: 'operator' });
    const rowOf = (table: string, text: string) =>
      page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });
    await rowOf('Versions of the running processes', 'order-worker')
      .filter({ hasText: 'unreleased' })
      .waitFor({ timeout: 30_000 });
    await rowOf('Retention', 'Audit log').filter({ hasText: '365 days' }).waitFor();
    await rowOf('Retention', 'Charts of the flow').filter({ hasText: 'when new ones are stored' }).waitFor();
    await system.sql(
      `INSERT INTO retention_runs VALUES ('audit_log', now() - interval '2 hours', 0, 'lock timeout', now(), 1234)`,
    );
    await page.reload();
    for (const text of ['no run for an hour', 'lock timeout', '1,234 records'])
      await rowOf('Retention', 'Audit log').filter({ hasText: text }).waitFor();
    await rowOf('Retention', 'Answers to requests').filter({ hasText: '24 hours' }).waitFor();
    await rowOf('Retention', 'Timelines').filter({ hasText: 'not deleted' }).waitFor();
    await rowOf('Retention', 'Dead letters').filter({ hasText: '100,000' }).waitFor();
  });

  it('shows the configuration without secrets', async () => {
    const page = await browser.open('/operations', { role: 'operator' });
    const table = page.getByRole('table', { name: 'Configuration of the API' });
    await table.getByText('RATE_LIMIT_ADDRESS').waitFor();
    expect(await table.textContent()).not.toMatch(/postgresql:|amqp:|est_live_/);
  });

  it('repairs a discrepancy that an audit has found, with a reason', async () => {
    const id = await system.createProduct(5);
    await system.sql('UPDATE stock SET on_hand = 4 WHERE product_id = $1', [id]);
    const page = await browser.open('/operations', { role: 'operator' });
    await page.getByRole('button', { name: 'Request audit' }).click();
    await openDialog(page).getByRole('button', { name: 'Request audit' }).click();
    await page.getByRole('button', { name: `Repair the ledger of product ${id}` }).click({ timeout: 30_000 });
    const dialog = openDialog(page);
    await dialog.getByText('The movements add up to 5 units, and 4 units are recorded as on hand.').waitFor();
    const confirm = dialog.getByRole('button', { name: 'Write the correction' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Why the ledger lacks the units').fill('restored from a backup');
    await confirm.click();
    await page.getByText('The correction is in the ledger.').waitFor();
    await page.goto(`/stock/${id}`);
    await page.getByRole('table', { name: 'Stock ledger' }).getByText('restored from a backup').waitFor();
    await system.expectLedgerReconciles();
  });
});

describe('The failure lab', () => {
  it('runs a drill after a confirmation, and shows its steps and what the ledger says', async () => {
    const page = await browser.open('/lab', { role: 'operator' });
    await page.getByRole('button', { name: 'Run the drill poison' }).click();
    await openDialog(page).getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('publishing 3 invalid messages').waitFor();
    expect(await page.getByRole('button', { name: 'Run the drill duplicates' }).isDisabled()).toBe(true);
    await page.getByText('The stock ledger reconciles.').waitFor({ timeout: 60_000 });
    await page.getByText('30 orders accepted, 0 refused').waitFor();
  }, 120_000);

  it('is not shown to a role that may not see it', async () => {
    const page = await browser.open('/lab', { role: 'clerk' });
    await heading(page, 'You may not see this page').waitFor();
  });
});

describe('The page of API keys', () => {
  it('creates a key, shows it once, and revokes it', async () => {
    const page = await browser.open('/api-keys', { role: 'admin' });
    await page.getByRole('button', { name: 'Create API key' }).click();
    await openDialog(page).getByLabel('Name').fill('a shop');
    await openDialog(page).getByRole('button', { name: 'Create API key' }).click();
    const key = await openDialog(page)
      .getByText(/^est_live_/)
      .textContent();
    const isAccepted = async () =>
      (await sendRequest(`${url}/v1/session`, { credential: key! })).status === 200;
    expect(await isAccepted()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Revoke the key a shop' }).click();
    await openDialog(page).getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The key is revoked.').waitFor();
    await until('the key to be refused', async () => !(await isAccepted()));
  });
});

describe('The session', () => {
  it('ends at the page to sign in when the API refuses the credential', async () => {
    const page = await browser.open('/orders', { role: 'clerk' });
    await heading(page, 'Orders').waitFor();
    await page.route('**/v1/orders*', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          status: 401,
          code: 'invalid_credential',
          title: 'x',
          detail: 'x',
          errors: [],
        }),
      }),
    );
    await page.getByRole('combobox', { name: 'Status' }).selectOption({ label: 'shipped' });
    await page.getByText('Your session has ended.').waitFor();
  });
});
