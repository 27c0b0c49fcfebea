import type { OrderPageDto } from '@estoque/client';
import type { Problem } from '@estoque/platform';
import { dataOf } from '../support/test-client.js';
import { System } from '../support/system.js';

let system: System;
let product_id: number;
beforeAll(async () => {
  system = await System.start({ apps: ['api'] });
  product_id = await system.createProduct(10);
});
afterAll(() => system.stop());

describe('API input validation', () => {
  const customer = { name: 'Ana', email: 'ana@example.com' };
  const order = (fields: object) => ({ customer, items: [{ product_id, quantity: 1 }], ...fields });
  const orderWithItem = (fields: object) => order({ items: [{ product_id, quantity: 1, ...fields }] });

  it.each<[string, () => unknown, number, string, string?, string?]>([
    ['malformed JSON', () => '{"customer": ', 400, 'malformed_request'],
    ['an empty body', () => '', 400, 'malformed_request'],
    ['null', () => 'null', 422, 'validation_failed', '', 'not_an_object'],
    ['a list', () => [], 422, 'validation_failed', '', 'not_an_object'],
    ['a bare number', () => '7', 422, 'validation_failed', '', 'not_an_object'],
    [
      'a __proto__ field',
      () => '{"__proto__": {"x": 1}}',
      422,
      'validation_failed',
      '/__proto__',
      'unknown_field',
    ],
    ['an empty object', () => ({}), 422, 'validation_failed', '/customer'],
    ['an unknown field', () => order({ coupon: 'X' }), 422, 'validation_failed', '/coupon', 'unknown_field'],
    [
      'an unknown nested field',
      () => orderWithItem({ price: 1 }),
      422,
      'validation_failed',
      '/items/0/price',
      'unknown_field',
    ],
    [
      'a customer that is text',
      () => order({ customer: 'Ana' }),
      422,
      'validation_failed',
      '/customer',
      'not_an_object',
    ],
    [
      'a customer that is a list',
      () => order({ customer: [customer] }),
      422,
      'validation_failed',
      '/customer',
    ],
    [
      'a bad address',
      () => order({ customer: { name: 'Ana', email: 'ana@' } }),
      422,
      'validation_failed',
      '/customer/email',
      'not_an_email',
    ],
    [
      'a name with NUL',
      () => order({ customer: { ...customer, name: 'A\u0000' } }),
      422,
      'validation_failed',
      '/customer/name',
      'bad_format',
    ],
    [
      'a name with half a surrogate pair',
      () => order({ customer: { ...customer, name: 'A\ud800' } }),
      422,
      'validation_failed',
      '/customer/name',
    ],
    [
      'a name with a line break',
      () => order({ customer: { ...customer, name: 'A\r\nBcc: b@c.de' } }),
      422,
      'validation_failed',
      '/customer/name',
    ],
    [
      'a blank name',
      () => order({ customer: { ...customer, name: '  ' } }),
      422,
      'validation_failed',
      '/customer/name',
    ],
    ['items that are text', () => order({ items: 'all' }), 422, 'validation_failed', '/items', 'not_a_list'],
    [
      'items that are an object',
      () => order({ items: { 0: { product_id, quantity: 1 } } }),
      422,
      'validation_failed',
      '/items',
      'not_a_list',
    ],
    ['no items', () => order({ items: [] }), 422, 'validation_failed', '/items', 'too_few'],
    ['an item that is null', () => order({ items: [null] }), 422, 'validation_failed', '/items/0'],
    [
      'more than 100 lines',
      () => order({ items: Array(101).fill({ product_id, quantity: 1 }) }),
      422,
      'validation_failed',
      '/items',
      'too_many',
    ],
    [
      'quantity 0',
      () => orderWithItem({ quantity: 0 }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'too_small',
    ],
    [
      'a negative quantity',
      () => orderWithItem({ quantity: -1 }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'too_small',
    ],
    [
      'a quantity above 1,000,000',
      () => orderWithItem({ quantity: 1_000_001 }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'too_large',
    ],
    [
      'lines of one product whose sum is above 1,000,000',
      () => order({ items: Array(2).fill({ product_id, quantity: 600_000 }) }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'too_large',
    ],
    [
      'a fraction',
      () => orderWithItem({ quantity: 1.5 }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'not_an_integer',
    ],
    [
      'a number as text',
      () => orderWithItem({ quantity: '1' }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'not_an_integer',
    ],
    [
      'a number that overflows to infinity',
      () => `{"customer":{"name":"A","email":"a@b.co"},"items":[{"product_id":1e999,"quantity":1}]}`,
      422,
      'validation_failed',
      '/items/0/product_id',
    ],
    [
      'an unknown product',
      () => orderWithItem({ product_id: 999_999 }),
      422,
      'validation_failed',
      '/items/0/product_id',
      'unknown_product',
    ],
    [
      'an unknown language',
      () => order({ locale: 'fr' }),
      422,
      'validation_failed',
      '/locale',
      'not_allowed',
    ],
    ['a language that is null', () => order({ locale: null }), 422, 'validation_failed', '/locale'],
    ...['constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'].flatMap(
      (name): [string, () => unknown, number, string, string, string][] => [
        [
          `a field ${name}`,
          () => JSON.stringify(order({})).replace('{', `{"${name}":{"prototype":{}},`),
          422,
          'validation_failed',
          `/${name}`,
          'unknown_field',
        ],
        [
          `a field ${name} in an item`,
          () => JSON.stringify(order({})).replace('[{', `[{"${name}":1,`),
          422,
          'validation_failed',
          `/items/0/${name}`,
          'unknown_field',
        ],
      ],
    ),
    ...['a\u0001b@example.com', '"a\u0001b"@example.com', '"a b"@example.com', 'a\u202eb@example.com'].map(
      (email): [string, () => unknown, number, string, string] => [
        `the address ${JSON.stringify(email)}`,
        () => order({ customer: { name: 'Ana', email } }),
        422,
        'validation_failed',
        '/customer/email',
      ],
    ),
    [
      'a name that reverses the direction of text',
      () => order({ customer: { ...customer, name: 'Ana \u202e moc.elpmaxe' } }),
      422,
      'validation_failed',
      '/customer/name',
      'bad_format',
    ],
    ['a body above 100 kB', () => order({ note: 'x'.repeat(101 * 1024) }), 413, 'body_too_large'],
  ])('refuses POST /v1/orders with %s', async (...row) => {
    // Rest parameter, because a row may be shorter: Jest passes `done` for a declared parameter that has no value.
    const [, body, status, code, pointer, errorCode] = row;
    const before = await system.sql('SELECT count(*) FROM orders');
    const response = await system.request<Problem>('POST', '/v1/orders', body());
    expect({ status: response.status, code: response.body.code }).toEqual({ status, code });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    if (pointer !== undefined) expect(response.body.errors.map((error) => error.pointer)).toContain(pointer);
    if (errorCode !== undefined) expect(response.body.errors.map((error) => error.code)).toContain(errorCode);
    expect(await system.sql('SELECT count(*) FROM orders')).toEqual(before);
  });

  it.each<[string, string, number, string]>([
    ['/v1/orders/0', 'an id of 0', 400, 'invalid_id'],
    ['/v1/orders/-1', 'a negative id', 400, 'invalid_id'],
    ['/v1/orders/1e3', 'an id in exponent notation', 400, 'invalid_id'],
    ['/v1/orders/9999999999999999', 'an id above the largest safe integer', 400, 'invalid_id'],
    ['/v1/orders/9007199254740991', 'an unknown order', 404, 'order_not_found'],
    ['/v1/orders/%00', 'NUL', 400, 'invalid_id'],
    ['/v1/orders/%', 'an invalid percent escape', 400, 'malformed_request'],
    ['/v1/products/999999', 'an unknown product id', 404, 'product_not_found'],
    ['/v1/products/999999/stock', 'the stock of an unknown product', 404, 'product_not_found'],
    ['/v1/products/999999/movements', 'the movements of an unknown product', 404, 'product_not_found'],
    ['/v1/nothing', 'an unknown path', 404, 'not_found'],
    ['/v1/orders?limit=0', 'a page size of 0', 422, 'validation_failed'],
    ['/v1/orders?limit=101', 'a page size above the maximum', 422, 'validation_failed'],
    ['/v1/orders?limit=x', 'a page size that is not a number', 422, 'validation_failed'],
    ['/v1/orders?limit=1&limit=2', 'two limits', 422, 'validation_failed'],
    ['/v1/orders?cursor=nonsense', 'a bad cursor', 400, 'invalid_cursor'],
    ['/v1/orders?cursor=', 'an empty cursor', 400, 'invalid_cursor'],
    ['/v1/products?cursor=MA', 'a cursor of 0', 400, 'invalid_cursor'],
    ['/v1/orders?status=lost', 'an unknown status', 422, 'validation_failed'],
    ['/v1/orders?email=a%00@b.co', 'an address with NUL', 422, 'validation_failed'],
    ['/v1/orders?created_from=yesterday', 'a date that is not ISO 8601', 422, 'validation_failed'],
    ['/v1/orders?sku=a%00', 'an SKU with NUL', 422, 'validation_failed'],
    ['/v1/orders?currency=reais', 'a currency that is no code', 422, 'validation_failed'],
    ['/v1/orders?amount_from=1.5', 'an amount that is no integer', 422, 'validation_failed'],
    ['/v1/orders?amount_to=-1', 'a negative amount', 422, 'validation_failed'],
    ['/v1/orders?amount_to=9007199254740993', 'an amount above the maximum', 422, 'validation_failed'],
    ['/v1/orders?payment=paid', 'an unknown payment', 422, 'validation_failed'],
    ['/v1/orders?colour=red', 'an unknown filter', 422, 'validation_failed'],
    ['/v1/orders?constructor=1', 'a filter named constructor', 422, 'validation_failed'],
    ['/v1/orders?hasOwnProperty=1', 'a filter named hasOwnProperty', 422, 'validation_failed'],
    ['/v1/products?__proto__=1', 'a filter named __proto__', 422, 'validation_failed'],
    ['/v1/notifications?order_id=x', 'an order id that is not a number', 422, 'validation_failed'],
  ])('refuses GET %s (%s) with %i %s', async (path, _description, status, code) => {
    const response = await system.request<Problem>('GET', path);
    expect({ status: response.status, code: response.body.code }).toEqual({ status, code });
  });

  it.each([
    '2026-W10',
    '20260101',
    '2026-01-01',
    '2026-01-01T10',
    '2026-01-01T10:00Z',
    '2026-01-01T10:00:00',
    '2026-01-01 10:00:00Z',
    '2026-02-30T10:00:00Z',
    '2025-02-29T10:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T10:00:60Z',
    '+012026-01-01T10:00:00Z',
    '275760-09-13T00:00:00Z',
  ])('refuses the date %s, which is not of RFC 3339, and names the parameter', async (date) => {
    for (const parameter of ['created_from', 'created_to']) {
      const path = `/v1/orders?${parameter}=${encodeURIComponent(date)}`;
      const { status, body } = await system.request<Problem>('GET', path);
      expect({ status, errors: body.errors }).toEqual({
        status: 422,
        errors: [
          expect.objectContaining({
            parameter,
            code: 'not_a_date',
          }),
        ],
      });
    }
  });

  it.each([
    '2026-01-01T10:00:00Z',
    '2024-02-29t23:59:59.123456789z',
    '2026-01-01T00:00:00+23:59',
    '0000-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-23:59',
  ])('accepts the date %s', async (date) => {
    const path = `/v1/orders?created_from=${encodeURIComponent(date)}&created_to=${encodeURIComponent(date)}`;
    expect(await system.request('GET', path)).toMatchObject({ status: 200, body: { data: [] } });
  });

  const nested = (open: string, close: string) => open.repeat(3_000) + '1' + close.repeat(3_000);
  const members = (name: (index: number) => string, count: number) =>
    `{${Array.from({ length: count }, (_, index) => `"${name(index)}":1`).join(',')}}`;
  it.each([
    ['objects nested 3,000 deep', nested('{"a":', '}')],
    ['lists nested 3,000 deep', nested('[', ']')],
    ['items nested 3,000 deep', `{"items":${nested('[', ']')}}`],
    ['a list of 40,000 numbers', `{"items":[${Array(40_000).fill(1).join(',')}]}`],
    ['6,000 fields', members((index) => `f${index}`, 6_000)],
    ['a field name of 50,000 characters', members(() => 'x'.repeat(50_000), 1)],
  ])('refuses a body with %s for every operation', async (_name, body) => {
    const operations = [
      ['POST', '/v1/orders'],
      ['POST', '/v1/products'],
      ['PATCH', `/v1/products/${product_id}`],
      ['POST', `/v1/products/${product_id}/stock/receipts`],
      ['POST', `/v1/products/${product_id}/stock/adjustments`],
      ['POST', '/v1/orders/999999/cancel'],
      ['POST', '/v1/notifications/999999/resend'],
      ['POST', '/v1/dead-letters/replay'],
      ['POST', '/v1/dead-letters/discard'],
      ['POST', '/v1/dead-letters/999999/replay'],
      ['POST', '/v1/dead-letters/999999/discard'],
    ] as const;
    for (const [method, path] of operations) {
      const { status, body: problem } = await system.request<Problem>(method, path, body);
      expect({ path, status, code: problem.code }).toEqual({ path, status: 400, code: 'malformed_request' });
    }
  });

  it('lists at most 100 errors', async () => {
    const body = members((index) => `f${index}`, 4_000);
    const { status, body: problem } = await system.request<Problem>('POST', '/v1/orders', body);
    expect([status, problem.errors.length]).toEqual([422, 100]);
  });

  it('refuses a body whose content type is not JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    const { status, body } = await system.request<Problem>('POST', '/v1/orders', 'x', headers);
    expect([status, body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it('refuses a duplicate sku and a change to null, and accepts an empty change', async () => {
    const product = { sku: 'TWICE', name: 'x', price: 1, currency: 'BRL' };
    const { body } = await system.request<{ id: number }>('POST', '/v1/products', product);
    const duplicate = await system.request<Problem>('POST', '/v1/products', product);
    expect([duplicate.status, duplicate.body.code]).toEqual([409, 'sku_taken']);
    const other = await system.createProduct(0);
    const change = await system.request<Problem>('PATCH', `/v1/products/${other}`, { sku: 'TWICE' });
    expect([change.status, change.body.code]).toEqual([409, 'sku_taken']);
    expect((await system.request('PATCH', `/v1/products/${body.id}`, { name: null })).status).toBe(422);
    const emptyChange = await system.request('PATCH', `/v1/products/${body.id}`, {});
    expect(emptyChange.status).toBe(200);
    const changed = await system.request('PATCH', `/v1/products/${body.id}`, { reorder_point: 7 });
    expect(changed.body).toMatchObject({ ...product, reorder_point: 7, active: true });
  });

  it.each([
    [{ price: 1.5 }, '/price'],
    [{ price: -1 }, '/price'],
    [{ currency: 'XXY' }, '/currency'],
    [{ currency: 'brl' }, '/currency'],
    [{ sku: 'a b' }, '/sku'],
    [{ active: 'yes' }, '/active'],
    [{ reorder_point: null }, '/reorder_point'],
  ])('refuses a product with %j', async (fields, pointer) => {
    const product = { sku: 'NEW', name: 'x', price: 1, currency: 'BRL', ...fields };
    const { status, body } = await system.request<Problem>('POST', '/v1/products', product);
    expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
  });

  it('refuses an adjustment below reserved stock, an adjustment of 0 and a negative receipt', async () => {
    const id = await system.createProduct(5);
    await system.sql('UPDATE stock SET reserved = 3 WHERE product_id = $1', [id]);
    const adjust = (body: object) =>
      system.request<Problem & { on_hand: number }>('POST', `/v1/products/${id}/stock/adjustments`, body);
    const refused = await adjust({ quantity: -3, reason: 'broken' });
    expect([refused.status, refused.body.code]).toEqual([409, 'stock_below_reserved']);
    expect((await adjust({ quantity: 0, reason: 'nothing' })).status).toBe(422);
    expect((await adjust({ quantity: -1 })).status).toBe(422);
    expect((await adjust({ quantity: -2, reason: 'broken' })).body).toEqual({
      product_id: id,
      on_hand: 3,
      reserved: 3,
      available: 0,
      movement: expect.objectContaining({ quantity: -2, balance_after: 3, reason: 'broken' }) as object,
    });
    expect(
      (await system.request('POST', `/v1/products/${id}/stock/receipts`, { quantity: -1, reason: 'x' }))
        .status,
    ).toBe(422);
    await system.sql('UPDATE stock SET reserved = 0 WHERE product_id = $1', [id]);
    await system.expectLedgerReconciles();
  });

  it('refuses an order with products in two currencies', async () => {
    const other = await system.createProduct(1, { currency: 'USD' });
    const items = [product_id, other].map((id) => ({ product_id: id, quantity: 1 }));
    const { status, body } = await system.request<Problem>('POST', '/v1/orders', order({ items }));
    expect([status, body.errors[0]?.code]).toEqual([422, 'mixed_currencies']);
  });
});

describe('GET /v1/orders', () => {
  it('returns orders page by page, newest first, with filters', async () => {
    const email = 'Pages@Example.com';
    const placed = [];
    for (let i = 0; i < 5; i++)
      placed.push(
        (await system.placeOrder([{ product_id, quantity: 1 }], { customer: { name: 'P', email } })).id,
      );
    const listed: number[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const query = { limit: 2, status: 'pending' as const, email: 'pages@example.com', cursor };
      const page: OrderPageDto = await dataOf(system.api.GET('/v1/orders', { params: { query } }));
      listed.push(...page.data.map(({ id }) => id));
      expect(page.has_more).toBe(page.next_cursor !== null);
      cursor = page.next_cursor;
    }
    expect(listed).toEqual(placed.toReversed());
    const query = { created_from: '2999-01-01T00:00:00Z' };
    expect(await dataOf(system.api.GET('/v1/orders', { params: { query } }))).toMatchObject({ data: [] });
  });
});

describe('Stock movements', () => {
  it('cannot be changed or deleted, because of a database trigger', async () => {
    await expect(system.sql('UPDATE movements SET quantity = 1')).rejects.toThrow('append-only');
    await expect(system.sql('DELETE FROM movements')).rejects.toThrow('append-only');
    await expect(system.sql('TRUNCATE movements CASCADE')).rejects.toThrow('append-only');
  });
});
