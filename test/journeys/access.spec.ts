import type { Problem } from '@estoque/platform';
import { generateApiKey } from '../../apps/api/src/access/api-key.js';
import { ROLE_NAMES } from '../../apps/api/src/access/scopes.js';
import { readAccessMatrix, type MatrixRow } from '../support/access-matrix.js';
import { apiKeyOf } from '../support/credentials.js';
import { ApiDocument } from '../support/openapi.js';
import { bodyOf, sendRequest, type Answer } from '../support/send-request.js';
import { System } from '../support/system.js';

const matrix = readAccessMatrix();
const UNKNOWN_ID = '999999999';
/** Callers without a role, by name, with what they send. */
const NOBODY = { none: undefined, invalid: generateApiKey() };
type Caller = keyof typeof NOBODY | (typeof ROLE_NAMES)[number];
const CALLERS: Caller[] = ['none', 'invalid', ...ROLE_NAMES];

const cells = matrix.flatMap((row) => CALLERS.map((caller) => [row.operation, caller, row] as const));

describe('The access matrix', () => {
  let system: System;
  beforeAll(async () => void (system = await System.start({ apps: ['api'] })));
  afterAll(() => system.stop());

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
