import type { OrderDto } from '@estoque/client';
import type { Problem } from '@estoque/platform';
import { once } from 'node:events';
import { request as sendRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { startReplica } from '../support/api-replica.js';
import type { AppProcess } from '../support/app-process.js';
import { authorization } from '../support/credentials.js';
import { RawConnection } from '../support/raw-http.js';
import { System } from '../support/system.js';

const SHOP = 'https://shop.example';
const ATTACKER = 'https://attacker.example';
const DOCS_TOKEN = 'the-token-of-the-documentation';

let system: System;
/** An api without CORS_ORIGINS. */
let closed: AppProcess;
/** An api that allows the pages of SHOP. */
let open: AppProcess;
beforeAll(async () => {
  system = await System.start({ apps: ['stock-worker', 'api'] });
  closed = system.process('api');
  open = startReplica(system, { CORS_ORIGINS: SHOP, DOCS_TOKEN });
  await open.waitUntilReady();
});
afterAll(async () => {
  await open.stop();
  await system.stop();
});

/**
 * Sends a request with any headers: the fetch of Node.js would add some. It has the API key of an admin, except for
 * preflight requests, with which a browser sends no credential.
 */
async function send(api: AppProcess, method: string, path: string, given: object = {}, body?: string) {
  const headers = { ...(method !== 'OPTIONS' && authorization()), ...given };
  const sent = sendRequest(api.url + path, { method, headers }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, headers: response.headers, body: await text(response) };
}

const codeOf = ({ body }: { body: string }) => (JSON.parse(body) as Problem).code;

describe('A request that changes something', () => {
  let order: OrderDto;
  beforeAll(async () => {
    order = await system.placeOrder([{ product_id: await system.createProduct(5), quantity: 1 }]);
  });
  const cancel = (api: AppProcess, headers: object, body?: string) =>
    send(api, 'POST', `/v1/orders/${order.id}/cancel`, headers, body);

  it.each<[string, Record<string, string>, string | undefined]>([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'reason=x'],
    ['a form with files', { 'content-type': 'multipart/form-data; boundary=b' }, '--b--'],
    ['text', { 'content-type': 'text/plain' }, '{}'],
    ['JSON', { 'content-type': 'application/json' }, '{}'],
    ['no body', { 'content-length': '0' }, undefined],
  ])('is refused if a page of another site sends it, as %s', async (_kind, headers, body) => {
    for (const source of [
      { origin: ATTACKER, 'sec-fetch-site': 'cross-site' },
      // Another application on the same domain.
      { origin: 'https://blog.example', 'sec-fetch-site': 'same-site' },
      // A browser sends no Sec-Fetch-Site to a server without TLS.
      { origin: ATTACKER },
      // A sandboxed frame, or a page after a redirect.
      { origin: 'null' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
    ]) {
      for (const api of [closed, open]) {
        const answer = await cancel(api, { ...headers, ...source }, body);
        expect([answer.status, codeOf(answer)]).toEqual([403, 'cross_site_request']);
        expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
    }
    const { body: stored } = await system.request<OrderDto>('GET', `/v1/orders/${order.id}`);
    expect(stored.status).toBe('pending');
  });

  it.each<[string, (api: AppProcess) => Record<string, string>]>([
    ['a program other than a browser', () => ({})],
    ['a page of the api', ({ url }) => ({ origin: url, 'sec-fetch-site': 'same-origin' })],
    ['a page of the api, on a server without TLS', ({ url }) => ({ origin: url })],
    ['the user', () => ({ 'sec-fetch-site': 'none' })],
  ])('is carried out if %s sends it', async (_source, headersOf) => {
    for (const api of [closed, open]) expect((await cancel(api, headersOf(api))).status).toBe(200);
  });

  it('is carried out if an allowed page sends it, and only by the api that allows it', async () => {
    const headers = { origin: SHOP, 'sec-fetch-site': 'cross-site' };
    expect((await cancel(closed, headers)).status).toBe(403);
    expect((await cancel(open, headers)).status).toBe(200);
  });
});

describe('CORS', () => {
  const preflight = (origin: string) => ({
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,idempotency-key',
  });
  const corsHeaders = (headers: object) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control-'));

  it('is closed unless origins are configured', async () => {
    const refused = await send(closed, 'OPTIONS', '/v1/orders', preflight(SHOP));
    expect([refused.status, codeOf(refused), refused.headers.allow]).toEqual([
      405,
      'method_not_allowed',
      'GET, HEAD, POST',
    ]);
    const read = await send(closed, 'GET', '/v1/orders', { origin: SHOP });
    expect(read.status).toBe(200);
    expect([...corsHeaders(refused.headers), ...corsHeaders(read.headers)]).toEqual([]);
  });

  it('lets the pages of a configured origin send every request of the API and read the answers', async () => {
    const allowed = await send(open, 'OPTIONS', '/v1/orders', preflight(SHOP));
    expect(allowed).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': SHOP,
        'access-control-allow-methods': 'GET, HEAD, POST, PATCH, DELETE',
        'access-control-allow-headers': 'authorization, content-type, idempotency-key, if-match, traceparent',
        'access-control-max-age': '7200',
        vary: 'Origin',
      },
    });
    expect(allowed.headers).not.toHaveProperty('access-control-allow-credentials');
    for (const [path, status, credential] of [
      ['/v1/orders', 200],
      ['/v1/orders/999999', 404],
      ['/v1/orders', 401, { authorization: 'Bearer unknown' }],
    ] as const) {
      const read = await send(open, 'GET', path, { origin: SHOP, ...credential });
      expect(read).toMatchObject({
        status,
        headers: {
          'access-control-allow-origin': SHOP,
          'access-control-expose-headers':
            'deprecation, etag, idempotent-replayed, location, ratelimit, ratelimit-policy, retry-after, sunset, www-authenticate',
          vary: 'Origin',
        },
      });
    }
  });

  it.each([ATTACKER, 'null', `${SHOP}.attacker.example`, 'http://shop.example'])(
    'allows nothing to the origin %s',
    async (origin) => {
      const refused = await send(open, 'OPTIONS', '/v1/orders', preflight(origin));
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
      const read = await send(open, 'GET', '/v1/orders', { origin });
      expect([...corsHeaders(refused.headers), ...corsHeaders(read.headers)]).toEqual([]);
    },
  );

  it('changes no answer to OPTIONS without an origin', async () => {
    for (const api of [closed, open]) {
      const known = await send(api, 'OPTIONS', '/v1/orders');
      expect([known.status, codeOf(known), known.headers.allow]).toEqual([
        405,
        'method_not_allowed',
        'GET, HEAD, POST',
      ]);
      const unknown = await send(api, 'OPTIONS', '/v1/nothing');
      expect([unknown.status, codeOf(unknown)]).toEqual([404, 'not_found']);
    }
  });
});

