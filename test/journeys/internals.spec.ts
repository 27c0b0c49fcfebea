import { Proxy } from '../faults/proxy.js';
import { Random } from '../faults/random.js';
import { ValueGenerator } from '../fuzz/values.js';
import { authorization } from '../support/credentials.js';
import { findInternals } from '../support/internals.js';
import { Issuer } from '../support/issuer.js';
import { ApiDocument, type Operation } from '../support/openapi.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const document = ApiDocument.readCommitted();
const values = new ValueGenerator(document, new Random(16), () => undefined);

describe('The texts by which internals are recognized', () => {
  it.each([
    'Error: x\n    at Pool.query (pool.ts:7:1)',
    JSON.stringify({ detail: 'x\n    at run' }),
    'file:///srv/dist/apps/api/src/main.js',
    '/app/node_modules/pg/lib/client.js:526',
    'relation "orders" does not exist',
    JSON.stringify({ detail: 'null value in column "sku" violates' }),
    'SELECT id FROM orders',
    'PostgreSQL 18.1',
    'nodejs_version_info{version="v20.20.2"} 1',
    'fastify/5',
  ])('are found in: %s', (text) => expect(findInternals(text)).not.toEqual([]));

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    JSON.stringify({ at: '2026-01-31T12:00:00.000Z', detail: 'Select one of the orders', amount: 12.5 }),
  ])('are not found in: %s', (text) => expect(findInternals(text)).toEqual([]));
});

/** Operators need to know which versions run. */
const SHOWS_VERSIONS = 'GET /v1/operations/configuration';
const VERSION = /^a version/;

describe('No answer tells of SQL, stack traces, file paths or versions', () => {
  let system: System;
  let proxy: Proxy;
  let issuer: Issuer;
  /** Of an admin. No statement is needed to verify it, so the operations run while the database fails. */
  let token: string;
  beforeAll(async () => {
    issuer = await Issuer.start();
    token = await issuer.sign({ roles: ['admin'] });
    system = await System.start({ apps: [] });
    const server = new URL(system.database.urlOf('api'));
    proxy = await Proxy.start('postgres', Number(server.port), () => undefined);
    server.host = `127.0.0.1:${proxy.port}`;
    await system
      .launch('api', { DATABASE_URL: server.href, DATABASE_QUERY_TIMEOUT_MS: '2000', ...issuer.environment })
      .waitUntilReady();
    await system.launch('stock-worker').waitUntilReady();
  });
  afterAll(async () => {
    await system.stop();
    await Promise.all([proxy.stop(), issuer.stop()]);
  });

  const readAnswer = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    return { status: response.status, text: `${headers}\n\n${await response.text()}` };
  };

  /** @returns the status of the answers to one valid request for each operation */
  async function callAllOperations(): Promise<number[]> {
    const { url } = system.process('api');
    const call = async ({ name, method, path, body }: Operation) => {
      const { status, text } = await readAnswer(url + path.replaceAll(/\{\w+\}/g, '1'), {
        method,
        headers: body ? { 'content-type': 'application/json' } : {},
        body: body && JSON.stringify(values.valid(body)),
      });
      const found = findInternals(text).filter(
        (internal) => !(name === SHOWS_VERSIONS && VERSION.test(internal)),
      );
      expect([name, status, found]).toEqual([name, status, []]);
      return status;
    };
    return Promise.all(document.operations.map(call));
  }

  it('while all is well, and in the answers of health and metrics', async () => {
    await callAllOperations();
    for (const app of ['api', 'stock-worker'] as const) {
      for (const path of ['/health/live', '/health/ready', '/health/accepting', '/metrics']) {
        const { text } = await readAnswer(system.process(app).url + path);
        // The header tells the version of Prometheus' format.
        expect(findInternals(text.replace('version=0.0.4', ''))).toEqual([]);
      }
    }
  });

  it('of a request that is refused by the parser of HTTP, the router or the parser of the body', async () => {
    const json = { 'content-type': 'application/json' };
    const requests: [string, RequestInit?][] = [
      ['/%'],
      ['/nothing'],
      ['/docs/../../package.json'],
      ['/docs/%2e%2e%2f%2e%2e%2fpackage.json'],
      ['/docs/nothing.js'],
      ['/v1/orders/%00'],
      ['/v1/orders?limit=x'],
      ['/v1/orders', { method: 'POST', headers: json, body: '{"customer":' }],
      ['/v1/orders', { method: 'POST', headers: json, body: '[1e999]' }],
      ['/v1/orders', { method: 'POST', headers: { 'content-type': 'a/b' }, body: 'x' }],
      ['/v1/orders', { method: 'POST', headers: json, body: 'x'.repeat(200_000) }],
    ];
    for (const [path, init] of requests) {
      const { status, text } = await readAnswer(system.process('api').url + path, init);
      expect([path, status >= 400 && status < 500, findInternals(text)]).toEqual([path, true, []]);
    }
  });

  it('if every SQL statement fails', async () => {
    await system.sql('ALTER SCHEMA public RENAME TO hidden');
    try {
      const statuses = await callAllOperations();
      // The other operations have refused the request before, or need no statement.
      expect(statuses.filter((status) => status === 500).length).toBeGreaterThan(
        document.operations.length / 2,
      );
      const { url } = system.process('api');
      const lookup = await readAnswer(`${url}/v1/orders`, { headers: authorization('clerk') });
      expect([lookup.status, findInternals(lookup.text)]).toEqual([500, []]);
      expect(findInternals((await readAnswer(`${url}/health/ready`)).text)).toEqual([]);
    } finally {
      await system.sql('ALTER SCHEMA hidden RENAME TO public');
    }
  });

  it('if the database cannot be reached', async () => {
    const { url } = system.process('api');
    await proxy.stop();
    await until(
      'the api to be unready',
      async () => (await readAnswer(`${url}/health/ready`)).status === 503,
    );
    const statuses = await callAllOperations();
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(
      document.operations.length / 2,
    );
    expect(findInternals((await readAnswer(`${url}/health/ready`)).text)).toEqual([]);
  });
});
