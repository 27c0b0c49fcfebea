import { randomUUID } from 'node:crypto';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { dataOf } from '../support/test-client.js';
import { until } from '../support/until.js';

describe('Order that is fulfilled', () => {
  let system: System;
  beforeAll(async () => void (system = await System.start()));
  afterAll(() => system.stop());

  const newCustomer = () => ({ name: 'Ana Souza', email: `ana-${randomUUID()}@example.com` });
  const pathOf = (id: number) => ({ params: { path: { id } } });
  /** @returns a processed order of two products: 2 units of the first, 1 of the second */
  async function processedOrder(fields: Parameters<System['placeOrder']>[1] = {}) {
    const products = [await system.createProduct(5), await system.createProduct(5)] as const;
    const items = products.map((product_id, index) => ({ product_id, quantity: 2 - index }));
    const { id } = await system.placeOrder(items, fields);
    await system.waitForOrderStatus(id, 'processed');
    return { id, products };
  }
  const mailsTo = (email: string, count: number) =>
    until(`${count} mails`, async () => {
      const mails = await fetchMailsTo(email);
      return mails.length >= count && mails;
    });
  const ship = (id: number, body?: object, headers = {}) =>
    system.api.POST('/v1/orders/{id}/shipments', { ...pathOf(id), body, headers });

  it('is shipped in two parts, and the customer gets a mail with the tracking number for each of them', async () => {
    const customer = newCustomer();
    const { id, products } = await processedOrder({ customer });
    await mailsTo(customer.email, 1);
    const read = await system.api.GET('/v1/orders/{id}', pathOf(id));
    const etag = read.response.headers.get('etag')!;
    const lines = [{ product_id: products[0], quantity: 1 }];
    const first = await ship(
      id,
      { lines, carrier: 'Correios', tracking_number: 'QB123456785BR' },
      { 'If-Match': etag },
    );
    expect(first.response.status).toBe(201);
    expect(first.data).toMatchObject({
      status: 'partially_shipped',
      lines: [{ shipped: 1 }, { shipped: 0 }],
      shipments: [{ lines, carrier: 'Correios', tracking_number: 'QB123456785BR' }],
    });
    const stale = await ship(id, {}, { 'If-Match': etag });
    expect(stale.error).toMatchObject({ status: 412, code: 'version_stale' });
    const second = await ship(id, undefined, { 'If-Match': first.response.headers.get('etag')! });
    expect(second.data).toMatchObject({ status: 'shipped', lines: [{ shipped: 2 }, { shipped: 1 }] });
    expect(second.response.headers.get('etag')).toBe(`"${second.data!.version}"`);

    const mails = await mailsTo(customer.email, 3);
    const shipped = mails.filter(({ subject }) => subject === `Your order ${id} is on its way`);
    expect(shipped).toHaveLength(2);
    const tracked = shipped.find(({ text }) => text.includes('QB123456785BR'))!;
    expect(tracked.text).toMatch(
      /Carrier: Correios[^]*follows in another shipment|follows in another shipment[^]*Carrier: Correios/,
    );
    await until('the order to be closed', async () => {
      const [row] = await system.sql<{ closed: boolean }>(
        'SELECT closed_at IS NOT NULL AS closed FROM orders WHERE id = $1',
        [id],
      );
      return row!.closed;
    });
    await system.expectLedgerReconciles();
  });

  it('cannot be shipped with bad input, more than ordered, twice, or before it is processed', async () => {
    const { id, products } = await processedOrder();
    const [product_id] = products;
    const bad: [body: object, pointer: string, code: string][] = [
      [{ lines: [] }, '/lines', 'too_few'],
      [{ lines: null }, '/lines', 'not_a_list'],
      [{ lines: [{ product_id, quantity: 0 }] }, '/lines/0/quantity', 'too_small'],
      [{ lines: [{ product_id, quantity: 1.5 }] }, '/lines/0/quantity', 'not_an_integer'],
      [{ lines: [{ product_id }] }, '/lines/0/quantity', 'not_an_integer'],
      [{ lines: [{ product_id, quantity: 1, order_id: 1 }] }, '/lines/0/order_id', 'unknown_field'],
      [{ lines: [{ product_id: 999_999, quantity: 1 }] }, '/lines/0/product_id', 'not_in_order'],
      [{ tracking_number: 'a\r\nBcc: x@example.com' }, '/tracking_number', 'bad_format'],
      [{ carrier: 'x'.repeat(101) }, '/carrier', 'too_long'],
      [{ weight: 3 }, '/weight', 'unknown_field'],
    ];
    for (const [body, pointer, code] of bad) {
      const { error } = await ship(id, body);
      expect([body, error]).toMatchObject([body, { status: 422, errors: [{ pointer, code }] }]);
    }
    const tooMuch = await ship(id, {
      lines: [
        { product_id, quantity: 1 },
        { product_id, quantity: 2 },
      ],
    });
    expect(tooMuch.error).toMatchObject({
      status: 409,
      code: 'shipment_too_large',
      errors: [{ pointer: '/lines/0/quantity', code: 'shipment_too_large' }],
    });
    expect((await system.readOrder(id)).shipments).toEqual([]);

    const headers = { 'Idempotency-Key': randomUUID() };
    const whole = await ship(id, {}, headers);
    const again = await ship(id, {}, headers);
    expect(again.data).toEqual(whole.data);
    expect(again.response.headers.get('idempotent-replayed')).toBe('true');
    expect((await ship(id)).error).toMatchObject({
      status: 409,
      code: 'order_not_shippable',
      detail: expect.stringContaining(`Order ${id} is shipped`) as string,
    });
    expect((await ship(999_999)).error).toMatchObject({ status: 404, code: 'order_not_found' });
    const rejected = await system.placeOrder([{ product_id, quantity: 100 }]);
    await system.waitForOrderStatus(rejected.id, 'rejected');
    expect((await ship(rejected.id)).error).toMatchObject({ status: 409, code: 'order_not_shippable' });
  });

  it('has its shipments in the list of orders', async () => {
    const customer = newCustomer();
    const { id } = await processedOrder({ customer });
    await dataOf(ship(id, { tracking_number: 'T1' }));
    const query = { email: customer.email };
    const { data } = await dataOf(system.api.GET('/v1/orders', { params: { query } }));
    expect(data).toMatchObject([{ id, status: 'shipped', shipments: [{ tracking_number: 'T1' }] }]);
  });

  it('is completed on request, or by itself some time after its last shipment', async () => {
    const first = await processedOrder();
    const complete = (id: number) => system.api.POST('/v1/orders/{id}/complete', pathOf(id));
    expect((await complete(first.id)).error).toMatchObject({ status: 409, code: 'order_not_completable' });
    await dataOf(ship(first.id));
    const completed = await dataOf(complete(first.id));
    expect(completed.status).toBe('completed');
    // Later, the timeline also has the mails that were sent meanwhile.
    expect(await dataOf(complete(first.id))).toMatchObject({
      status: 'completed',
      version: completed.version,
    });

    const second = await processedOrder();
    await dataOf(ship(second.id));
    await system.sql(`UPDATE shipments SET created_at = now() - interval '15 days' WHERE order_id = $1`, [
      second.id,
    ]);
    await system.waitForOrderStatus(second.id, 'completed');
    await until('the event to be handled', () =>
      system
        .process('notify-worker')
        .handledEvents('order.completed')
        .some(({ order_id }) => order_id === second.id),
    );
  });

  it('is returned in part and then as a whole, and the customer gets a mail for each return', async () => {
    const customer = newCustomer();
    const { id, products } = await processedOrder({ customer, locale: 'pt-BR' });
    const giveBack = (body: object, headers = {}) =>
      system.api.POST('/v1/orders/{id}/returns', { ...pathOf(id), body: body as never, headers });
    const lines = [{ product_id: products[0], quantity: 1 }];
    const valid = { lines, reason: 'too small', restock: true };
    expect((await giveBack(valid)).error).toMatchObject({ status: 409, code: 'order_not_returnable' });
    await dataOf(ship(id));

    const bad: [body: object, pointer: string, code: string][] = [
      [{ ...valid, lines: undefined }, '/lines', 'not_a_list'],
      [{ ...valid, lines: [] }, '/lines', 'too_few'],
      [{ ...valid, reason: 7 }, '/reason', expect.any(String) as string],
      [{ ...valid, reason: 'two\nlines' }, '/reason', 'bad_format'],
      [{ ...valid, restock: 'yes' }, '/restock', 'not_a_boolean'],
      [{ ...valid, restock: undefined }, '/restock', 'not_a_boolean'],
      [{ ...valid, lines: [{ product_id: 999_999, quantity: 1 }] }, '/lines/0/product_id', 'not_in_order'],
    ];
    for (const [body, pointer, code] of bad) {
      const { error } = await giveBack(body);
      expect([body, error]).toMatchObject([body, { status: 422, errors: [{ pointer, code }] }]);
    }
    const tooMuch = await giveBack({ ...valid, lines: [{ product_id: products[0], quantity: 3 }] });
    expect(tooMuch.error).toMatchObject({
      status: 409,
      code: 'return_too_large',
      errors: [{ pointer: '/lines/0/quantity', code: 'return_too_large' }],
    });

    const first = await giveBack(valid);
    expect(first.response.status).toBe(201);
    expect(first.data).toMatchObject({
      status: 'partially_returned',
      returns: [{ reason: 'too small', restocked: true, lines }],
    });
    expect(await system.readStock(products[0])).toMatchObject({ on_hand: 4, reserved: 0 });
    const { data: movements } = await dataOf(
      system.api.GET('/v1/products/{id}/movements', { params: { path: { id: products[0] } } }),
    );
    expect(movements[0]).toMatchObject({ kind: 'return', quantity: 1, balance_after: 4, order_id: id });
    const last = await giveBack(
      {
        lines: products.map((product_id) => ({ product_id, quantity: 1 })),
        reason: 'broken',
        restock: false,
      },
      { 'If-Match': first.response.headers.get('etag')! },
    );
    expect(last.data).toMatchObject({ status: 'returned', lines: [{ returned: 2 }, { returned: 1 }] });
    const mails = await mailsTo(customer.email, 4);
    const returned = mails.filter(({ subject }) => subject === `Recebemos a devolução do seu pedido ${id}`);
    expect(returned).toHaveLength(2);
    await system.expectLedgerReconciles();
    const { data: recorded } = await dataOf(
      system.api.GET('/v1/notifications', { params: { query: { order_id: id } } }),
    );
    const rendered = await Promise.all(
      recorded.map((notification) =>
        dataOf(system.api.GET('/v1/notifications/{id}/mail', { params: { path: { id: notification.id } } })),
      ),
    );
    expect(rendered.map(({ subject }) => subject).toSorted()).toEqual(
      mails.map(({ subject }) => subject).toSorted(),
    );
  });

  it('causes no mail of a kind that its customer has opted out of', async () => {
    const customer = newCustomer();
    const settings = { params: { path: { email: customer.email } } };
    const path = '/v1/customers/{email}/mail-settings';
    const { error } = await system.api.PATCH(path, {
      ...settings,
      body: { opted_out: ['order_processed' as never] },
    });
    expect(error).toMatchObject({ status: 422, errors: [{ code: 'not_allowed' }] });
    await dataOf(system.api.PATCH(path, { ...settings, body: { opted_out: ['order_shipped'] } }));
    expect(await dataOf(system.api.GET(path, settings))).toEqual({
      opted_out: ['order_shipped'],
      suppressed_at: null,
      suppression: null,
    });
    const { id } = await processedOrder({ customer });
    await dataOf(ship(id));
    await until('the event to be handled', () =>
      system
        .process('notify-worker')
        .handledEvents('order.shipped')
        .some(({ order_id, outcome }) => order_id === id && outcome === 'opted_out'),
    );
    const mails = await mailsTo(customer.email, 1);
    expect(mails.map(({ subject }) => subject)).toEqual([`Your order ${id} is confirmed`]);
  });

  it('has mails that can be previewed in each language', async () => {
    const query = { kind: 'order_shipped' as const, locale: 'pt-BR' as const };
    const preview = await dataOf(system.api.GET('/v1/notifications/preview', { params: { query } }));
    expect(preview.subject).toBe('Seu pedido 123 está a caminho');
    expect(preview.html).toContain('QB123456785BR');
    expect(preview.text).toContain('QB123456785BR');
    const bad = { kind: 'order_lost' as never, locale: 'fr' as never };
    const { error } = await system.api.GET('/v1/notifications/preview', { params: { query: bad } });
    expect(error).toMatchObject({ status: 422, errors: [{ parameter: 'kind' }, { parameter: 'locale' }] });
  });
});