describe('Security headers', () => {
  const COMMON = {
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
  const STRICT = { ...COMMON, 'content-security-policy': "default-src 'none';frame-ancestors 'none'" };

  it.each([
    ['a result', 'GET', '/v1/orders', 200],
    ['a refusal of the API', 'POST', '/v1/orders', 422],
    ['an answer to an unknown caller', 'GET', '/v1/orders', 401],
    ['an unknown path', 'GET', '/nothing', 404],
    ['a wrong method', 'DELETE', '/v1/orders', 405],
    ['a refusal of the HTTP server', 'GET', `/${'x'.repeat(9_000)}`, 414],
    ['the OpenAPI document', 'GET', '/openapi.json', 200],
    ['health', 'GET', '/health/ready', 200],
  ])('are on %s', async (_name, method, path, status) => {
    const answer = await send(
      open,
      method,
      path,
      { 'content-type': 'application/json', ...(status === 401 && { authorization: 'Bearer unknown' }) },
      method === 'POST' ? '{}' : '',
    );
    expect(answer).toMatchObject({ status, headers: STRICT });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    expect(answer.headers).not.toHaveProperty('server');
  });

  it('are on the answers of a worker', async () => {
    expect((await send(system.process('stock-worker'), 'GET', '/metrics')).headers).toMatchObject(STRICT);
  });

  it('are on the answer to a request that is not HTTP, or has an unknown expectation', async () => {
    for (const request of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: miracles\r\n\r\n']) {
      const connection = (await RawConnection.open(open.url)).write(request);
      const [answer] = await connection.untilClosed();
      expect(Object.fromEntries(answer!.headers)).toMatchObject(STRICT);
    }
  });

  it.each(['/docs', '/docs/', '/docs/index.html', '/docs/errors'])(
    'let the page %s load its own scripts and no others',
    async (path) => {
      const { status, headers, body } = await send(open, 'GET', path);
      expect(status).toBe(200);
      const { 'content-security-policy': policy, ...others } = { ...headers };
      const directives = Object.fromEntries(
        String(policy)
          .split(';')
          .map((directive) => directive.split(/ (.*)/).slice(0, 2)),
      ) as Record<string, string>;
      expect(directives).toMatchObject({
        'default-src': "'none'",
        'script-src': "'self'",
        'frame-ancestors': "'none'",
      });
      expect(others).toMatchObject(COMMON);
      // No script and no handler in the HTML, which the policy would block.
      const scripts = [...body.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)];
      for (const [, attributes, source] of scripts) {
        expect(source!.trim()).toBe('');
        const file = /src="\.?\/?([^"]+)"/.exec(attributes!)![1]!;
        const script = await send(open, 'GET', `/${file.replace(/^(docs\/)?/, 'docs/')}`);
        expect([file, script.status, script.headers['content-type']]).toEqual([
          file,
          200,
          expect.stringMatching(/javascript/),
        ]);
      }
      expect(scripts).toHaveLength(path === '/docs/errors' ? 0 : 3);
      expect(body).not.toMatch(/<[^>]+ on\w+=/);
    },
  );

  it.each(['package.json', 'swagger-ui.js.map', 'index.js', '%70ackage.json', 'docs/README.md'])(
    'do not need the file /docs/%s, so it is not served',
    async (file) => {
      const answer = await send(open, 'GET', `/docs/${file}`);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found']);
    },
  );
});

describe('The credential of Swagger UI', () => {
  const SCRIPT = '/docs/swagger-ui-init.js';
  const readScript = (headers: object) => send(open, 'GET', SCRIPT, { authorization: '', ...headers });

  it.each(['127.0.0.1', '[::1]:3000', 'localhost:3000', 'estoque.localhost'])(
    'is in the page of the host %s, and no other site can load it',
    async (host) => {
      const { status, headers, body } = await readScript({ host });
      expect([status, headers['cross-origin-resource-policy']]).toEqual([200, 'same-origin']);
      expect(body).toContain(DOCS_TOKEN);
    },
  );

  it.each(['attacker.example', 'localhost.attacker.example', '127.0.0.1.attacker.example:3000'])(
    'is not in the page of the host %s, which may lead to this machine',
    async (host) => {
      for (const path of [SCRIPT, '/docs', '/docs/swagger-ui-init.js?x']) {
        const { status, body } = await send(open, 'GET', path, { host });
        expect([status, body.includes(DOCS_TOKEN)]).toEqual([404, false]);
      }
    },
  );

  it('is in no other answer', async () => {
    for (const path of ['/docs', '/openapi.json', '/health/ready', '/metrics'])
      expect((await send(open, 'GET', path)).body).not.toContain(DOCS_TOKEN);
  });
});
