import { environmentSchema, SECRET_VARIABLES } from '@estoque/platform';
import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { APP_NAMES } from '../../apps/manifest.js';
import { RUNBOOK_FILE, runbookPage } from '../../tools/documents/runbook-page.js';
import { databaseUrls } from '../../tools/infrastructure/accounts.js';
import { createDatabase } from '../support/database.js';
import { alertRules } from './alert-rules.js';

const PAGE = 'docs/operations.md';
const page = readFileSync(PAGE, 'utf8');
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');
const anchorsOf = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading!));
const alerts = [...new Set(alertRules.map(({ alert }) => alert))];
const sectionOf = (heading: string) =>
  page.split(/^(?=#{2,3} )/m).find((section) => section.startsWith(`### ${heading}\n`)) ?? '';

describe('Runbook', () => {
  it.each(alerts)('has a section for %s: meaning, diagnosis, action', (alert) => {
    const parts = [...sectionOf(alert).matchAll(/^\*\*(\w+)\.\*\*(?: \S|$)/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Meaning', 'Diagnosis', 'Action']);
  });

  it('has no section for an alert that does not exist', () => {
    const sections = [...page.matchAll(/^### (Estoque\w+)$/gm)].map(([, name]) => name!);
    expect(sections.toSorted()).toEqual(alerts.toSorted());
  });

  it.each(alertRules.map(({ alert, annotations }) => [annotations.runbook_url, alert] as const))(
    'has the section that %s links to',
    (url, alert) => {
      const [file, anchor] = url.split('#') as [string, string];
      expect(existsSync(file)).toBe(true);
      expect(anchor).toBe(slug(alert));
      expect(anchorsOf(readFileSync(file, 'utf8'))).toContain(anchor);
    },
  );

  it('is served to the console as it is, with an anchor for each section', () => {
    const html = readFileSync(RUNBOOK_FILE, 'utf8');
    expect(html === runbookPage('.')).toBe(true);
    const headings = page.replaceAll(/^ *```[^]*?^ *```/gm, '');
    for (const anchor of anchorsOf(headings)) expect(html).toContain(` id="${anchor}"`);
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(` id="${target}"`);
    expect(html).not.toMatch(/\*\*\w|\]\(|<p>\||```/);
  });

  it('has no broken link to a section', () => {
    const links = [...page.matchAll(/\]\(([\w./-]*)#([^)]+)\)/g)].map(([, file, anchor]) => [file!, anchor!]);
    expect(links.length).toBeGreaterThan(5);
    for (const [file, anchor] of links) {
      const target = file ? readFileSync(`docs/${file}`, 'utf8') : page;
      expect(anchorsOf(target)).toContain(anchor);
    }
  });

  it('uses API paths and query parameters that exist', () => {
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
    };
    const operations = Object.fromEntries(
      Object.entries(paths).map(([path, byMethod]) => [path.replaceAll(/\{\w+\}/g, '{id}'), byMethod]),
    );
    const calls = [...page.matchAll(/api (?:-X (\w+) )?"?\$API(\/v1[^\s"?`]*)(?:\?([^\s"`]*))?/g)];
    expect(calls.length).toBeGreaterThan(8);
    expect(page).not.toMatch(/curl .*\$API\/v1/);
    for (const [call, method = 'GET', path, search = ''] of calls) {
      const operation =
        operations[path!.replaceAll(/\/(\d+|[^/]*%40[^/]*)/g, '/{id}')]?.[method.toLowerCase()];
      expect([call, operation]).toEqual([call, expect.anything()]);
      const queryParameters = (operation!.parameters ?? []).filter(
        ({ in: location }) => location === 'query',
      );
      expect(queryParameters.map(({ name }) => name)).toEqual(
        expect.arrayContaining([...new URLSearchParams(search).keys()]),
      );
    }
    const otherPaths = [...page.matchAll(/(?:\$API|<[\w-]+>)(\/(?!v1)[\w/]+)/g)].map(([, path]) => path!);
    expect(new Set(otherPaths)).toEqual(new Set(['/health/ready', '/health/live', '/metrics']));
  });

  it('uses npm scripts and environment variables that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const usedScripts = [...page.matchAll(/npm run ([\w-]+)/g)].map(([, script]) => script!);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(usedScripts));
    const variables = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name]) => name!);
    const compose = readFileSync('docker-compose.yml', 'utf8');
    const known = [
      ...Object.keys(environmentSchema.shape),
      ...SECRET_VARIABLES.map((name) => `${name}_FILE`),
      ...Object.keys(databaseUrls(APP_NAMES, 'postgresql://host')),
      ...[...compose.matchAll(/\$\{(\w+):-/g)].map(([, name]) => name!),
    ];
    const applicationVariables = variables.filter((name) => !name.startsWith('OTEL_'));
    expect(known).toEqual(expect.arrayContaining(applicationVariables));
  });

  it('quotes log messages and codes as they are in the code', () => {
    const quoted = [
      'waiting for a dependency',
      'events wait in the outbox',
      'the queue cannot be consumed',
      'circuit breaker open, most messages fail: ',
      'crashes_worker',
      'order_not_found',
      'invalid_json',
      'database_unavailable',
    ];
    const sources = [
      'libs/messaging/src/outbox/outbox.relay.ts',
      'libs/messaging/src/rabbitmq/event-transport.ts',
      'libs/messaging/src/rabbitmq/circuit-breaker.ts',
      'libs/messaging/src/rabbitmq/settlement.ts',
      'libs/messaging/src/contract/event.ts',
      'libs/domain/src/order/order.errors.ts',
      'libs/database/src/sql-client.ts',
    ]
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    for (const text of quoted) {
      expect(page).toContain(text);
      expect(sources).toContain(text);
    }
  });

  it('contains SQL queries that run on the current schema', async () => {
    const queries = [...page.matchAll(/psql "\$DB" -c "([^"]+)"/g)].map(([, sql]) => sql!);
    expect(queries.length).toBeGreaterThan(3);
    const database = await createDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      for (const sql of queries) await expect(client.query(sql)).resolves.toBeDefined();
      await expect(client.query('SELECT gone FROM outbox')).rejects.toThrow('does not exist');
    } finally {
      await client.end();
      await database.drop();
    }
  });
});
