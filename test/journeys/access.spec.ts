import type { Problem } from '@estoque/platform';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateApiKey } from '../../apps/api/src/access/api-key.js';
import { ROLE_NAMES } from '../../apps/api/src/access/scopes.js';
import { startReplica } from '../support/api-replica.js';
import type { AppProcess } from '../support/app-process.js';
import { readAccessMatrix, type MatrixRow } from '../support/access-matrix.js';
import { apiKeyOf } from '../support/credentials.js';
import { ApiDocument } from '../support/openapi.js';
import { bodyOf, sendRequest, type Answer } from '../support/send-request.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const matrix = readAccessMatrix();
const UNKNOWN_ID = '999999999';
/** Callers without a role, by name, with what they send. */
const NOBODY = { none: undefined, invalid: generateApiKey() };
type Caller = keyof typeof NOBODY | (typeof ROLE_NAMES)[number];
const CALLERS: Caller[] = ['none', 'invalid', ...ROLE_NAMES];

const cells = matrix.flatMap((row) => CALLERS.map((caller) => [row.operation, caller, row] as const));

let system: System;
beforeAll(async () => void (system = await System.start({ apps: ['api'] })));
afterAll(() => system.stop());

describe('The access matrix', () => {
  const credentialOf = (caller: Caller) =>
    caller === 'none' || caller === 'invalid' ? NOBODY[caller] : apiKeyOf(caller);

  function send({ method, path }: Pick<MatrixRow, 'method' | 'path'>, caller: Caller, id = UNKNOWN_ID) {
    const url = system.process('api').url + path.replaceAll(/\{\w+\}/g, id);
    return sendRequest(url, {
      method,
      credential: credentialOf(caller),
      body: method === 'GET' || method === 'HEAD' ? undefined : {},
    });
  }

  it('has a row for every operation of the OpenAPI document, except for those with a signature', () => {
    const documented = ApiDocument.readCommitted()
      .operations.filter(({ isSigned }) => !isSigned)
      .map(({ name }) => name);
    expect(matrix.map(({ operation }) => operation)).toEqual(documented);
    expect(documented.length).toBeGreaterThan(30);
    expect(cells).toHaveLength(documented.length * 7);
  });

  it.each(cells)('%s, called by %s', async (_operation, caller, row) => {
    const answer = await send(row, caller);
    const accepted = caller !== 'none' && caller !== 'invalid' && row.access[caller] !== '–';
    if (!accepted) return expectRefusal(answer, caller, row.scope);
    expect(answer.status).toBeLessThan(500);
    expect([401, 403]).not.toContain(answer.status);
  });

  it('is the same for HEAD as for GET', async () => {
    for (const row of matrix.filter(({ method }) => method === 'GET'))
      for (const caller of CALLERS) {
        const [head, get] = [await send({ ...row, method: 'HEAD' }, caller), await send(row, caller)];
        expect([row.operation, caller, head.status]).toEqual([row.operation, caller, get.status]);
      }
  });

  it('refuses a caller in the same way whether or not the object exists', async () => {
    await system.placeOrder([{ product_id: await system.createProduct(1), quantity: 1 }]);
    for (const row of matrix.filter(({ path }) => path.includes('{')))
      for (const caller of CALLERS.filter((name) => name in NOBODY || row.access[name as 'admin'] === '–')) {
        const [existing, unknown] = [await send(row, caller, '1'), await send(row, caller)];
        expect({ operation: row.operation, caller, ...existing }).toEqual({
          operation: row.operation,
          caller,
          ...unknown,
        });
      }
  });

  it('leaves health, metrics and documents public, and hides nothing else', async () => {
    const status = async (path: string) => (await sendRequest(system.process('api').url + path)).status;
    for (const path of [
      '/health/live',
      '/health/ready',
      '/health/accepting',
      '/metrics',
      '/docs',
      '/openapi.json',
    ])
      expect([path, await status(path)]).toEqual([path, 200]);
    for (const path of [
      '/v1/%6frders',
      '/v1//orders',
      '/V1/orders',
      '/v1/orders/',
      '/v1/orders;x',
      '/docs/../v1/orders',
    ])
      expect([path, await status(path)]).not.toEqual([path, 200]);
  });
});

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
  let replica: AppProcess;
  const secrets: string[] = [];
  /** What the command line has listed. */
  let listed: string;
  beforeAll(async () => void (replica = await startReplica(system).waitUntilReady()));
  afterAll(() => replica.stop());

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

/** Expects the refusal that RFC 6750 describes, as a problem document. */
function expectRefusal(answer: Answer, caller: Caller, scope: string) {
  const realm = 'Bearer realm="estoque"';
  const [status, code, challenge] = {
    none: [401, 'credential_missing', realm],
    invalid: [401, 'invalid_credential', `${realm}, error="invalid_token"`],
  }[caller as keyof typeof NOBODY] ?? [
    403,
    'insufficient_scope',
    `${realm}, error="insufficient_scope", scope="${scope}"`,
  ];
  expect(answer).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'www-authenticate': challenge },
  });
  const problem = bodyOf<Problem>(answer);
  expect(problem).toMatchObject({ status, code, errors: [] });
  if (status === 403) expect(problem.detail).toContain(scope);
}
