import type { Problem } from '@estoque/platform';
import pg from 'pg';
import { System, type ApiResponse, type OrderResponse } from '../support/system.js';

interface Movement {
  id: number;
  quantity: number;
  balance_after: number;
}
interface RecordedMovement {
  on_hand: number;
  movement: Movement;
}

let system: System;
let product_id: number;
beforeAll(async () => {
  system = await System.start({ apps: ['api'] });
  product_id = await system.createProduct(10);
});
afterAll(() => system.stop());

const post = async <Body>(path: string, key: string, body?: unknown): Promise<ApiResponse<Body>> => {
  const response = await system.fetch(path, {
    method: 'POST',
    headers: { 'idempotency-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
};
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
    const first = await post<OrderResponse>('/v1/orders', 'order-1', order());
    // The sequence of fields and the quotation marks of a structured header make no difference.
    const { items, customer } = order();
    const second = await post<OrderResponse>('/v1/orders', '"order-1"', { items, customer });
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

  it('gets 409 with Retry-After while the first one is being handled', async () => {
    const other = new pg.Client(system.database.url);
    await other.connect();
    await other.query(
      `SELECT pg_advisory_lock(hashtextextended('running', hashtextextended('key:' || id, 0)))
       FROM api_keys WHERE name = 'admin'`,
    );
    const response = await post<Problem>('/v1/orders', 'running', order());
    await other.end();
    expect([response.status, response.body.code]).toEqual([409, 'idempotency_in_progress']);
    expect(response.headers.get('retry-after')).toBe('1');
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
    for (let i = 0; i < 3; i++) {
      const { body } = await system.request<OrderResponse>(
        'POST',
        '/v1/orders',
        order({ reference, metadata }),
      );
      expect(body).toMatchObject({ reference, metadata });
      placed.push(body.id);
    }
    const { body: stored } = await system.request('GET', `/v1/orders/${placed[0]}`);
    expect(stored).toMatchObject({ reference, metadata });
    const { body: cancelled } = await system.request('POST', `/v1/orders/${placed[0]}/cancel`);
    expect(cancelled).toMatchObject({ reference, metadata });
    const query = `/v1/orders?reference=${encodeURIComponent(reference)}&limit=2`;
    interface Page {
      data: { id: number; reference: string }[];
      next_cursor: string | null;
    }
    const first = await system.request<Page>('GET', query);
    const second = await system.request<Page>('GET', `${query}&cursor=${first.body.next_cursor}`);
    const pages = [...first.body.data, ...second.body.data];
    expect(pages.map(({ id }) => id)).toEqual(placed.toReversed());
    expect(second.body.next_cursor).toBeNull();
  });

  it('has neither unless the request has', async () => {
    const { body } = await system.request('POST', '/v1/orders', order());
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
    const received = await system.request<RecordedMovement>('POST', `${path}/receipts`, {
      quantity: 4,
      reason: 'delivery',
    });
    expect(received.status).toBe(201);
    expect(received.body).toMatchObject({
      product_id: id,
      on_hand: 9,
      reserved: 0,
      available: 9,
      movement: { product_id: id, order_id: null, kind: 'receipt', quantity: 4, balance_after: 9 },
    });
    const location = received.headers.get('location');
    expect(location).toBe(`${path}/movements/${received.body.movement.id}`);
    expect((await system.request('GET', location!)).body).toEqual(received.body.movement);
    const adjusted = await system.request<RecordedMovement>('POST', `${path}/adjustments`, {
      quantity: -2,
      reason: 'broken',
    });
    expect(adjusted.body).toMatchObject({ on_hand: 7, movement: { kind: 'adjustment', quantity: -2 } });
    expect(adjusted.headers.get('location')).toBe(`${path}/movements/${adjusted.body.movement.id}`);
    const ofOtherProduct = `/v1/products/${product_id}/stock/movements/${adjusted.body.movement.id}`;
    const { status, body } = await system.request<Problem>('GET', ofOtherProduct);
    expect([status, body.code]).toEqual([404, 'movement_not_found']);
  });
});

describe('GET /v1/products', () => {
  it('filters by sku, by active, and by both', async () => {
    const active = await system.createProduct(0, { sku: 'FILTER-1' });
    const inactive = await system.createProduct(0, { sku: 'FILTER-2', active: false });
    const list = async (query: string) => {
      const { body } = await system.request<{ data: { id: number }[] }>('GET', `/v1/products?${query}`);
      return body.data.map(({ id }) => id);
    };
    expect(await list('sku=FILTER-1')).toEqual([active]);
    expect(await list('active=false')).toEqual([inactive]);
    expect(await list('active=true&limit=1')).toEqual([active]);
    expect(await list('sku=FILTER-2&active=true')).toEqual([]);
    expect(await list('sku=FILTER-2&active=false')).toEqual([inactive]);
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
