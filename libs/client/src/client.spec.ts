import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, repeatWithKey, UnexpectedAnswer, type Client, type ClientOptions } from './index.js';

interface PlannedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}
const PROBLEM = {
  type: '/docs/errors#overloaded',
  title: 'Service temporarily unavailable',
  status: 503,
  code: 'overloaded',
  detail: 'The process is overloaded.',
  errors: [],
};
const problem = (status: number, headers: Record<string, string> = {}): PlannedAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
  body: JSON.stringify({ ...PROBLEM, status }),
});
const accepted: PlannedAnswer = {
  status: 202,
  headers: { 'content-type': 'application/json' },
  body: '{"id":7}',
};

let server: Server;
let baseUrl: string;
let client: Client;
/** Answers of the server, one for each request; without one, it closes the connection. */
let planned: (PlannedAnswer | undefined)[];
let keys: (string | string[] | undefined)[];
let credentials: (string | undefined)[];
beforeAll(async () => {
  server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    credentials.push(request.headers.authorization);
    const answer = planned.shift();
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
    else request.socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createClient({ baseUrl });
});
beforeEach(() => {
  planned = [];
  keys = [];
  credentials = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const body = { customer: { name: 'Ana', email: 'ana@example.com' }, items: [{ product_id: 1, quantity: 1 }] };
const place = (key: string) =>
  client.POST('/v1/orders', { params: { header: { 'Idempotency-Key': key } }, body });

describe('createClient', () => {
  it('resolves with the data of a success', async () => {
    planned = [accepted];
    const { data, error } = await place('a');
    expect([data?.id, error]).toEqual([7, undefined]);
  });

  it('resolves with the problem document of a refusal', async () => {
    planned = [problem(503)];
    const { data, error } = await place('a');
    expect([data, error?.code]).toEqual([undefined, 'overloaded']);
  });

  it.each([
    [{ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' }],
    [{ status: 503, headers: { 'content-type': 'application/json', 'retry-after': '0' }, body: '{}' }],
    [{ status: 504 }],
  ])('rejects if a failed request has no problem document: %j', async (answer) => {
    planned = [answer];
    const error = await place('a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnexpectedAnswer);
    expect((error as UnexpectedAnswer).response.status).toBe(answer.status);
  });
});

describe('The token of a client', () => {
  const list = async (token: ClientOptions['token'], headers?: Record<string, string>) => {
    planned.push({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' });
    await createClient({ baseUrl, token }).GET('/v1/orders', { headers });
    return credentials.at(-1);
  };

  it.each<[kind: string, token: ClientOptions['token']]>([
    ['a string', 'secret'],
    ['a function', () => 'secret'],
    ['an asynchronous function', () => Promise.resolve('secret')],
  ])('is sent as Authorization: Bearer if it is %s', async (_kind, token) => {
    expect(await list(token)).toBe('Bearer secret');
  });

  it('is not sent if there is none, or if the request has other credentials', async () => {
    expect(await list(undefined)).toBeUndefined();
    expect(await list('secret', { Authorization: 'Basic eDp5' })).toBe('Basic eDp5');
  });

  it('is asked for before each attempt of a repeated request', async () => {
    planned = [problem(503, { 'retry-after': '0' }), accepted];
    let count = 0;
    const renewing = createClient({ baseUrl, token: () => `token-${++count}` });
    await repeatWithKey((key) =>
      renewing.POST('/v1/orders', { params: { header: { 'Idempotency-Key': key } }, body }),
    );
    expect(credentials).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('sends no request if it cannot be read', async () => {
    const failing = () => Promise.reject(new Error('no token'));
    await expect(list(failing)).rejects.toThrow('no token');
    expect(credentials).toEqual([]);
  });
});

describe('repeatWithKey', () => {
  const now = () => new Date().toUTCString();

  it.each<[string, (PlannedAnswer | undefined)[]]>([
    ['503 with Retry-After', [problem(503, { 'retry-after': '0' }), problem(503, { 'retry-after': '0' })]],
    ['409 with Retry-After', [problem(409, { 'retry-after': '0' })]],
    ['429 with Retry-After', [problem(429, { 'retry-after': '0' })]],
    ['Retry-After with a date', [problem(503, { 'retry-after': now() })]],
    ['no answer', [undefined]],
  ])('repeats a request with the same key after %s', async (_reason, refusals) => {
    planned = [...refusals, accepted];
    const { data } = await repeatWithKey(place);
    expect(data?.id).toBe(7);
    expect(keys).toHaveLength(refusals.length + 1);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('waits as long as Retry-After says', async () => {
    planned = [problem(503, { 'retry-after': '1' }), accepted];
    const from = performance.now();
    await repeatWithKey(place);
    expect(performance.now() - from).toBeGreaterThanOrEqual(990);
  });

  it('uses another key for each call, and the given one if there is one', async () => {
    planned = [accepted, accepted, accepted];
    await repeatWithKey(place);
    await repeatWithKey(place);
    await repeatWithKey(place, { key: 'stored' });
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('stored');
  });

  it.each<[string, PlannedAnswer]>([
    ['a refusal by a rule', problem(409)],
    ['an invalid request', problem(422, { 'retry-after': '0' })],
    ['503 without Retry-After', problem(503)],
    ['a Retry-After above a minute', problem(503, { 'retry-after': '61' })],
    ['a Retry-After without meaning', problem(503, { 'retry-after': 'soon' })],
  ])('does not repeat a request after %s', async (_reason, refusal) => {
    planned = [refusal];
    const { error } = await repeatWithKey(place);
    expect([error?.status, keys.length]).toEqual([refusal.status, 1]);
  });

  it('does not repeat a request that fails for another reason', async () => {
    planned = [{ status: 502 }];
    await expect(repeatWithKey(place)).rejects.toThrow(UnexpectedAnswer);
    expect(keys).toHaveLength(1);
  });

  it('returns the last refusal, or rejects, after maxAttempts', async () => {
    planned = Array<PlannedAnswer>(3).fill(problem(503, { 'retry-after': '0' }));
    const { error } = await repeatWithKey(place, { maxAttempts: 3 });
    expect([error?.code, keys.length]).toEqual(['overloaded', 3]);
    await expect(repeatWithKey(place, { maxAttempts: 1 })).rejects.toThrow('fetch failed');
    expect(keys).toHaveLength(4);
  });
});
