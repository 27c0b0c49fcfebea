import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { WorkerName } from '../../apps/manifest.js';
import { findAmqpTools } from '../../tools/infrastructure/programs.js';
import { callTestBrokerApi } from '../support/broker.js';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { dataOf } from '../support/test-client.js';
import { until } from '../support/until.js';

const uniqueEmail = () => `ana-${randomUUID()}@example.com`;

let system: System;
beforeAll(async () => {
  system = await System.start({ environment: { STOCK_ALERT_EMAIL: 'stock@example.com' } });
  // Lower ids are those of the example in the contract of the events.
  for (const table of ['products', 'orders'])
    await system.sql(`ALTER TABLE ${table} ALTER COLUMN id RESTART WITH 1000`);
});
afterAll(() => system.stop());

describe('Order', () => {
  it('is accepted, reserved and processed, with stock movements and a mail to the customer', async () => {
    const [coffee, filter] = [await system.createProduct(50), await system.createProduct(10, { price: 990 })];
    const email = uniqueEmail();
    const { data: placed, response } = await system.api.POST('/v1/orders', {
      body: {
        customer: { name: 'Ana Souza', email },
        items: [
          { product_id: coffee, quantity: 2 },
          { product_id: filter, quantity: 1 },
          { product_id: coffee, quantity: 1 },
        ],
        locale: 'pt-BR',
      },
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/v1/orders/${placed!.id}`);
    expect(placed!.status).toBe('pending');

    const order = await system.waitForOrderStatus(placed!.id, 'processed');
    expect(order.lines).toMatchObject([
      { product_id: coffee, quantity: 3, amount: 3_750 },
      { product_id: filter, quantity: 1, amount: 990 },
    ]);
    expect(order.totals).toEqual({ quantity: 4, amount: 4_740, currency: 'BRL' });

    const stock = await system.readStock(coffee);
    expect(stock).toEqual({ product_id: coffee, on_hand: 47, reserved: 0, available: 47 });
    const movements = await dataOf(
      system.api.GET('/v1/products/{id}/movements', { params: { path: { id: coffee } } }),
    );
    expect(movements.data).toMatchObject([
      { kind: 'sale', quantity: -3, balance_after: 47, order_id: order.id },
      { kind: 'receipt', quantity: 50, balance_after: 50, order_id: null },
    ]);

    const [mail] = await until('the mail', async () =>
      (await fetchMailsTo(email)).length > 0 ? fetchMailsTo(email) : undefined,
    );
    expect(mail!.subject).toBe(`Seu pedido ${order.id} foi confirmado`);
    expect(mail!.text.replaceAll(/\s/g, ' ')).toContain('Total R$ 47,40');
    expect(mail!.html).toContain('Ana Souza');
    const notifications = await until('the notification to be sent', async () => {
      const query = { order_id: order.id };
      const { data } = await dataOf(system.api.GET('/v1/notifications', { params: { query } }));
      return data[0]?.state === 'sent' && data;
    });
    expect(notifications).toMatchObject([
      { kind: 'order_processed', recipient: email, attempts: 1, locale: 'pt-BR' },
    ]);
    const { timeline } = await until('the timeline', async () => {
      const current = await system.readOrder(order.id);
      return current.timeline.length === 4 && current;
    });
    expect(timeline.map(({ step }) => step)).toEqual(['pending', 'reserved', 'processed', 'notified']);
  });

  it('is rejected with a reason for each short line, and reserves nothing', async () => {
    const [available, short, inactive] = [
      await system.createProduct(50),
      await system.createProduct(3),
      await system.createProduct(5),
    ];
    await dataOf(
      system.api.PATCH('/v1/products/{id}', { params: { path: { id: inactive } }, body: { active: false } }),
    );
    const email = uniqueEmail();
    const { id } = await system.placeOrder(
      [
        { product_id: available, quantity: 1 },
        { product_id: short, quantity: 4 },
        { product_id: inactive, quantity: 1 },
      ],
      { customer: { name: 'Ana Souza', email }, locale: 'en' },
    );
    const order = await system.waitForOrderStatus(id, 'rejected');
    expect(order.rejection).toEqual([
      { product_id: short, reason: 'out_of_stock', requested: 4, available: 3 },
      { product_id: inactive, reason: 'product_inactive', requested: 1, available: 5 },
    ]);
    expect(await system.readStock(available)).toMatchObject({ available: 50 });
    const [mail] = await until('the mail', async () =>
      (await fetchMailsTo(email)).length > 0 ? fetchMailsTo(email) : undefined,
    );
    expect(mail!.subject).toBe(`We could not fulfil your order ${id}`);
    expect(mail!.text).toContain('4 ordered, 3 available');
  });

  it('is processed only while stock is available: of 60 concurrent orders for 20 units, 20 are processed and 40 rejected', async () => {
    const product_id = await system.createProduct(20);
    const orders = await Promise.all(
      Array.from({ length: 60 }, () => system.placeOrder([{ product_id, quantity: 1 }])),
    );
    const ids = orders.map(({ id }) => id);
    const counts = await until('all orders to be processed or rejected', async () => {
      const rows = await system.sql<{ status: string; count: number }>(
        'SELECT status, count(*)::int AS count FROM orders WHERE id = ANY($1) GROUP BY status ORDER BY status',
        [ids],
      );
      return rows.every(({ status }) => status === 'processed' || status === 'rejected') && rows;
    });
    expect(counts).toEqual([
      { status: 'processed', count: 20 },
      { status: 'rejected', count: 40 },
    ]);
    const rejections = await system.sql<{ rejection: { reason: string; available: number }[] }>(
      `SELECT rejection FROM orders WHERE id = ANY($1) AND status = 'rejected'`,
      [ids],
    );
    for (const { rejection } of rejections)
      expect(rejection).toMatchObject([{ reason: 'out_of_stock', available: 0 }]);
    await system.expectLedgerReconciles();
  });

  it('has one effect and one mail although each of its messages is delivered three more times', async () => {
    const product_id = await system.createProduct(10);
    const email = uniqueEmail();
    const { id } = await system.placeOrder([{ product_id, quantity: 2 }], {
      customer: { name: 'Ana', email },
    });
    await system.waitForOrderStatus(id, 'processed');
    await until('the mail', async () => (await fetchMailsTo(email)).length === 1);
    const items = [{ product_id, quantity: 2 }];
    for (const event of ['order.created', 'stock.reserve', 'order.processed']) {
      for (let time = 0; time < 3; time++)
        await system.externalClient.publish(event, { event, order_id: id, items });
    }
    const waitForDuplicates = (app: WorkerName, event: string) =>
      until(`${app} to handle the duplicates of ${event}`, () => {
        const handled = system.process(app).handledEvents(event);
        return (
          handled.filter(({ order_id, outcome }) => order_id === id && outcome === 'duplicate').length === 3
        );
      });
    await waitForDuplicates('order-worker', 'order.created');
    await waitForDuplicates('stock-worker', 'stock.reserve');
    await waitForDuplicates('notify-worker', 'order.processed');
    expect(await fetchMailsTo(email)).toHaveLength(1);
    const movements = await system.sql('SELECT 1 FROM movements WHERE order_id = $1', [id]);
    expect(movements).toHaveLength(1);
    await system.expectLedgerReconciles();
  });

  it('causes one low-stock alert when a product falls to its reorder point', async () => {
    const product_id = await system.createProduct(5, { reorder_point: 4 });
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'processed');
    const rows = await until('the alert', async () => {
      const alerts = await system.sql<{ state: string }>(
        `SELECT n.state FROM notifications n JOIN movements m ON m.id = n.movement_id WHERE m.product_id = $1`,
        [product_id],
      );
      return alerts[0]?.state === 'sent' && alerts;
    });
    expect(rows).toHaveLength(1);
    const second = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(second.id, 'processed');
    await until('the second stock change to be handled', () =>
      system
        .process('notify-worker')
        .handledEvents('stock.updated')
        .some(({ order_id, outcome }) => order_id === second.id && outcome === 'ignored'),
    );
  });
});

describe('Order that is fulfilled', () => {
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

/** Uses Debian's amqp-tools: a client written in C, which shares no code with the project or with Node.js. */
describe('External client in another language', () => {
  let tool: (name: string) => { file: string; env: NodeJS.ProcessEnv };
  beforeAll(async () => {
    const { bin, env } = await findAmqpTools(process.cwd());
    tool = (name) => ({ file: join(bin, name), env: { ...process.env, ...env } });
  }, 180_000);

  it('publishes the example of the event contract unchanged, and the order is processed', async () => {
    const email = `ana-${randomUUID()}@example.com`;
    await system.sql(
      'INSERT INTO products (id, sku, name, price, currency) VALUES (10, $1, $1, 100, $3), (11, $2, $2, 100, $3)',
      ['P-10', 'P-11', 'BRL'],
    );
    await system.sql('INSERT INTO stock (product_id) VALUES (10), (11)');
    for (const id of [10, 11]) await system.receiveStock(id, 5);
    // The order as the API stores it, but without its event: the external client publishes that.
    await system.sql(
      `INSERT INTO orders (id, customer_name, customer_email, locale, currency, total) VALUES (123, 'Ana', $1, 'en', 'BRL', 300)`,
      [email],
    );
    await system.sql(
      `INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
       VALUES (123, 10, 1, 'P-10', 'P-10', 2, 100), (123, 11, 2, 'P-11', 'P-11', 1, 100)`,
    );
    const example =
      '{"event": "order.created", "order_id": 123, "items": [{"product_id": 10, "quantity": 2}, {"product_id": 11, "quantity": 1}]}';
    const { file, env } = tool('amqp-publish');
    await promisify(execFile)(
      file,
      [`--url=${system.vhost.url}`, '-e', 'stock_events', '-r', 'order.created', '-b', example],
      { env },
    );
    await system.waitForOrderStatus(123, 'processed');
    await until('the mail', async () => (await fetchMailsTo(email)).length === 1);
    await system.expectLedgerReconciles();
  });

  it('consumes the four events of a processed order as flat JSON', async () => {
    const { file, env } = tool('amqp-consume');
    const reader = spawn(
      file,
      [`--url=${system.vhost.url}`, '-e', 'stock_events', '-r', '#', '--', 'sh', '-c', 'cat; echo'],
      { env },
    );
    const messages: Record<string, unknown>[] = [];
    createInterface({ input: reader.stdout }).on('line', (line) =>
      messages.push(JSON.parse(line) as Record<string, unknown>),
    );
    try {
      const vhost = encodeURIComponent(new URL(system.vhost.url).pathname.slice(1));
      await until('the reader to be bound', async () => {
        const bindings = await callTestBrokerApi<{ routing_key: string }[]>(
          'GET',
          `/api/exchanges/${vhost}/stock_events/bindings/source`,
        );
        return bindings.some(({ routing_key }) => routing_key === '#');
      });
      const product_id = await system.createProduct(5);
      const { id } = await system.placeOrder([{ product_id, quantity: 2 }]);
      const events = ['order.created', 'stock.reserve', 'stock.updated', 'order.processed'];
      const received = await until('all four events', () => {
        const ofOrder = messages.filter(({ order_id }) => order_id === id);
        return ofOrder.length === 4 && ofOrder;
      });
      expect(received.map(({ event }) => event)).toEqual(events);
      const items = [{ product_id, quantity: 2 }];
      const envelope = {
        event_id: expect.any(String) as string,
        occurred_at: expect.any(String) as string,
        version: 1,
      };
      expect(received[0]).toEqual({ event: 'order.created', ...envelope, order_id: id, items });
      expect(received[3]).toEqual({ event: 'order.processed', ...envelope, order_id: id, items });
    } finally {
      reader.kill();
    }
  });
});
