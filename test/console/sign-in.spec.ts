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

  it('leads back to the page at which it began, and signing out forgets the tokens', async () => {
    const page = await browser.open('/stock?level=low');
    await page.getByRole('button', { name: 'Sign in with your account' }).click();
    await page.getByPlaceholder('Enter any login').fill('rui');
    await page.getByPlaceholder('and password').fill('x');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { level: 1, name: 'Stock' }).waitFor();
    expect(new URL(page.url()).search).toBe('?level=low');
    expect(await page.getByRole('link', { name: 'Operations' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with your account' }).waitFor();
    await page.waitForFunction(() => !JSON.stringify({ ...sessionStorage }).includes('token'));
    expect(await page.evaluate(() => sessionStorage.getItem('estoque.credential'))).toBeNull();
    expect(browser.errors).toEqual([]);
  });
});
