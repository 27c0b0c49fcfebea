import type { Problem } from '@estoque/platform';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReplica } from '../support/api-replica.js';
import type { AppProcess } from '../support/app-process.js';
import { apiKeyOf } from '../support/credentials.js';
import { sendRequest } from '../support/send-request.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface ApiKey {
  id: number;
  prefix: string;
  scopes: string[];
  customer_email: string | null;
  created_by: string;
  revoked_at: string | null;
  key?: string;
}

const REVOKED_WITHIN_MS = 5_000;

describe('API keys', () => {
  let system: System;
  let replica: AppProcess;
  const secrets: string[] = [];
  /** What the command line has listed. */
  let listed: string;
  beforeAll(async () => {
    system = await System.start({ apps: ['api'] });
    replica = await startReplica(system).waitUntilReady();
  });
  afterAll(async () => {
    await replica.stop();
    await system.stop();
  });

  const admin = <Body>(method: string, path: string, body?: unknown) =>
    system.request<Body>(method, path, body);
  async function create(body: object): Promise<ApiKey & { key: string }> {
    const response = await admin<ApiKey & { key: string }>('POST', '/v1/api-keys', body);
    expect(response.status).toBe(201);
    secrets.push(response.body.key);
    return response.body;
  }
  /** The status of a request with this key, by each of the two processes. */
  const statuses = (credential: string, path = '/v1/orders') =>
    Promise.all(
      [system.process('api').url, replica.url].map(
        async (url) => (await sendRequest(url + path, { credential })).status,
      ),
    );
  function runCli(...args: string[]) {
    const script = join(process.cwd(), 'dist/bundles/cli.js');
    const env = { PATH: process.env.PATH, ...system.serversOf('api') };
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      env,
      cwd: tmpdir(),
      encoding: 'utf8',
    });
    return { status, output: stdout.trim(), errors: stderr };
  }

  it('are created by an admin, and work at once in every process', async () => {
    const created = await create({ name: 'Storefront', role: 'clerk' });
    expect(created).toMatchObject({
      prefix: created.key.slice(0, 15),
      revoked_at: null,
      customer_email: null,
    });
    expect(created.created_by).toMatch(/^key:\d+$/);
    expect(await statuses(created.key)).toEqual([200, 200]);
    const { body } = await admin<ApiKey>('GET', `/v1/api-keys/${created.id}`);
    expect(body).toEqual({ ...created, key: undefined, last_used_at: null });
    const listed = await admin<{ data: ApiKey[] }>('GET', '/v1/api-keys');
    expect(listed.body.data[0]).toEqual(body);
  });

  it('permit what their scopes permit', async () => {
    const { key, scopes } = await create({ name: 'Report', scopes: ['orders:read'] });
    expect(scopes).toEqual(['orders:read']);
    expect(await statuses(key)).toEqual([200, 200]);
    expect(await statuses(key, '/v1/products')).toEqual([403, 403]);
  });

  it('that are revoked are refused within 5 s by every process', async () => {
    const { id, key } = await create({ name: 'Lost', role: 'clerk' });
    expect(await statuses(key)).toEqual([200, 200]);
    const { body } = await admin<ApiKey>('POST', `/v1/api-keys/${id}/revoke`);
    const revokedAt = performance.now();
    expect(body.revoked_at).not.toBeNull();
    await until('both processes to refuse the key', async () => String(await statuses(key)) === '401,401');
    expect(performance.now() - revokedAt).toBeLessThan(REVOKED_WITHIN_MS);
    const repeated = await admin<ApiKey>('POST', `/v1/api-keys/${id}/revoke`);
    expect([repeated.status, repeated.body]).toEqual([200, body]);
  });

  it('that have expired are refused', async () => {
    const { key } = await create({
      name: 'Short',
      role: 'clerk',
      expires_at: new Date(Date.now() + 3_000).toISOString(),
    });
    expect(await statuses(key)).toEqual([200, 200]);
    await until('both processes to refuse the key', async () => String(await statuses(key)) === '401,401');
  });

  it.each([
    ['neither role nor scopes', { name: 'x' }, '/role'],
    ['an unknown role', { name: 'x', role: 'root' }, '/role'],
    ['no scopes', { name: 'x', scopes: [] }, '/scopes'],
    ['an unknown scope', { name: 'x', scopes: ['orders:read', 'root'] }, '/scopes'],
    ['a customer without an address', { name: 'x', role: 'customer' }, '/customer_email'],
    ['an address that is none', { name: 'x', role: 'customer', customer_email: 'ana' }, '/customer_email'],
    ['an end that is no time', { name: 'x', role: 'clerk', expires_at: 'tomorrow' }, '/expires_at'],
    ['a name of two lines', { name: 'x\ny', role: 'clerk' }, '/name'],
  ])('are not created with %s', async (_name, body, pointer) => {
    const response = await admin<Problem>('POST', '/v1/api-keys', body);
    expect([response.status, response.body.errors.map((error) => error.pointer)]).toEqual([422, [pointer]]);
  });

  it('that do not exist are a 404', async () => {
    for (const [method, path] of [
      ['GET', '/v1/api-keys/999999'],
      ['POST', '/v1/api-keys/999999/revoke'],
    ] as const)
      expect((await admin<Problem>(method, path)).body.code).toBe('api_key_not_found');
  });

  it('for trying the API are created by the command `token`', async () => {
    const { output } = runCli('token', '--role', 'customer', '--email', 'bia@example.com');
    secrets.push(output);
    expect(await statuses(output)).toEqual([200, 200]);
    expect(await statuses(output, '/v1/products')).toEqual([403, 403]);
  });

  it('are created, listed and revoked by the command line', async () => {
    const created = runCli(
      'api-keys',
      'create',
      '--role',
      'operator',
      '--name',
      'Night shift',
      '--days',
      '30',
    );
    expect(created).toMatchObject({
      status: 0,
      output: expect.stringMatching(/^est_live_\S{51}$/) as string,
    });
    secrets.push(created.output);
    expect(await statuses(created.output, '/v1/dead-letters')).toEqual([200, 200]);
    listed = runCli('api-keys', 'list').output;
    const line = listed.split('\n').find((text) => text.includes('Night shift'))!;
    expect(line).toContain(created.output.slice(0, 15));
    const [, id] = /^#(\d+) /.exec(line)!;
    expect(runCli('api-keys', 'revoke', id!)).toMatchObject({ status: 0 });
    await until('the key to be refused', async () => String(await statuses(created.output)) === '401,401');
    expect(runCli('api-keys', 'revoke', '999999')).toMatchObject({ status: 1 });
  });

  it.each([
    [['api-keys', 'create', '--name', 'x'], '--role or --scope'],
    [['token', '--role', 'customer', '--email', 'ana'], 'address'],
  ])('are not created by: %j', (args, message) => {
    const { status, output, errors } = runCli(...args);
    expect([status, output]).toEqual([1, '']);
    expect(errors).toContain(message);
  });

  it('appear in no list, log line or table', async () => {
    const { body } = await admin('GET', '/v1/api-keys?limit=100');
    const rows = await system.sql<{ text: string }>('SELECT api_keys::text AS text FROM api_keys');
    const texts = [
      JSON.stringify(body),
      ...rows.map(({ text }) => text),
      ...system.process('api').output,
      ...replica.output,
      listed,
    ].join('\n');
    expect(secrets.length).toBeGreaterThan(4);
    for (const key of secrets) expect(texts).toContain(key.slice(0, 15));
    for (const key of [...secrets, apiKeyOf('admin')]) expect(texts).not.toContain(key.slice(15));
  });
});
