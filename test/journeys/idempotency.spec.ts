import { repeatWithKey, type OrderDto } from '@estoque/client';
import type { Problem } from '@estoque/platform';
import pg from 'pg';
import { dataOf, type ApiResponse } from '../support/test-client.js';
import { System } from '../support/system.js';

let system: System;
let product_id: number;
beforeAll(async () => {
  system = await System.start({ apps: ['api'] });
  product_id = await system.createProduct(10);
});
afterAll(() => system.stop());

const post = <Body>(path: string, key: string, body?: unknown) =>
  system.request<Body>('POST', path, body, { 'idempotency-key': key });
const order = (fields: object = {}) => ({
  customer: { name: 'Ana', email: 'ana@example.com' },
  items: [{ product_id, quantity: 1 }],
  ...fields,
});
const countOf = async (table: string) =>
  (await system.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`))[0]!.count;
const replayedOf = ({ headers }: ApiResponse<unknown>) => headers.get('idempotent-replayed');

describe('A POST with an Idempotency-Key', () => {
  it('is carried out once: a repetition gets the same status, Location and body', async () => {
    const before = await countOf('orders');
    const first = await post<OrderDto>('/v1/orders', 'order-1', order());
    // The sequence of fields and the quotation marks of a structured header make no difference.
    const { items, customer } = order();
    const second = await post<OrderDto>('/v1/orders', '"order-1"', { items, customer });
    expect([first.status, replayedOf(first)]).toEqual([202, null]);
    expect([second.status, replayedOf(second)]).toEqual([202, 'true']);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(second.body).toEqual(first.body);
    expect(await countOf('orders')).toBe(before + 1);
  });

  it.each<[string, () => Promise<string>, unknown, number]>([
    [
      'createProduct',
      () => Promise.resolve('/v1/products'),
      { sku: 'IK', name: 'x', price: 1, currency: 'BRL' },
      201,
    ],
    [
      'receiveStock',
      () => Promise.resolve(`/v1/products/${product_id}/stock/receipts`),
      { quantity: 2, reason: 'delivery' },
      201,
    ],
    [
      'adjustStock',
      () => Promise.resolve(`/v1/products/${product_id}/stock/adjustments`),
      { quantity: -1, reason: 'lost' },
      201,
    ],
    [
      'cancelOrder',
      async () => `/v1/orders/${(await system.placeOrder([{ product_id, quantity: 1 }])).id}/cancel`,
      undefined,
      200,
    ],
    ['resendNotification', async () => `/v1/notifications/${await insertSentMail()}/resend`, undefined, 202],
    [
      'discardDeadLetter',
      async () => `/v1/dead-letters/${await insertDeadLetter()}/discard`,
      { by: 'ana' },
      200,
    ],
    [
      'replayDeadLetter',
      async () => `/v1/dead-letters/${await insertDeadLetter()}/replay`,
      { by: 'ana' },
      200,
    ],
    ['discardDeadLetters', () => Promise.resolve('/v1/dead-letters/discard'), { by: 'ana', filter: {} }, 202],
    ['replayDeadLetters', () => Promise.resolve('/v1/dead-letters/replay'), { by: 'ana', filter: {} }, 202],
  ])('is repeated safely: %s', async (name, findPath, body, status) => {
    const path = await findPath();
    const responses = [await post(path, name, body), await post(path, name, body)] as const;
    expect(responses.map((response) => response.status)).toEqual([status, status]);
    expect(responses.map(replayedOf)).toEqual([null, 'true']);
    expect(responses[1].body).toEqual(responses[0].body);
    expect(responses[1].headers.get('location')).toBe(responses[0].headers.get('location'));
  });

  it('is refused if the key was used for another body or another operation', async () => {
    await post('/v1/orders', 'reused', order());
    const otherBody = await post<Problem>('/v1/orders', 'reused', order({ locale: 'pt-BR' }));
    const otherPath = await post<Problem>(`/v1/products/${product_id}/stock/receipts`, 'reused', {
      quantity: 1,
      reason: 'delivery',
    });
    for (const { status, body } of [otherBody, otherPath])
      expect([status, body.code, body.errors[0]?.parameter]).toEqual([
        422,
        'idempotency_key_reused',
        'Idempotency-Key',
      ]);
  });

  /** Holds the lock of a key, as the handling of a request with this key does. @returns a function that releases it */
  async function occupyKey(key: string): Promise<() => Promise<void>> {
    const other = new pg.Client(system.database.url);
    await other.connect();
    await other.query(
      `SELECT pg_advisory_lock(hashtextextended($1, hashtextextended('key:' || id, 0)))
       FROM api_keys WHERE name = 'admin'`,
      [key],
    );
    return () => other.end();
  }

  it('gets 409 with Retry-After while the first one is being handled', async () => {
    const release = await occupyKey('running');
    const response = await post<Problem>('/v1/orders', 'running', order());
    await release();
    expect([response.status, response.body.code]).toEqual([409, 'idempotency_in_progress']);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('is carried out once if the client repeats it until it is answered', async () => {
    const before = await countOf('orders');
    const release = await occupyKey('repeated');
    const statuses: number[] = [];
    const place = async (key: string) => {
      const params = { header: { 'Idempotency-Key': key } };
      const answer = await system.api.POST('/v1/orders', { params, body: order() });
      statuses.push(answer.response.status);
      if (answer.error) await release();
      return answer;
    };
    const { data: first } = await repeatWithKey(place, { key: 'repeated' });
    const { data: second } = await repeatWithKey(place, { key: 'repeated' });
    expect(statuses).toEqual([409, 202, 202]);
    expect(second).toEqual(first);
    expect(await countOf('orders')).toBe(before + 1);
  });

  it('gets a refusal by a rule again, but not one of the validation', async () => {
    const cancelUnknown = () => post<Problem>('/v1/orders/999999/cancel', 'unknown order');
    const responses = [await cancelUnknown(), await cancelUnknown()] as const;
    expect(responses.map(({ status, body }) => [status, body.code])).toEqual(
      Array(2).fill([404, 'order_not_found']),
    );
    expect(responses.map(replayedOf)).toEqual([null, 'true']);
    expect(responses[1].body).toEqual(responses[0].body);
    expect((await post('/v1/orders', 'corrected', order({ items: [] }))).status).toBe(422);
    expect((await post('/v1/orders', 'corrected', order())).status).toBe(202);
  });

  it.each([
    ['an empty key', ''],
    ['a key of 256 characters', 'x'.repeat(256)],
    ['a key that is not ASCII', 'ché'],
    ['a key with a tab', 'a\tb'],
    ['an unclosed quotation mark', '"abc'],
  ])('is refused with %s', async (_description, key) => {
    const { status, body } = await post<Problem>('/v1/orders', key, order());
    expect([status, body.code, body.errors[0]?.parameter]).toEqual([
      400,
      'invalid_idempotency_key',
      'Idempotency-Key',
    ]);
  });
});

describe('An order with a reference and metadata', () => {
  const reference = 'PO-2026/118 ñ';
  const metadata = { channel: 'web', toString: 'x', hasOwnProperty: '', 'a"b\\c': '{"1":2}', '10': 'ten' };

  it('returns both in every response, and is found by its reference page by page', async () => {
    const placed: number[] = [];
    const items = [{ product_id, quantity: 1 }];
    for (let i = 0; i < 3; i++) {
      const body = await system.placeOrder(items, { reference, metadata });
      expect(body).toMatchObject({ reference, metadata });
      placed.push(body.id);
    }
    const id = placed[0]!;
    expect(await system.readOrder(id)).toMatchObject({ reference, metadata });
    const cancelled = await dataOf(system.api.POST('/v1/orders/{id}/cancel', { params: { path: { id } } }));
    expect(cancelled).toMatchObject({ reference, metadata });
    const list = (cursor?: string) =>
      dataOf(system.api.GET('/v1/orders', { params: { query: { reference, limit: 2, cursor } } }));
    const first = await list();
    const second = await list(first.next_cursor!);
    expect([...first.data, ...second.data].map((listed) => listed.id)).toEqual(placed.toReversed());
    expect(second.next_cursor).toBeNull();
  });

  it('has neither unless the request has', async () => {
    const body = await system.placeOrder([{ product_id, quantity: 1 }]);
    expect(body).toMatchObject({ reference: null, metadata: {} });
  });

  it.each<[string, object, string]>([
    ['a reference with a line break', { reference: 'a\nb' }, '/reference'],
    ['an empty reference', { reference: '' }, '/reference'],
    ['a reference of 201 characters', { reference: 'x'.repeat(201) }, '/reference'],
    [
      '51 entries',
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) },
      '/metadata',
    ],
    ['a name of 41 characters', { metadata: { ['x'.repeat(41)]: '' } }, '/metadata'],
    ['an empty name', { metadata: { '': '' } }, '/metadata'],
    ['a value of 501 characters', { metadata: { x: 'x'.repeat(501) } }, '/metadata'],
    ['a value with NUL', { metadata: { x: '\0' } }, '/metadata'],
    ['a value that is a number', { metadata: { x: 1 } }, '/metadata'],
    ['a value that is an object', { metadata: { x: {} } }, '/metadata'],
    ['metadata that are a list', { metadata: ['x'] }, '/metadata'],
    ['metadata that are null', { metadata: null }, '/metadata'],
    ['metadata named constructor', { metadata: { constructor: 'x' } }, '/metadata/constructor'],
    ['metadata named prototype', { metadata: { prototype: 'x' } }, '/metadata/prototype'],
  ])('is refused with %s', async (_description, fields, pointer) => {
    const { status, body } = await system.request<Problem>('POST', '/v1/orders', order(fields));
    expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
  });

  it('is refused with metadata named __proto__, which would replace the prototype of the object', async () => {
    const body = JSON.stringify(order({ metadata: {} })).replace(
      '"metadata":{}',
      '"metadata":{"__proto__":"x"}',
    );
    expect((await system.request('POST', '/v1/orders', body)).status).toBe(422);
  });
});

describe('A receipt or adjustment', () => {
  it('answers 201 with the movement, its Location and the new stock', async () => {
    const id = await system.createProduct(5);
    const path = `/v1/products/${id}/stock`;
    const { data: received, response } = await system.api.POST('/v1/products/{id}/stock/receipts', {
      params: { path: { id } },
      body: { quantity: 4, reason: 'delivery' },
    });
    expect(response.status).toBe(201);
    expect(received).toMatchObject({
      product_id: id,
      on_hand: 9,
      reserved: 0,
      available: 9,
      movement: { product_id: id, order_id: null, kind: 'receipt', quantity: 4, balance_after: 9 },
    });
    const location = response.headers.get('location');
    expect(location).toBe(`${path}/movements/${received!.movement.id}`);
    expect((await system.request('GET', location!)).body).toEqual(received!.movement);
    const { data: adjusted, response: adjustment } = await system.api.POST(
      '/v1/products/{id}/stock/adjustments',
      { params: { path: { id } }, body: { quantity: -2, reason: 'broken' } },
    );
    expect(adjusted).toMatchObject({ on_hand: 7, movement: { kind: 'adjustment', quantity: -2 } });
    const movement_id = adjusted!.movement.id;
    expect(adjustment.headers.get('location')).toBe(`${path}/movements/${movement_id}`);
    const { error } = await system.api.GET('/v1/products/{id}/stock/movements/{movement_id}', {
      params: { path: { id: product_id, movement_id } },
    });
    expect(error).toMatchObject({ status: 404, code: 'movement_not_found' });
  });
});

describe('GET /v1/products', () => {
  it('filters by sku, by active, and by both', async () => {
    const active = await system.createProduct(0, { sku: 'FILTER-1' });
    const inactive = await system.createProduct(0, { sku: 'FILTER-2', active: false });
    const list = async (query: { sku?: string; active?: boolean; limit?: number }) => {
      const { data } = await dataOf(system.api.GET('/v1/products', { params: { query } }));
      return data.map(({ id }) => id);
    };
    expect(await list({ sku: 'FILTER-1' })).toEqual([active]);
    expect(await list({ active: false })).toEqual([inactive]);
    expect(await list({ active: true, limit: 1 })).toEqual([active]);
    expect(await list({ sku: 'FILTER-2', active: true })).toEqual([]);
    expect(await list({ sku: 'FILTER-2', active: false })).toEqual([inactive]);
    const refused = await system.request<Problem>('GET', '/v1/products?active=yes');
    expect([refused.status, refused.body.errors[0]?.parameter]).toEqual([422, 'active']);
  });
});

describe('A problem document', () => {
  it.each([
    ['/v1/orders?limit=0', 'limit', 'too_small'],
    ['/v1/orders?colour=red', 'colour', 'unknown_field'],
    ['/v1/orders?cursor=nonsense', 'cursor', 'invalid_cursor'],
    ['/v1/orders/x', 'id', 'not_an_id'],
    [`/v1/products/1/stock/movements/x`, 'movement_id', 'not_an_id'],
  ])('of GET %s names the parameter %s and no pointer', async (path, parameter, code) => {
    const { body } = await system.request<Problem>('GET', path);
    expect(body.errors).toEqual([{ parameter, code, message: expect.any(String) as string }]);
  });

  it('has a type that is the address of a chapter at the api', async () => {
    const { body } = await system.request<Problem>('GET', '/v1/orders/999999');
    expect(body.type).toBe('/docs/errors#order_not_found');
    const page = await fetch(new URL(body.type, system.process('api').url));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('id="order_not_found"');
  });
});

async function insertSentMail(): Promise<number> {
  const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
  const [mail] = await system.sql<{ id: string }>(
    `INSERT INTO notifications (order_id, kind, recipient, locale, state, sent_at)
     VALUES ($1, 'order_processed', 'ana@example.com', 'en', 'sent', now()) RETURNING id`,
    [id],
  );
  return Number(mail!.id);
}

async function insertDeadLetter(): Promise<number> {
  const [deadLetter] = await system.sql<{ id: string }>(
    `INSERT INTO dead_letters (fingerprint, queue, event, reason, error, attempts, properties, headers, body)
     VALUES (gen_random_uuid(), 'order_queue', 'order.created', 'invalid_json', 'x', 1,
             '{"routingKey": "order.created"}', '{}', '\\x7b') RETURNING id`,
  );
  return Number(deadLetter!.id);
}
