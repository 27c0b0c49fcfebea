import type { Problem } from '@estoque/platform';
import type { AppName } from '../../apps/manifest.js';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { findInternals } from '../support/internals.js';
import { parseMetrics } from '../support/metrics.js';
import { apiKeyOf } from '../support/credentials.js';
import { RawConnection, type RawAnswer } from '../support/raw-http.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

let system: System;
let url: string;
let product_id: number;
beforeAll(async () => {
  system = await System.start({ apps: ['api', 'stock-worker'] });
  url = system.process('api').url;
  product_id = await system.createProduct(10);
});
afterAll(() => system.stop());

const HOST = 'host: shop.example\r\n';
const HEADERS = `${HOST}authorization: Bearer ${apiKeyOf('admin')}\r\n`;
const problemOf = ({ status, headers, body }: RawAnswer) => {
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(findInternals(body)).toEqual([]);
  const problem = JSON.parse(body) as Problem;
  expect(problem.status).toBe(status);
  return { status, code: problem.code };
};

/** Sends `text` on a new connection. @returns the problem documents received until the server closes it */
async function send(text: string, app: 'api' | 'stock-worker' = 'api') {
  const connection = await RawConnection.open(system.process(app).url);
  return (await connection.write(text).untilClosed()).map(problemOf);
}

