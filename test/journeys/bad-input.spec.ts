import type { Problem } from '@estoque/platform';
import { System } from '../support/system.js';

describe('The API, given bad input', () => {
  let system: System;
  let product_id: number;
  beforeAll(async () => {
    system = await System.start({ apps: ['api'] });
    product_id = await system.product(10);
  });
  afterAll(() => system.stop());

  const customer = { name: 'Ana', email: 'ana@example.com' };
  const order = (more: object) => ({ customer, items: [{ product_id, quantity: 1 }], ...more });
  const item = (more: object) => order({ items: [{ product_id, quantity: 1, ...more }] });

  it.each<[string, () => unknown, number, string, string?, string?]>([
    ['malformed JSON', () => '{"customer": ', 400, 'malformed_request'],
    ['an empty body', () => '', 400, 'malformed_request'],
    ['null', () => 'null', 422, 'validation_failed', '', 'not_an_object'],
    ['a list', () => [], 422, 'validation_failed', '', 'not_an_object'],
    ['a bare number', () => '7', 422, 'validation_failed', '', 'not_an_object'],
    ['the prototype', () => '{"__proto__": {"x": 1}}', 400, 'malformed_request'],
    ['an empty object', () => ({}), 422, 'validation_failed', '/customer'],
    ['an unknown field', () => order({ coupon: 'X' }), 422, 'validation_failed', '/coupon', 'unknown_field'],
    [
      'an unknown field deep inside',
      () => item({ price: 1 }),
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
      'a name with half a character',
      () => order({ customer: { ...customer, name: 'A\ud800' } }),
      422,
      'validation_failed',
      '/customer/name',
    ],
    [
      'a name that breaks the line',
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
      'over 100 lines',
      () => order({ items: Array(101).fill({ product_id, quantity: 1 }) }),
      422,
      'validation_failed',
      '/items',
      'too_many',
    ],
    ['quantity 0', () => item({ quantity: 0 }), 422, 'validation_failed', '/items/0/quantity', 'too_small'],
    [
      'a negative quantity',
      () => item({ quantity: -1 }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'too_small',
    ],
    [
      'a quantity above 1,000,000',
      () => item({ quantity: 1_000_001 }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'too_large',
    ],
    [
      'lines of one product above 1,000,000 together',
      () => order({ items: Array(2).fill({ product_id, quantity: 600_000 }) }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'too_large',
    ],
    [
      'a fraction',
      () => item({ quantity: 1.5 }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'not_an_integer',
    ],
    [
      'a number as text',
      () => item({ quantity: '1' }),
      422,
      'validation_failed',
      '/items/0/quantity',
      'not_an_integer',
    ],
    [
      'a number beyond all numbers',
      () => `{"customer":{"name":"A","email":"a@b.co"},"items":[{"product_id":1e999,"quantity":1}]}`,
      422,
      'validation_failed',
      '/items/0/product_id',
    ],
    [
      'an unknown product',
      () => item({ product_id: 999_999 }),
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
    ['a body above 100 kB', () => order({ note: 'x'.repeat(101 * 1024) }), 413, 'body_too_large'],
  ])('POST /v1/orders refuses %s', async (...row) => {
    // By rest: Jest takes a parameter that a short row leaves over for its `done`.
    const [, body, status, code, pointer, fault] = row;
    const before = await system.sql('SELECT count(*) FROM orders');
    const answer = await system.call<Problem>('POST', '/v1/orders', body());
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    if (pointer !== undefined) expect(answer.body.errors.map((each) => each.pointer)).toContain(pointer);
    if (fault !== undefined) expect(answer.body.errors.map((each) => each.code)).toContain(fault);
    expect(await system.sql('SELECT count(*) FROM orders')).toEqual(before);
  });

  it.each<[string, string, number, string]>([
    ['/v1/orders/0', 'an id of 0', 400, 'invalid_id'],
    ['/v1/orders/-1', 'a negative id', 400, 'invalid_id'],
    ['/v1/orders/1e3', 'an id in disguise', 400, 'invalid_id'],
    ['/v1/orders/9999999999999999', 'an id beyond counting', 400, 'invalid_id'],
    ['/v1/orders/9007199254740991', 'an order that is not there', 404, 'order_not_found'],
    ['/v1/orders/%00', 'NUL', 400, 'invalid_id'],
    ['/v1/orders/%', 'a broken escape', 400, 'malformed_request'],
    ['/v1/products/999999', 'a product that is not there', 404, 'product_not_found'],
    ['/v1/products/999999/stock', 'its stock', 404, 'product_not_found'],
    ['/v1/products/999999/movements', 'its books', 404, 'product_not_found'],
    ['/v1/nothing', 'a page that is not there', 404, 'not_found'],
    ['/v1/orders?limit=0', 'a page of nothing', 422, 'validation_failed'],
    ['/v1/orders?limit=101', 'too large a page', 422, 'validation_failed'],
    ['/v1/orders?limit=x', 'a page of x', 422, 'validation_failed'],
    ['/v1/orders?limit=1&limit=2', 'two limits', 422, 'validation_failed'],
    ['/v1/orders?cursor=nonsense', 'a bad cursor', 400, 'invalid_cursor'],
    ['/v1/orders?cursor=', 'an empty cursor', 400, 'invalid_cursor'],
    ['/v1/products?cursor=MA', 'a cursor of 0', 400, 'invalid_cursor'],
    ['/v1/orders?status=lost', 'an unknown state', 422, 'validation_failed'],
    ['/v1/orders?email=a%00@b.co', 'an address with NUL', 422, 'validation_failed'],
    ['/v1/orders?created_from=yesterday', 'a date in words', 422, 'validation_failed'],
    ['/v1/orders?colour=red', 'an unknown filter', 422, 'validation_failed'],
    ['/v1/notifications?order_id=x', 'an order of x', 422, 'validation_failed'],
  ])('GET %s (%s) is refused with %i %s', async (path, _what, status, code) => {
    const { status: seen, body } = await system.call<Problem>('GET', path);
    expect({ status: seen, code: body.code }).toEqual({ status, code });
  });

  it('refuses a body that is no JSON by its type', async () => {
    const response = await fetch(`${system.process('api').url}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    });
    expect(response.status).toBe(415);
    expect(((await response.json()) as Problem).code).toBe('unsupported_media_type');
  });

  it('refuses a second product with the same sku, an empty change of it, and a change to null', async () => {
    const product = { sku: 'TWICE', name: 'x', price: 1, currency: 'BRL' };
    const { body } = await system.call<{ id: number }>('POST', '/v1/products', product);
    const again = await system.call<Problem>('POST', '/v1/products', product);
    expect([again.status, again.body.code]).toEqual([409, 'sku_taken']);
    const other = await system.product(0);
    const change = await system.call<Problem>('PATCH', `/v1/products/${other}`, { sku: 'TWICE' });
    expect([change.status, change.body.code]).toEqual([409, 'sku_taken']);
    expect((await system.call('PATCH', `/v1/products/${body.id}`, { name: null })).status).toBe(422);
    const same = await system.call('PATCH', `/v1/products/${body.id}`, {});
    expect(same.status).toBe(200);
    const renamed = await system.call('PATCH', `/v1/products/${body.id}`, { reorder_point: 7 });
    expect(renamed.body).toMatchObject({ ...product, reorder_point: 7, active: true });
  });

  it.each([
    [{ price: 1.5 }, '/price'],
    [{ price: -1 }, '/price'],
    [{ currency: 'XXY' }, '/currency'],
    [{ currency: 'brl' }, '/currency'],
    [{ sku: 'a b' }, '/sku'],
    [{ active: 'yes' }, '/active'],
    [{ reorder_point: null }, '/reorder_point'],
  ])('refuses a product with %j', async (more, pointer) => {
    const product = { sku: 'NEW', name: 'x', price: 1, currency: 'BRL', ...more };
    const { status, body } = await system.call<Problem>('POST', '/v1/products', product);
    expect([status, body.errors[0]?.pointer]).toEqual([422, pointer]);
  });

  it('never lets stock sink below what is reserved, nor books nothing', async () => {
    const id = await system.product(5);
    await system.sql('UPDATE stock SET reserved = 3 WHERE product_id = $1', [id]);
    const adjust = (body: object) =>
      system.call<Problem & { on_hand: number }>('POST', `/v1/products/${id}/stock/adjustments`, body);
    const refused = await adjust({ quantity: -3, reason: 'broken' });
    expect([refused.status, refused.body.code]).toEqual([409, 'stock_below_reserved']);
    expect((await adjust({ quantity: 0, reason: 'nothing' })).status).toBe(422);
    expect((await adjust({ quantity: -1 })).status).toBe(422);
    expect((await adjust({ quantity: -2, reason: 'broken' })).body).toEqual({
      product_id: id,
      on_hand: 3,
      reserved: 3,
      available: 0,
    });
    expect(
      (await system.call('POST', `/v1/products/${id}/stock/receipts`, { quantity: -1, reason: 'x' })).status,
    ).toBe(422);
    await system.sql('UPDATE stock SET reserved = 0 WHERE product_id = $1', [id]);
    await system.expectLedgerReconciles();
  });

  it('refuses products in two currencies in one order', async () => {
    const other = await system.product(1, { currency: 'USD' });
    const items = [product_id, other].map((id) => ({ product_id: id, quantity: 1 }));
    const { status, body } = await system.call<Problem>('POST', '/v1/orders', order({ items }));
    expect([status, body.errors[0]?.code]).toEqual([422, 'mixed_currencies']);
  });

  it('pages through orders, newest first, and filters them', async () => {
    const email = 'Pages@Example.com';
    const placed = [];
    for (let i = 0; i < 5; i++)
      placed.push((await system.order([{ product_id, quantity: 1 }], { customer: { name: 'P', email } })).id);
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/v1/orders?limit=2&status=pending&email=pages@example.com${cursor && `&cursor=${cursor}`}`;
      const { body } = await system.call<{
        data: { id: number }[];
        has_more: boolean;
        next_cursor: string | null;
      }>('GET', path);
      seen.push(...body.data.map(({ id }) => id));
      expect(body.has_more).toBe(body.next_cursor !== null);
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(placed.toReversed());
    const later = await system.call<{ data: object[] }>(
      'GET',
      '/v1/orders?created_from=2999-01-01T00:00:00Z',
    );
    expect(later.body.data).toEqual([]);
  });

  it('the database refuses to change or delete a movement', async () => {
    await expect(system.sql('UPDATE movements SET quantity = 1')).rejects.toThrow('append-only');
    await expect(system.sql('DELETE FROM movements')).rejects.toThrow('append-only');
    await expect(system.sql('TRUNCATE movements CASCADE')).rejects.toThrow('append-only');
  });
});
