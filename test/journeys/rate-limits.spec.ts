import { startReplica } from '../support/api-replica.js';
import type { AppProcess } from '../support/app-process.js';
import { apiKeyOf } from '../support/credentials.js';
import { sendRequest } from '../support/send-request.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

type Role = Parameters<typeof apiKeyOf>[0];

let system: System;
beforeAll(async () => {
  system = await System.start({
    apps: ['api'],
    environment: {
      RATE_LIMIT_ADDRESS: '40',
      RATE_LIMIT_CALLER: '6',
      RATE_LIMIT_CUSTOMER: '3',
      RATE_LIMIT_COSTLY: '2',
    },
  });
});
afterAll(() => system.stop());

describe('A caller that sends too many requests', () => {
  const request = async (role: Role | undefined, path: string, init: RequestInit = {}) => {
    const response = await fetch(system.process('api').url + path, {
      ...init,
      headers: { ...init.headers, ...(role && { authorization: `Bearer ${apiKeyOf(role)}` }) },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  const expectRefusal = ({ status, headers, text }: Awaited<ReturnType<typeof request>>, policy: string) => {
    expect([status, headers.get('content-type')]).toEqual([429, 'application/problem+json; charset=utf-8']);
    expect(JSON.parse(text)).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(headers.get('ratelimit')).toMatch(new RegExp(`^"${policy}";r=0;t=\\d+$`));
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  };

  it('gets 429 for costly requests first, and other requests are answered', async () => {
    for (const remaining of [1, 0]) {
      const { status, headers } = await request('operator', '/v1/dead-letters');
      expect([status, headers.get('ratelimit')]).toEqual([
        200,
        expect.stringMatching(`^"caller";r=\\d;t=\\d+, "costly";r=${remaining};t=\\d+$`),
      ]);
    }
    expectRefusal(await request('operator', '/v1/dead-letters'), 'costly');
    expect((await request('operator', '/v1/operations/outbox')).status).toBe(200);
  });

  it('gets 429 for all requests, without effect on other callers', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) statuses.push((await request('warehouse', '/v1/products/1')).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 429, 429]);
    expectRefusal(await request('warehouse', '/v1/products/1'), 'caller');
    expect((await request('clerk', '/v1/products/1')).status).toBe(404);
  });

  it('is refused before the body is read, so no order is placed', async () => {
    const place = () =>
      request('customer', '/v1/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{',
      });
    for (let i = 0; i < 3; i++) expect((await place()).status).toBe(400);
    expectRefusal(await place(), 'customer');
  });

  it('is refused by its address, whatever its credentials are; probes are answered', async () => {
    let last: Awaited<ReturnType<typeof request>> | undefined;
    // No proxy is trusted, so the client cannot choose another address.
    for (let i = 0; i < 41; i++)
      last = await request(undefined, '/v1/orders', { headers: { 'x-forwarded-for': `198.51.100.${i}` } });
    expectRefusal(last!, 'address');
    expectRefusal(await request('clerk', '/v1/products/1'), 'address');
    expect((await request(undefined, '/health/ready')).status).toBe(200);
    const { text } = await request(undefined, '/metrics');
    expect(text).toMatch(/^estoque_rate_limited_total\{policy="address"\} [1-9]/m);
  });
});

describe('Behind a proxy', () => {
  let api: AppProcess;
  beforeAll(async () => {
    api = await startReplica(system, { TRUST_PROXY: '127.0.0.1', RATE_LIMIT_ADDRESS: '2' }).waitUntilReady();
  });
  afterAll(() => api.stop());

  it('each client has a limit of its own, and the log contains its address', async () => {
    const { url, logs } = api;
    const statusFor = async (forwardedFor: string) =>
      (await sendRequest(`${url}/v1/orders`, { headers: { 'x-forwarded-for': forwardedFor } })).status;
    expect([await statusFor('198.51.100.7'), await statusFor('198.51.100.7')]).toEqual([401, 401]);
    expect(await statusFor('198.51.100.8')).toBe(401);
    // The proxy appends the address that it sees to what the client sent.
    expect(await statusFor('198.51.100.9, 198.51.100.7')).toBe(429);
    const addresses = () => logs.filter(({ msg }) => msg === 'access refused').map(({ address }) => address);
    await until('the log to be written', () => addresses().length === 3);
    expect(addresses()).toEqual(['198.51.100.7', '198.51.100.7', '198.51.100.8']);
  });
});