describe('A request that is not valid HTTP', () => {
  it.each([
    ['text without meaning', 'nonsense\r\n\r\n', 400, 'malformed_request'],
    ['an unknown method', `BREW /v1/orders HTTP/1.1\r\n${HOST}\r\n`, 400, 'malformed_request'],
    ['an unknown HTTP version', `GET /v1/orders HTTP/3.7\r\n${HOST}\r\n`, 400, 'malformed_request'],
    ['CONNECT', `CONNECT shop.example:80 HTTP/1.1\r\n${HOST}\r\n`, 400, 'malformed_request'],
    ['NUL in a header', `GET /v1/orders HTTP/1.1\r\n${HOST}x: \0\r\n\r\n`, 400, 'malformed_request'],
    [
      'two different lengths',
      `POST /v1/orders HTTP/1.1\r\n${HOST}content-length: 1\r\ncontent-length: 2\r\n\r\n`,
      400,
      'malformed_request',
    ],
    ['no header Host', 'GET /v1/orders HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'malformed_request'],
    [
      'two headers Host',
      `GET /v1/orders HTTP/1.1\r\n${HOST}HOST: admin.example\r\nconnection: close\r\n\r\n`,
      400,
      'malformed_request',
    ],
    [
      'the same header Host twice',
      `GET /v1/orders HTTP/1.1\r\n${HOST}${HOST}connection: close\r\n\r\n`,
      400,
      'malformed_request',
    ],
    [
      'two headers Host in HTTP/1.0',
      `GET /v1/orders HTTP/1.0\r\n${HOST}${HOST}\r\n`,
      400,
      'malformed_request',
    ],
    [
      'an invalid host',
      'GET /v1/orders HTTP/1.1\r\nhost: shop.example/path\r\nconnection: close\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'headers of 20 kB',
      `GET /v1/orders HTTP/1.1\r\n${HOST}x: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'a URL of 9,000 characters',
      `GET /${'x'.repeat(9_000)} HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`,
      414,
      'url_too_long',
    ],
    ['a URL of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 414, 'url_too_long'],
    [
      'an unknown expectation',
      `GET /v1/orders HTTP/1.1\r\n${HOST}expect: miracles\r\n\r\n`,
      417,
      'expectation_failed',
    ],
  ])('is answered with a problem document: %s', async (_name, text, status, code) => {
    expect(await send(text)).toEqual([{ status, code }]);
    expect(await send(text, 'stock-worker')).toEqual([{ status, code }]);
  });

  it('does not replace the answers to valid requests before it', async () => {
    const connection = await RawConnection.open(url);
    const body = JSON.stringify({
      customer: { name: 'Ana', email: 'ana@example.com' },
      items: [{ product_id, quantity: 1 }],
    });
    const order = `POST /v1/orders HTTP/1.1\r\n${HEADERS}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const answers = await connection.write(`${order}nonsense\r\n\r\n`).untilClosed();
    expect(answers.map(({ status }) => status)).toEqual([202, 400]);
  });
});

describe('A wrong method for a known path', () => {
  it.each([
    ['DELETE', '/v1/orders', 'GET, HEAD, POST'],
    ['OPTIONS', '/v1/orders', 'GET, HEAD, POST'],
    ['TRACE', '/v1/orders/1', 'GET, HEAD'],
    ['PROPFIND', '/v1/products/1/stock?x=1', 'GET, HEAD'],
    ['PUT', '/v1/products/1', 'GET, HEAD, PATCH'],
    ['GET', '/v1/orders/1/cancel', 'POST'],
    ['POST', '/health/live', 'GET, HEAD'],
  ])('is answered with 405: %s %s', async (method, path, allow) => {
    const connection = await RawConnection.open(url);
    const [answer] = await connection
      .write(`${method} ${path} HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`)
      .untilClosed();
    expect(problemOf(answer!)).toEqual({ status: 405, code: 'method_not_allowed' });
    expect(answer!.headers.get('allow')).toBe(allow);
  });

  it('is 404 for an unknown path, and HEAD is answered like GET', async () => {
    expect((await system.request('DELETE', '/v1/nothing')).status).toBe(404);
    const head = await system.fetch(`/v1/products/${product_id}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('A client that sends many requests and reads no answer', () => {
  /** Peak memory of the api in MB, since its start. */
  const peakMemory = () =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${system.process('api').pid}/status`, 'utf8'))![1]) /
    1_024;

  it('does not exhaust the memory of the api with 100 pipelined lists of large orders', async () => {
    const products = await Promise.all(Array.from({ length: 100 }, () => system.createProduct(0)));
    const items = products.map((id) => ({ product_id: id, quantity: 1 }));
    // In groups: the api refuses orders while one has waited for 2 s, and a batch of 10,000 lines can take longer.
    for (let group = 0; group < 10; group++)
      await Promise.all(Array.from({ length: 10 }, () => system.placeOrder(items)));
    const before = peakMemory();
    const request = `GET /v1/orders?limit=100 HTTP/1.1\r\n${HEADERS}\r\n`;
    const connections = await Promise.all(
      Array.from({ length: 10 }, () => RawConnection.open(url, { reads: false })),
    );
    for (const connection of connections) connection.write(request.repeat(30));
    const greedy = await RawConnection.open(url);
    greedy.write(request.repeat(100));
    await greedy.untilClosed();
    const placed = await system.placeOrder([{ product_id, quantity: 1 }]);
    await until('the api to wait for the readers', async () => {
      const { values } = await metrics();
      return (values.get('estoque_http_closed_connections_total{reason="pipelining"}') ?? 0) >= 1;
    });
    expect((await system.request('GET', `/v1/orders/${placed.id}`)).status).toBe(200);
    expect(peakMemory() - before).toBeLessThan(400);
    for (const connection of connections) connection.close();
  });

  it('gets the answers to pipelined requests in order', async () => {
    const connection = await RawConnection.open(url);
    const paths = [product_id, 999_999, product_id].map((id) => `/v1/products/${id}`);
    connection.write(paths.map((path) => `GET ${path} HTTP/1.1\r\n${HEADERS}\r\n`).join(''));
    await until('three answers', () => connection.answers.length === 3);
    expect(connection.answers.map(({ status }) => status)).toEqual([200, 404, 200]);
    connection.close();
  });
});

describe('More orders than the api can place', () => {
  const body = () =>
    JSON.stringify({
      customer: { name: 'Ana', email: `ana-${randomUUID()}@example.com` },
      items: [{ product_id, quantity: 1 }],
    });
  const requestOf = (text: string) =>
    `POST /v1/orders HTTP/1.1\r\n${HEADERS}content-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  const countInProgress = async (name = 'order') =>
    (await metrics()).values.get(`estoque_http_requests_in_progress{class="${name}"}`);
  const countStored = async () =>
    Number((await system.sql<{ count: string }>('SELECT count(*) FROM orders'))[0]!.count);

  it.each(['HEAD /v1/orders', 'GET /v1/%6frders', 'GET /v1/orders?limit=1'])(
    'counts a list of orders as such, however it is written: %s',
    async (request) => {
      await until('no list to be in progress', async () => (await countInProgress('list')) === 0);
      const connections: RawConnection[] = [];
      await system.whileLocked('orders', () =>
        until('a list to be in progress', async () => {
          const connection = await RawConnection.open(url);
          connections.push(connection.write(`${request} HTTP/1.1\r\n${HEADERS}\r\n`));
          return (await countInProgress('list'))! > 0;
        }),
      );
      for (const connection of connections) connection.close();
    },
  );

  it('drops the order of a client that disconnects before its batch is formed', async () => {
    const before = await countStored();
    const [staying, leaving] = await Promise.all([RawConnection.open(url), RawConnection.open(url)]);
    await system.whileLocked('orders', async () => {
      staying.write(requestOf(body()));
      await until('the first order to be in progress', async () => (await countInProgress()) === 1);
      leaving.write(requestOf(body()));
      await until('the second order to wait', async () => (await countInProgress()) === 2);
      leaving.close();
      await until('the api to notice', async () => (await countInProgress()) === 1);
    });
    await until('the answer', () => staying.answers.length === 1);
    expect(staying.answers[0]!.status).toBe(202);
    staying.close();
    // The dropped order would be in the next batch, and this one in it or in a later one.
    await system.placeOrder([{ product_id, quantity: 1 }]);
    expect(await countStored()).toBe(before + 2);
  });

  it('refuses orders above the limit at once with 503, and stores those that it accepts and no others', async () => {
    const before = await countStored();
    const connections = await Promise.all(Array.from({ length: 900 }, () => RawConnection.open(url)));
    const refused = () => connections.filter(({ answers: [answer] }) => answer?.status === 503);
    await system.whileLocked('orders', async () => {
      for (const connection of connections) connection.write(requestOf(body()));
      await until('refusals', () => refused().length >= 100);
      const { status, body: live } = await system.request<{ status: string }>('GET', '/health/live');
      expect([status, live.status]).toEqual([200, 'ok']);
      expect((await system.request('GET', `/v1/products/${product_id}`)).status).toBe(200);
    });
    for (const { answers } of refused()) {
      expect(problemOf(answers[0]!).code).toBe('overloaded');
      expect(answers[0]!.headers.get('retry-after')).toBe('2');
      expect(answers[0]!.headers.get('connection')).toBe('close');
    }
    await until('refused connections to be closed', () => refused().every(({ isClosed }) => isClosed));
    await until('all answers', () => connections.every(({ answers }) => answers.length === 1), {
      seconds: 40,
    });
    const accepted = connections.filter(({ answers }) => answers[0]!.status === 202).length;
    expect(accepted + refused().length).toBe(900);
    expect(await countStored()).toBe(before + accepted);
    for (const connection of connections) connection.close();
  });
});

const CONNECTIONS = 200;
const INTERVAL_MS = 5_000;
/** Another request is answered within this time: far above its usual time, far below the time of a slow request. */
const MAX_ANSWER_MS = 2_000;

const SLOW_HEADERS = 'host: shop.example\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n';
/** What a connection sends before its single bytes. */
const BEGINNINGS = [
  'GET /v1/orders HTTP/1.1\r\nhost: shop.example\r\nx: ',
  `POST /v1/orders HTTP/1.1\r\n${SLOW_HEADERS}authorization: Bearer ${apiKeyOf('admin')}\r\n\r\n`,
  // Refused before the body has arrived.
  `POST /v1/orders HTTP/1.1\r\n${SLOW_HEADERS}\r\n`,
];

/** Opens connections that send one byte every five seconds, of the headers or of the body. */
async function openSlowConnections(app: AppName) {
  const address = system.process(app).url;
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => RawConnection.open(address)),
  );
  for (const [index, connection] of connections.entries())
    connection.write(BEGINNINGS[index % BEGINNINGS.length]!);
  const timer = setInterval(() => {
    for (const connection of connections) if (!connection.isClosed) connection.write('x');
  }, INTERVAL_MS);
  const close = () => {
    clearInterval(timer);
    for (const connection of connections) connection.close();
  };
  return { connections, close };
}

/**
 * Sends other requests, one after another, until the slow connections of an app are cut off.
 *
 * @returns the statuses of the answers to the slow requests, and what was wrong with the other requests
 */
async function occupy(app: AppName, sendOther: () => Promise<unknown>) {
  const slow = await openSlowConnections(app);
  const problems: string[] = [];
  const isCutOff = async () => {
    const from = performance.now();
    await sendOther().catch((error: unknown) => problems.push(String(error)));
    const took = Math.round(performance.now() - from);
    if (took > MAX_ANSWER_MS) problems.push(`${took} ms`);
    return slow.connections.every(({ isClosed }) => isClosed);
  };
  try {
    await until(`${app} to cut off all slow connections`, isCutOff, { seconds: 40 });
  } finally {
    slow.close();
  }
  const statuses = new Set(slow.connections.map(({ answers: [answer] }) => answer?.status));
  return { statuses: [...statuses].toSorted(), problems };
}

describe(`${CONNECTIONS} connections that send a byte every ${INTERVAL_MS / 1_000} s`, () => {
  /** On a connection of its own, as a health probe. */
  const probe = async (app: AppName) => {
    const { status } = await fetch(`${system.process(app).url}/health/live`, {
      headers: { connection: 'close' },
    });
    expect(status).toBe(200);
  };

  it('are cut off by the api, and delay no other request', async () => {
    const id = await system.createProduct(1_000);
    const sendOther = async () => {
      await probe('api');
      await system.placeOrder([{ product_id: id, quantity: 1 }]);
    };
    expect(await occupy('api', sendOther)).toEqual({ statuses: [401, 408], problems: [] });
  });

  it('are cut off by a worker, and delay no health probe', async () => {
    const expected = { statuses: [408], problems: [] };
    expect(await occupy('stock-worker', () => probe('stock-worker'))).toEqual(expected);
  });
});

async function metrics() {
  return parseMetrics(await (await fetch(`${url}/metrics`)).text());
}
