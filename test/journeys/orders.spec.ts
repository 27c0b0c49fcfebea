import { randomUUID } from 'node:crypto';
import type { WorkerName } from '../../apps/manifest.js';
import { dataOf } from '../support/test-client.js';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const uniqueEmail = () => `ana-${randomUUID()}@example.com`;

describe('Order', () => {
  let system: System;
  beforeAll(
    async () =>
      void (system = await System.start({ environment: { STOCK_ALERT_EMAIL: 'stock@example.com' } })),
  );
  afterAll(() => system.stop());

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
