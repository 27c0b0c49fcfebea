import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ROLE_NAMES, type Role } from '../../apps/api/src/access/scopes.js';
import { findChromium } from '../../tools/infrastructure/chromium.js';
import { apiKeyOf } from './credentials.js';
import { until } from './until.js';

export type Theme = 'light' | 'dark';
export type Language = 'en' | 'pt-BR';

export const NARROW = { width: 390, height: 844 };
export const WIDE = { width: 1280, height: 900 };

/** Environment of an api whose console offers one click per role. */
export const CONSOLE_ENVIRONMENT = {
  CONSOLE_API_KEYS: ROLE_NAMES.map((role) => `${role}=${apiKeyOf(role)}`).join(','),
};

export interface PageOptions {
  /** Undefined: nobody is signed in. */
  role?: Role;
  theme?: Theme;
  language?: Language;
  viewport?: { width: number; height: number };
  /** Without the cache, the cookies and the settings of earlier pages. */
  isNew?: boolean;
}

/** A real Chromium with the console of one api. */
export class ConsoleBrowser {
  /** Errors that pages reported: exceptions, and what the policy of the page has blocked. */
  readonly errors: string[] = [];
  /** One for each theme and language, so that the browser loads and compiles the scripts once for each of them. */
  private readonly contexts = new Map<string, Promise<BrowserContext>>();

  private constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  /** @param url of the api */
  static async launch(url: string): Promise<ConsoleBrowser> {
    const { path: executablePath, env } = await findChromium(process.cwd());
    // Containers of tests run as root, for which Chromium has no sandbox.
    const browser = await chromium.launch({
      executablePath,
      env: { ...(process.env as Record<string, string>), ...env },
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    return new ConsoleBrowser(browser, url);
  }

  close() {
    return this.browser.close();
  }

  /** Opens a page of the console, with a session of its own. The caller closes it. @param path such as `/orders` */
  async open(
    path: string,
    { role, theme = 'light', language = 'en', viewport = WIDE, isNew = false }: PageOptions = {},
  ): Promise<Page> {
    const context = await this.contextOf(theme, language, isNew);
    const page = await context.newPage();
    await page.setViewportSize(viewport);
    // Most tests do not test the sign-in.
    if (role)
      await page.addInitScript((key) => {
        // A sandboxed frame has no storage.
        if (window === window.top) sessionStorage.setItem('estoque.credential', key);
      }, apiKeyOf(role));
    page.on('pageerror', (error) => this.errors.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.errors.push(`${page.url()}: ${message.text()}`);
    });
    await page.goto(path);
    return page;
  }

  /** Closes all pages: a page that stays open continues to load and to draw its data. */
  async closePages() {
    const shared = await Promise.all(this.contexts.values());
    const close = (context: BrowserContext) =>
      shared.includes(context) ? context.pages().map((page) => page.close()) : [context.close()];
    await Promise.all(this.browser.contexts().flatMap(close));
  }

  private contextOf(theme: Theme, language: Language, isNew: boolean): Promise<BrowserContext> {
    const create = () => this.browser.newContext({ locale: language, colorScheme: theme, baseURL: this.url });
    if (isNew) return create();
    const key = `${theme} ${language}`;
    const context = this.contexts.get(key) ?? create();
    this.contexts.set(key, context);
    return context;
  }
}

/** @returns the serious and critical findings of axe, one line each */
export async function findAccessibilityProblems(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the policy of the page does not concern.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** @returns whether the page is wider than the window */
export const isTooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** Waits until the page fits a phone, which it does some time after its window has become narrow. */
export async function expectToFitPhone(page: Page) {
  await page.setViewportSize(NARROW);
  await until('the page to fit a phone', async () => !(await isTooWide(page)));
}
