import type { Problem } from '@estoque/platform';
import { Webhook } from 'standardwebhooks';
import { apiKeyOf } from '../support/credentials.js';
import { FLOW_APPS } from '../../apps/manifest.js';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

interface Endpoint {
  id: number;
  state: string;
  disabled_reason: string | null;
  secret: string;
}

interface Delivery {
  id: number;
  event: string;
  event_id: string;
  state: string;
  attempts: number;
  log: { status: number | null; answer: string | null; error: string | null; duration_ms: number }[];
}

const ORDER_EVENTS = ['order.created', 'stock.reserve', 'stock.updated', 'order.processed'];

describe('Webhooks', () => {
  const operator = `operator-${Date.now()}@example.com`;
  let system: System;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    system = await System.start({
      apps: FLOW_APPS,
      environment: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', OPERATOR_EMAIL: operator },
    });
  });
  afterAll(() => system.stop());
  beforeEach(async () => void (receiver = await WebhookReceiver.start()));
  afterEach(() => receiver.stop());

  async function call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await system.request<Body>(method, `/v1/webhook-endpoints${path}`, body);
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  }
  const create = (events = ORDER_EVENTS, url = receiver.url) => call<Endpoint>('POST', '', { url, events });
  const deliveries = async (id: number) =>
    (await call<{ data: Delivery[] }>('GET', `/${id}/deliveries`)).data;
  async function processOrder(): Promise<number> {
    const product_id = await system.createProduct(10);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'processed');
    return id;
  }

  it('bring the events of an order to the receiver, signed and in their sequence', async () => {
    const { id, secret } = await create();
    const orderId = await processOrder();
    await until('the events', () => receiver.received(orderId).length === 4);
    expect(receiver.received(orderId).slice(0, 2)).toEqual(['order.created', 'stock.reserve']);
    for (const { headers, body } of receiver.requests)
      new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(
      receiver.requests.length,
    );

    const [delivery] = await until('the log', async () => {
      const all = await deliveries(id);
      return all.every(({ state }) => state === 'delivered') && all;
    });
    const { log } = await call<Delivery>('GET', `/${id}/deliveries/${delivery!.id}`);
    expect(log).toMatchObject([{ status: 200, answer: 'ok', error: null }]);

    const count = receiver.requests.length;
    expect(await call('POST', `/${id}/deliveries/${delivery!.id}/replay`)).toEqual({ count: 1 });
    await until('the replay', () => receiver.requests.length === count + 1);
    expect(receiver.requests.at(-1)!.headers['webhook-id']).toBe(delivery!.event_id);
    await until('its record', async () => (await deliveries(id)).every(({ state }) => state === 'delivered'));
    const range = { from: new Date(Date.now() - 60_000).toISOString(), to: new Date().toISOString() };
    expect(await call('POST', `/${id}/replay`, range)).toEqual({ count });
    await until('the replays', () => receiver.requests.length === 2 * count + 1);
    await call('DELETE', `/${id}`);
  });

  it('wait for a receiver that fails, and delay no order', async () => {
    receiver.answer = () => ({ status: 500, body: 'broken' });
    const { id } = await create(['order.processed']);
    const orderId = await processOrder();
    await until('an attempt', () => receiver.received(orderId).length > 0);
    receiver.answer = () => ({ status: 204 });
    await until('the event', async () => (await deliveries(id))[0]?.state === 'delivered', { seconds: 20 });
    const [delivery] = await deliveries(id);
    const { log } = await call<Delivery>('GET', `/${id}/deliveries/${delivery!.id}`);
    expect(log.at(-1)).toMatchObject({ status: 500, answer: 'broken', error: 'HTTP 500' });
    await call('DELETE', `/${id}`);
  });

  it('end when the receiver answers 410, with a mail to the operator, and continue when the endpoint is enabled', async () => {
    receiver.answer = () => ({ status: 410 });
    const { id } = await create(['order.processed']);
    const orderId = await processOrder();
    await until('the end', async () => (await call<Endpoint>('GET', `/${id}`)).disabled_reason === 'gone');
    const [mail] = await until('the mail', async () => {
      const mails = await fetchMailsTo(operator);
      return mails.length > 0 && mails;
    });
    expect(mail!.subject).toBe(`Webhook endpoint ${id} is disabled`);
    expect(mail!.text).toContain('410');

    receiver.answer = () => ({ status: 200 });
    const later = await processOrder();
    expect(receiver.received(later)).toEqual([]);
    expect(await call('POST', `/${id}/enable`)).toMatchObject({ state: 'enabled', disabled_reason: null });
    await until('the events', () => receiver.received(later).length === 1);
    expect(receiver.received(orderId).length).toBeGreaterThan(1);
    await call('DELETE', `/${id}`);
  });

  it('are replayed once for each idempotency key, and each change is in the audit log', async () => {
    const { id } = await create(['order.processed']);
    const orderId = await processOrder();
    await until('the event', () => receiver.received(orderId).length === 1);
    const [delivery] = await until('its record', async () => {
      const all = await deliveries(id);
      return all[0]?.state === 'delivered' && all;
    });
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const path = `/v1/webhook-endpoints/${id}/deliveries/${delivery!.id}/replay`;
    for (const replayed of [null, 'true']) {
      const answer = await system.request('POST', path, undefined, headers);
      expect([answer.status, answer.body]).toEqual([202, { count: 1 }]);
      expect(answer.headers.get('idempotent-replayed')).toBe(replayed);
    }
    await until('the replay', async () => (await deliveries(id)).length === 2);
    await call('POST', `/${id}/disable`);
    await call('PATCH', `/${id}`, { events: ['order.rejected'] });
    await call('DELETE', `/${id}`);
    const { body } = await system.request<{ data: { action: string }[] }>(
      'GET',
      `/v1/audit-log?object=webhook_endpoint:${id}`,
    );
    expect(body.data.map(({ action }) => action)).toEqual([
      'webhook_endpoint.deleted',
      'webhook_endpoint.changed',
      'webhook_endpoint.disabled',
      'webhook_endpoint.replayed',
      'webhook_endpoint.created',
    ]);
  });

  it('show a secret once, and never in the log, the audit log or to the database role of the api', async () => {
    const { id, secret } = await create();
    const rotated = await call<Endpoint>('POST', `/${id}/rotate-secret`, { previous_valid_hours: 1 });
    expect(rotated.secret).not.toBe(secret);
    const read = JSON.stringify([
      await call('GET', ''),
      await call('GET', `/${id}`),
      (await system.request('GET', `/v1/audit-log?object=webhook_endpoint:${id}`)).body,
      [...system.processes.values()].map(({ output }) => output),
    ]);
    for (const text of [secret, rotated.secret]) expect(read).not.toContain(text.slice('whsec_'.length));
    const [row] = await system.sql<{ allowed: boolean }>(
      `SELECT has_column_privilege('estoque_api', 'webhook_secrets', 'secret', 'SELECT') AS allowed`,
    );
    expect(row!.allowed).toBe(false);
    await call('DELETE', `/${id}`);
  });

  it.each([
    [{ url: 'ftp://example.com', events: ['order.created'] }, '/url', 'bad_format'],
    [{ url: 'https://ana:secret@example.com', events: ['order.created'] }, '/url', 'bad_format'],
    [{ url: 'https://169.254.169.254/latest', events: ['order.created'] }, '/url', 'bad_format'],
    [{ url: 'https://[::1]/', events: ['order.created'] }, '/url', 'bad_format'],
    [{ url: 'https://example.com', events: [] }, '/events', 'too_few'],
    [{ url: 'https://example.com', events: ['order.lost'] }, '/events', 'not_allowed'],
    [{ url: 'https://example.com', events: ['order.created', 'order.created'] }, '/events', 'duplicate'],
  ])('refuse %j', async (body, pointer, code) => {
    const answer = await system.request<Problem>('POST', '/v1/webhook-endpoints', body);
    expect([answer.status, answer.body.errors[0]]).toMatchObject([422, { pointer, code }]);
  });

  it('refuse callers without the scope, and more than 20 endpoints', async () => {
    const headers = { authorization: `Bearer ${apiKeyOf('operator')}` };
    const refused = await system.request('GET', '/v1/webhook-endpoints', undefined, headers);
    expect(refused.status).toBe(403);
    const answers = await Promise.all(
      Array.from({ length: 25 }, () =>
        system.request<Endpoint>('POST', '/v1/webhook-endpoints', {
          url: 'https://example.com/',
          events: ['order.cancelled'],
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(5);
  });
});
