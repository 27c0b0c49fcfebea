import type { Page } from 'playwright-core';
import { ConsoleBrowser } from '../support/browser.js';
import { CONSOLE_CLIENT_ID, Issuer } from '../support/issuer.js';
import { System } from '../support/system.js';

describe('Signing in at an OpenID Connect provider', () => {
  let issuer: Issuer;
  let system: System;
  let browser: ConsoleBrowser;
  beforeAll(async () => {
    issuer = await Issuer.start();
    const environment = { ...issuer.environment, AUTH_CLIENT_ID: CONSOLE_CLIENT_ID };
    system = await System.start({ apps: ['api'], environment });
    const { url } = system.process('api');
    await issuer.acceptConsole(url, { roles: ['warehouse'] });
    browser = await ConsoleBrowser.launch(url);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
    await issuer?.stop();
  });

  afterEach(async () => {
    await browser.closePages();
    expect(browser.errors).toEqual([]);
  });

  const signInButton = (page: Page) => page.getByRole('button', { name: 'Sign in with your account' });
  const stockHeading = (page: Page) => page.getByRole('heading', { level: 1, name: 'Stock' });
  const credentialOf = (page: Page) => page.evaluate(() => sessionStorage.getItem('estoque.credential'));
  /** Opens the page as a user who has signed in. */
  async function openSignedIn(path: string): Promise<Page> {
    const page = await browser.open(path, { isNew: true });
    await signInButton(page).click();
    await page.getByPlaceholder('Enter any login').fill('rui');
    await page.getByPlaceholder('and password').fill('x');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await stockHeading(page).waitFor();
    return page;
  }

  it('leads back to the page at which it began, and signing out forgets the tokens', async () => {
    const page = await openSignedIn('/stock?level=low');
    expect(new URL(page.url()).search).toBe('?level=low');
    expect(await page.getByRole('link', { name: 'Operations' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signInButton(page).waitFor();
    await page.waitForFunction(() => !JSON.stringify({ ...sessionStorage }).includes('token'));
    expect(await credentialOf(page)).toBeNull();
  });

  it('is asked for again when the token has expired, and leads back to the same filters', async () => {
    const page = await openSignedIn('/stock?search=tea');
    const expired = await issuer.sign({ exp: Math.trunc(Date.now() / 1_000) - 600 });
    await page.evaluate((token) => sessionStorage.setItem('estoque.credential', token), expired);
    await page.getByRole('combobox', { name: 'Level' }).selectOption({ label: 'low' });
    await page.getByText('Your session has ended.').waitFor();
    await signInButton(page).click();
    // The provider still knows the user.
    await stockHeading(page).waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ search: 'tea', level: 'low' });
    expect(await credentialOf(page)).not.toBe(expired);
  });

  it('is not asked for again if the provider renews the token', async () => {
    issuer.accessTokenSeconds = 30;
    const page = await openSignedIn('/stock');
    const first = await credentialOf(page);
    await page.waitForFunction((token) => sessionStorage.getItem('estoque.credential') !== token, first);
    const renewed = await credentialOf(page);
    expect(renewed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const answer = page.waitForResponse((response) => response.url().includes('/v1/stock?level=low'));
    await page.getByRole('combobox', { name: 'Level' }).selectOption({ label: 'low' });
    expect((await answer).status()).toBe(200);
    expect((await answer).request().headers().authorization).not.toBe(`Bearer ${first}`);
  });
});
