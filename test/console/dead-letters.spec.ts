import type { Page } from 'playwright-core';
import { FLOW_APPS } from '../../apps/manifest.js';
import {
  CONSOLE_ENVIRONMENT,
  ConsoleBrowser,
  expectToFitPhone,
  findAccessibilityProblems,
  isTooWide,
} from '../support/browser.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

/** A text that would run a script if a page did not escape it. */
const HOSTILE = `<img src=x onerror="window.hacked=1">`;

describe('The pages of dead letters', () => {
  let system: System;
  let browser: ConsoleBrowser;
  beforeAll(async () => {
    system = await System.start({ apps: FLOW_APPS, environment: CONSOLE_ENVIRONMENT });
    browser = await ConsoleBrowser.launch(system.process('api').url);
  });
  afterAll(async () => {
    await browser?.close();
    await system.stop();
  });
  afterEach(async () => {
    await browser.closePages();
    expect(browser.errors).toEqual([]);
  });

  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
  /** Publishes a message that is dead-lettered. @returns the id of the dead letter */
  async function deadLetter(event: string, body: object | Buffer): Promise<number> {
    const newest = async () => {
      const [row] = await system.sql<{ id: string }>('SELECT id FROM dead_letters ORDER BY id DESC LIMIT 1');
      return Number(row?.id ?? 0);
    };
    const before = await newest();
    await system.externalClient.publish(event, body);
    return until('the dead letter', async () => {
      const id = await newest();
      return id > before ? id : undefined;
    });
  }
  /** An order that waits for its event, which was dead-lettered with a quantity that is text. */
  async function waitingOrder() {
    const product_id = await system.createProduct(10);
    await system.process('order-worker').stop();
    const { id: order_id } = await system.placeOrder([{ product_id, quantity: 2 }]);
    await until('an empty outbox', async () => (await system.sql('SELECT FROM outbox')).length === 0);
    await system.externalClient.channel.purgeQueue('order_queue');
    await system.launch('order-worker').waitUntilReady();
    const message = {
      event: 'order.created',
      order_id,
      items: [{ product_id, quantity: '2' }],
      shop: HOSTILE,
    };
    return { order_id, product_id, id: await deadLetter('order.created', message) };
  }

  it('find a message by its text, show what a replay does, and replay the corrected message', async () => {
    const { order_id, product_id, id } = await waitingOrder();
    const page = await browser.open('/dead-letters', { role: 'operator' });
    await heading(page, 'Dead letters').waitFor();
    await page.getByLabel('Text in the message').last().fill('onerror=');
    await page.keyboard.press('Enter');
    await page.waitForURL(/text=onerror/);
    await page
      .getByRole('table', { name: 'Dead letters' })
      .getByRole('link', { name: String(id) })
      .click();
    await heading(page, `Dead letter ${id}`).waitFor();
    await page.getByRole('region', { name: 'Body' }).getByText('onerror').waitFor();
    await page
      .getByRole('region', { name: 'Where the error was thrown' })
      .getByText('libs/messaging/')
      .waitFor();

    await page.getByRole('button', { name: 'Show what a replay would do' }).click();
    await page.getByText('is dead-lettered again').waitFor();

    await page.getByRole('button', { name: 'Edit and replay' }).click();
    const body = page.getByLabel('New body');
    await body.fill(
      JSON.stringify({ event: 'order.created', order_id, items: [{ product_id, quantity: 0 }] }),
    );
    await page.getByText('/items/0/quantity').waitFor();
    await body.fill(
      JSON.stringify({ event: 'order.created', order_id, items: [{ product_id, quantity: 2 }] }),
    );
    await page.getByText('The body satisfies the contract of the event.').waitFor();
    await page.getByRole('button', { name: 'Show what the new body would do' }).click();
    await page.getByTestId('dry-run').last().getByText('stock.reserve').waitFor();

    const submit = page.getByRole('button', { name: 'Replay the new body' });
    expect(await submit.isDisabled()).toBe(true);
    await page.getByLabel('Why it is edited').fill('The shop sends quantities as text.');
    await submit.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay the new body' }).click();
    await page.getByText('The edited message was published.').waitFor();
    await page
      .getByRole('table', { name: 'Edited versions' })
      .getByText('The shop sends quantities as text.')
      .waitFor();
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    const { state } = (await system.request<{ state: string }>('GET', `/v1/dead-letters/${id}`)).body;
    expect(state).toBe('replayed');
  });

  it('discard a group in the background, by keyboard', async () => {
    for (const order_id of [1, 2, 3])
      await deadLetter('order.created', { event: 'order.created', order_id, items: `none of ${order_id}` });
    const page = await browser.open('/dead-letters', { role: 'operator' });
    const groups = page.getByRole('table', { name: 'Groups' });
    await groups.waitFor();
    await page
      .getByRole('button', { name: /^Show the dead letters with the error/ })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/group=/);
    await page.getByLabel('Text in the message').last().fill('none of 2');
    await page.keyboard.press('Enter');
    await page.waitForURL(/text=none/);
    await page.getByRole('button', { name: 'Discard all open ones' }).click();
    await page.getByRole('dialog').getByText('1 dead letter matches.').waitFor();
    await page.getByRole('dialog').getByText('text: none of 2').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Text in the message').last().fill('');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.searchParams.has('text'));
    const boxes = page.getByRole('checkbox', { name: /^Select dead letter/ });
    await boxes.first().focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Discard 1 selected' }).click();
    await page.getByRole('dialog').getByText('1 dead letter matches.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard 1 selected' }).click();
    await page.getByText('The job is stored. Its progress is shown below.').waitFor();
    await page.getByRole('button', { name: 'Discard all open ones' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Why (the history shows it)').fill('sent by a test');
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Discard all open ones' });
    await confirm.focus();
    await page.keyboard.press('Enter');
    await page.getByText('The job is stored. Its progress is shown below.').waitFor();
    const jobRow = page.getByRole('table', { name: 'Jobs' }).getByRole('row', { name: /sent by a test/ });
    await jobRow.getByText('finished').waitFor();
    const [job] = await system.sql<{ done: number; action: string }>(
      'SELECT done, action FROM dead_letter_jobs ORDER BY id DESC LIMIT 1',
    );
    expect(job!.action).toBe('discard');
    expect(job!.done).toBeGreaterThan(0);
  });

  it('offer no change to a role that may only read, and are not shown to others', async () => {
    const id = await deadLetter('order.created', Buffer.from('{'));
    const page = await browser.open(`/dead-letters/${id}`, { role: 'clerk' });
    await heading(page, 'You may not see this page').waitFor();
  });

  it.each([
    ['the list', () => Promise.resolve('/dead-letters'), 'Dead letters'],
    [
      'one dead letter',
      async () => `/dead-letters/${await deadLetter('order.created', { event: HOSTILE })}`,
      /^Dead letter \d+$/,
    ],
  ])('are accessible in both themes and languages, and fit a phone: %s', async (_, path, title) => {
    const address = await path();
    for (const options of [{}, { theme: 'dark', language: 'pt-BR' }] as const) {
      const page = await browser.open(address, { role: 'admin', ...options });
      await page
        .getByRole('heading', { level: 1, name: 'language' in options ? /^Dead letter/ : title })
        .waitFor();
      await page.waitForFunction(() => document.querySelector('[role=status][aria-label]') === null);
      expect(await findAccessibilityProblems(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await expectToFitPhone(page);
    }
  });
});
