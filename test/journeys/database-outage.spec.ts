import { Proxy } from '../faults/proxy.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

describe('An outage of the database', () => {
  let system: System;
  let proxy: Proxy;
  const order = { customer: { name: 'Ana Souza', email: 'ana@example.com' }, items: [] as object[] };
  const health = async (name: string) => (await fetch(`${system.process('api').url}/health/${name}`)).status;

  /** The address of the database through the proxy. */
  const proxiedUrl = () => {
    const url = new URL(system.database.urlOf('api'));
    url.host = `127.0.0.1:${proxy.port}`;
    return url.href;
  };

  beforeAll(async () => {
    system = await System.start({ apps: [] });
    proxy = await Proxy.start('postgres', Number(new URL(system.database.url).port), () => undefined);
  });
  afterAll(async () => {
    await system.stop();
    await proxy.stop();
  });

  it('lets the api accept requests, which it answers itself with 503 and Retry-After', async () => {
    await system
      .launch('api', { DATABASE_URL: proxiedUrl(), DATABASE_QUERY_TIMEOUT_MS: '2000' })
      .waitUntilReady();
    order.items = [{ product_id: await system.createProduct(10), quantity: 1 }];
    expect([await health('ready'), await health('accepting')]).toEqual([200, 200]);

    proxy.silence();
    await until('the api to be unready', async () => (await health('ready')) === 503);
    expect(await health('accepting')).toBe(200);
    const refused = await system.request('POST', '/v1/orders', order);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)]);

    proxy.endSilence();
    proxy.cutConnections();
    await until('orders to be accepted', async () => {
      const { status } = await system.request('POST', '/v1/orders', order);
      return status === 202;
    });
  });

  it('keeps requests away from a process that has never reached the database', async () => {
    await system.process('api').stop();
    proxy.silence();
    const api = system.launch('api', { DATABASE_URL: proxiedUrl() });
    await until('the api to listen', () => api.logs.some(({ msg }) => msg === 'listening'));
    expect(await health('accepting')).toBe(503);
    proxy.endSilence();
    proxy.cutConnections();
    await until('the api to accept requests', async () => (await health('accepting')) === 200);
  });
});
