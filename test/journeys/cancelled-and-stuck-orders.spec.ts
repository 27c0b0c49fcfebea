import { randomUUID } from 'node:crypto';
import { APP_NAMES } from '../../apps/manifest.js';
import { dataOf } from '../support/test-client.js';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

describe('Order that is cancelled or stuck', () => {
  let system: System;
  beforeAll(async () => {
    // Without stock-worker, orders stay reserved. Tests start it when they need it.
    const environment = { RESERVATION_TTL_SECONDS: '3600', REPUBLISH_AFTER_SECONDS: '1,1,1' };
    const apps = APP_NAMES.filter((app) => app !== 'stock-worker');
    system = await System.start({ apps, environment });
  });
  afterAll(() => system.stop());

  const newCustomer = () => ({ name: 'Ana Souza', email: `ana-${randomUUID()}@example.com` });
  const cancel = (id: number) => system.api.POST('/v1/orders/{id}/cancel', { params: { path: { id } } });

  it('is cancelled on request: its stock is released, the customer gets a mail, and a second request has no effect', async () => {
    const product_id = await system.createProduct(5);
    const customer = newCustomer();
    const { id } = await system.placeOrder([{ product_id, quantity: 2 }], { customer, locale: 'pt-BR' });
    await system.waitForOrderStatus(id, 'reserved');
    expect(await system.readStock(product_id)).toMatchObject({ on_hand: 5, reserved: 2 });

    for (const attempt of [1, 2]) {
      const { status, cancellation } = await dataOf(cancel(id));
      expect([attempt, status, cancellation]).toEqual([attempt, 'cancelled', 'requested']);
    }
    expect(await system.readStock(product_id)).toMatchObject({ on_hand: 5, reserved: 0, available: 5 });
    const [mail] = await until('the mail', async () => {
      const mails = await fetchMailsTo(customer.email);
      return mails.length > 0 && mails;
    });
    expect(mail!.subject).toBe(`Seu pedido ${id} foi cancelado`);
    await system.expectLedgerReconciles();
  });

  it('is cancelled when its reservation expires, and its late message has no effect', async () => {
    const product_id = await system.createProduct(5);
    const customer = newCustomer();
    const { id } = await system.placeOrder([{ product_id, quantity: 3 }], { customer });
    await system.waitForOrderStatus(id, 'reserved');
    await system.sql('UPDATE reservations SET expires_at = now() WHERE order_id = $1', [id]);
    const order = await system.waitForOrderStatus(id, 'cancelled');
    expect(order.cancellation).toBe('expired');
    expect(await system.readStock(product_id)).toMatchObject({ on_hand: 5, reserved: 0 });
    const [mail] = await until('the mail', async () => {
      const mails = await fetchMailsTo(customer.email);
      return mails.length > 0 && mails;
    });
    expect(mail!.text).toContain('We could not complete it before its reservation expired');

    await system.launch('stock-worker').waitUntilReady();
    await until('its late message to be handled', () =>
      system
        .process('stock-worker')
        .handledEvents('stock.reserve')
        .some(({ order_id, outcome }) => order_id === id && outcome === 'duplicate'),
    );
    expect(await system.readStock(product_id)).toMatchObject({ on_hand: 5, reserved: 0 });
    await system.expectLedgerReconciles();
  });

  it('is cancelled after it was processed: its stock is on hand again, with a movement', async () => {
    const product_id = await system.createProduct(5);
    const customer = newCustomer();
    const { id } = await system.placeOrder([{ product_id, quantity: 2 }], { customer });
    const { version } = await system.waitForOrderStatus(id, 'processed');
    await until('the first mail', async () => (await fetchMailsTo(customer.email)).length > 0);
    const path = { params: { path: { id } } };
    const key = randomUUID();
    const cancelIf = (tag: string) =>
      system.api.POST('/v1/orders/{id}/cancel', {
        ...path,
        headers: { 'If-Match': tag, 'Idempotency-Key': key },
      });
    for (const replayed of [null, 'true']) {
      const { error, response } = await cancelIf(`"${version - 1}"`);
      expect(error).toMatchObject({ status: 412, code: 'version_stale' });
      expect(response.headers.get('idempotent-replayed')).toBe(replayed);
    }
    expect((await cancelIf('*')).error).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    const read = await system.api.GET('/v1/orders/{id}', path);
    expect(read.response.headers.get('etag')).toBe(`"${version}"`);
    const cancelled = await system.api.POST('/v1/orders/{id}/cancel', {
      ...path,
      headers: { 'If-Match': read.response.headers.get('etag')! },
      body: { reason: 'ordered twice' },
    });
    expect(cancelled.data).toMatchObject({ status: 'cancelled', cancellation_reason: 'ordered twice' });
    expect(cancelled.response.headers.get('etag')).toBe(`"${version + 1}"`);

    expect(await system.readStock(product_id)).toMatchObject({ on_hand: 5, reserved: 0 });
    const { data } = await dataOf(
      system.api.GET('/v1/products/{id}/movements', { params: { path: { id: product_id } } }),
    );
    expect(data[0]).toMatchObject({ kind: 'cancellation', quantity: 2, balance_after: 5, order_id: id });
    const mails = await until('the second mail', async () => {
      const found = await fetchMailsTo(customer.email);
      return found.length > 1 && found;
    });
    expect(mails.map(({ subject }) => subject).toSorted()).toEqual([
      `Your order ${id} has been cancelled`,
      `Your order ${id} is confirmed`,
    ]);
    await system.expectLedgerReconciles();
  });

  it('cannot be cancelled after it was rejected, with a bad reason or tag, or if it does not exist', async () => {
    const product_id = await system.createProduct(1);
    const { id } = await system.placeOrder([{ product_id, quantity: 2 }]);
    await system.waitForOrderStatus(id, 'rejected');
    const { error: refused } = await cancel(id);
    expect(refused).toMatchObject({
      status: 409,
      code: 'order_not_cancellable',
      detail: `Order ${id} is rejected and can no longer be cancelled. The status rejected is final.`,
    });
    const { error: missing } = await cancel(999_999);
    expect(missing).toMatchObject({ status: 404, code: 'order_not_found' });
    const path = { params: { path: { id } } };
    for (const reason of ['', 'two\nlines', 'x'.repeat(501), 7, null]) {
      const body = { reason: reason as string };
      const { error } = await system.api.POST('/v1/orders/{id}/cancel', { ...path, body });
      expect(error).toMatchObject({ status: 422, errors: [{ pointer: '/reason' }] });
    }
    for (const tag of ['3', '"3', '""3"', '"3",', 'w/"3"', '*, "3"']) {
      const headers = { 'If-Match': tag };
      const { error } = await system.api.POST('/v1/orders/{id}/cancel', { ...path, headers });
      expect([tag, error]).toMatchObject([
        tag,
        { status: 400, code: 'invalid_if_match', errors: [{ parameter: 'If-Match' }] },
      ]);
    }
    for (const tag of ['W/"2"', '"x"', '"0"', '"1", "7"']) {
      const headers = { 'If-Match': tag };
      const { error } = await system.api.POST('/v1/orders/{id}/cancel', { ...path, headers });
      expect([tag, error]).toMatchObject([tag, { status: 412, code: 'version_stale' }]);
    }
  });

  it('has a version that decides whether a change of a product is made', async () => {
    const product_id = await system.createProduct(1);
    const path = { params: { path: { id: product_id } } };
    const read = await system.api.GET('/v1/products/{id}', path);
    expect(read.response.headers.get('etag')).toBe('"1"');
    const change = (body: { price: number }, tag?: string) =>
      system.api.PATCH('/v1/products/{id}', {
        ...path,
        body,
        headers: tag === undefined ? {} : { 'If-Match': tag },
      });
    const changed = await change({ price: 1 }, '"1"');
    expect([changed.data!.version, changed.response.headers.get('etag')]).toEqual([2, '"2"']);
    expect((await change({ price: 2 }, '"1"')).error).toMatchObject({ status: 412, code: 'version_stale' });
    expect((await change({ price: 3 }, '1')).error).toMatchObject({ status: 400, code: 'invalid_if_match' });
    expect((await change({ price: 4 })).data).toMatchObject({ version: 3, price: 4 });
  });

  it('is processed after its message was lost, because the watchdog republishes it', async () => {
    const product_id = await system.createProduct(1);
    await system.process('stock-worker').stop();
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'reserved');
    await system.externalClient.channel.purgeQueue('stock_queue');
    await system.launch('stock-worker').waitUntilReady();
    await system.waitForOrderStatus(id, 'processed');
    expect(
      system
        .process('order-worker')
        .logs.filter(({ msg, order_id }) => msg.startsWith('event republished') && order_id === id),
    ).not.toHaveLength(0);
  });

  it('is reported if republishing does not help: by the API, in the readiness response and in the metrics', async () => {
    await system.process('stock-worker').stop();
    const product_id = await system.createProduct(1);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    const stuck = await until(
      'the order in the list of stuck orders',
      async () => {
        const { data } = await dataOf(system.api.GET('/v1/operations/stuck-orders'));
        return data.find((order) => order.id === id);
      },
      { seconds: 30 },
    );
    expect(stuck.status).toBe('reserved');
    expect(stuck.republish_count).toBeGreaterThanOrEqual(3);
    const workerUrl = system.process('order-worker').url;
    const metric = await until('the metric', async () => {
      const text = await (await fetch(`${workerUrl}/metrics`)).text();
      return /^estoque_orders_stuck ([1-9]\d*)$/m.exec(text);
    });
    const health = (await (await fetch(`${workerUrl}/health/ready`)).json()) as { info: { orders: object } };
    expect(health.info.orders).toEqual({ status: 'up', degraded: `stuck orders: ${metric[1]}` });
    await system.launch('stock-worker').waitUntilReady();
    await system.waitForOrderStatus(id, 'processed');
    await until('no order to be stuck', async () =>
      (await (await fetch(`${workerUrl}/metrics`)).text()).includes('estoque_orders_stuck 0'),
    );
  });

  it('gets its mail a second time on request, with a new Message-ID', async () => {
    const product_id = await system.createProduct(1);
    const customer = newCustomer();
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }], { customer });
    const waitForSentNotification = () =>
      until('the notification to be sent', async () => {
        const query = { order_id: id, state: 'sent' as const };
        const { data } = await dataOf(system.api.GET('/v1/notifications', { params: { query } }));
        return data[0];
      });
    const resend = (notificationId: number) =>
      system.api.POST('/v1/notifications/{id}/resend', { params: { path: { id: notificationId } } });
    const notification = await waitForSentNotification();
    const { response } = await resend(notification.id);
    expect(response.status).toBe(202);
    const mails = await until('the second mail', async () => {
      const received = await fetchMailsTo(customer.email);
      return received.length === 2 && received;
    });
    const messageIds = mails.map(({ headers }) => headers['message-id']);
    expect(messageIds).toEqual([
      `<notification-${notification.id}@estoque.example>`,
      `<notification-${notification.id}-1@estoque.example>`,
    ]);
    const { error } = await resend(999_999);
    expect(error).toMatchObject({ status: 404, code: 'notification_not_found' });
  });
});
