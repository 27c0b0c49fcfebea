import type { Page } from 'playwright-core';
import { FLOW_APPS } from '../../apps/manifest.js';
import {
  CONSOLE_ENVIRONMENT,
  ConsoleBrowser,
  expectToFitPhone,
  findAccessibilityProblems,
} from '../support/browser.js';
import { System } from '../support/system.js';

/** A report of a process arrives every five seconds. */
const TIMEOUT = { timeout: 30_000 };

let system: System;
let browser: ConsoleBrowser;
let product_id: number;
beforeAll(async () => {
  system = await System.start({
    apps: [...FLOW_APPS, 'payment-worker'],
    environment: { ...CONSOLE_ENVIRONMENT, TRACE_URL: 'https://jaeger.example/trace/{trace_id}' },
  });
  browser = await ConsoleBrowser.launch(system.process('api').url);
  product_id = await system.createProduct(100);
});
afterAll(async () => {
  await browser?.close();
  await system.stop();
});
afterEach(async () => {
  await browser.closePages();
  expect(browser.errors).toEqual([]);
});

const placeOrder = () => system.placeOrder([{ product_id, quantity: 1 }]);
const isLive = (page: Page) => page.getByText('live', { exact: true }).waitFor(TIMEOUT);
const rowOf = (page: Page, table: string, text: string) =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });

describe('The page about the flow', () => {
  it('shows events as they occur, each with a link to its order', async () => {
    const page = await browser.open('/flow', { role: 'operator' });
    await isLive(page);
    const { id } = await placeOrder();
    await rowOf(page, 'Latest events', 'order.processed')
      .getByRole('link', { name: String(id) })
      .click();
    await page.getByRole('heading', { level: 1, name: `Order ${id}` }).waitFor();
    await page.getByRole('link', { name: 'Show the journey' }).click();
    await page.getByRole('heading', { level: 1, name: `Journey of order ${id}` }).waitFor();
  });

  it('shows a fault in queues, processes and problems, until it is over', async () => {
    const page = await browser.open('/flow', { role: 'operator' });
    await page.getByText('There is no problem.').waitFor(TIMEOUT);
    await rowOf(page, 'Processes', 'stock-worker').getByText('consuming').waitFor(TIMEOUT);
    await system.process('stock-worker').stop();
    await placeOrder();
    const problem = page.getByText('No process consumes stock_queue.');
    await problem.waitFor(TIMEOUT);
    const [chapter] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'What to do next' }).first().click(),
    ]);
    await chapter.getByRole('heading', { name: 'EstoqueConsumerDown' }).waitFor();
    await chapter.close();
    await rowOf(page, 'Queues', 'stock_queue')
      .getByRole('cell', { name: '1', exact: true })
      .first()
      .waitFor(TIMEOUT);
    await system.launch('stock-worker').waitUntilReady();
    await problem.waitFor({ state: 'hidden', ...TIMEOUT });
  });

  it('has charts with a text for screen readers, and keeps the period in the address', async () => {
    const page = await browser.open('/flow', { role: 'operator', theme: 'dark' });
    const outbox = page.getByRole('img', { name: /^Lag of the outbox, in seconds\. lag: \d/ });
    await outbox.waitFor(TIMEOUT);
    await page.getByRole('img', { name: /^Handling time, p95.*stock\.reserve: \d/ }).waitFor(TIMEOUT);
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await page.getByText('24 hours').click();
    await page.waitForURL(/period=24h/);
    await expectToFitPhone(page);
    // The picture is wider than a phone, and scrolls by keyboard.
    const picture = page.getByRole('group', { name: /^How messages move/ });
    await picture.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector('.flow-topology')!.scrollLeft > 0);
  });

  it('connects again when the api was restarted', async () => {
    const page = await browser.open('/flow', { role: 'operator' });
    await isLive(page);
    const { port } = new URL(system.process('api').url);
    await system.process('api').stop();
    await page.getByText('connecting', { exact: true }).first().waitFor(TIMEOUT);
    await system.launch('api', { PORT: port }).waitUntilReady();
    await isLive(page);
    const { id } = await placeOrder();
    await rowOf(page, 'Latest events', 'order.processed')
      .getByRole('link', { name: String(id) })
      .waitFor(TIMEOUT);
    // The browser reports requests that failed meanwhile.
    browser.errors.length = 0;
  });
});

describe('The page about the journey of an order', () => {
  it('shows what happened as a waterfall, and what happens next', async () => {
    const { id } = await placeOrder();
    await system.waitForOrderStatus(id, 'processed');
    const page = await browser.open(`/orders/${id}/journey`, { role: 'operator', theme: 'dark' });
    for (const text of ['message order.created', 'movement sale', 'mail order_processed'])
      await rowOf(page, 'What happened', text).first().waitFor(TIMEOUT);
    const request = rowOf(page, 'What happened', 'request POST /v1/orders');
    await request.getByText('until the order was written; the commit and the answer follow').waitFor();
    await request.getByTitle(/^api-[\da-f]{8}@.*, version unreleased$/).waitFor();
    await system.request('POST', `/v1/orders/${id}/cancel`, {});
    await rowOf(page, 'What happened', 'status cancelled').waitFor(TIMEOUT);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await system.sql('UPDATE notifications SET traceparent = $2 WHERE order_id = $1', [
      id,
      `00-${traceId}-b7ad6b7169203331-01`,
    ]);
    const link = page.getByRole('link', { name: traceId });
    await link.waitFor(TIMEOUT);
    expect(await link.getAttribute('href')).toBe(`https://jaeger.example/trace/${traceId}`);
    expect(await findAccessibilityProblems(page)).toEqual([]);
  });
});
