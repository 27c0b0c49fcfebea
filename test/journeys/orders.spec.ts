import { randomUUID } from 'node:crypto';
import { mailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const someone = () => `ana-${randomUUID()}@example.com`;

describe('An order', () => {
  let system: System;
  beforeAll(
    async () =>
      void (system = await System.start({ environment: { STOCK_ALERT_EMAIL: 'stock@example.com' } })),
  );
  afterAll(() => system.stop());

  it('is accepted, reserved, deducted, booked, and told to the customer', async () => {
    const [coffee, filter] = [await system.product(50), await system.product(10, { price: 990 })];
    const email = someone();
    const answer = await system.call<{ id: number; status: string }>('POST', '/v1/orders', {
      customer: { name: 'Ana Souza', email },
      items: [
        { product_id: coffee, quantity: 2 },
        { product_id: filter, quantity: 1 },
        { product_id: coffee, quantity: 1 },
      ],
      locale: 'pt-BR',
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/orders/${answer.body.id}`);
    expect(answer.body.status).toBe('pending');

    const order = await system.orderIn('processed', answer.body.id);
    expect(order.lines).toMatchObject([
      { product_id: coffee, quantity: 3, amount: 3_750 },
      { product_id: filter, quantity: 1, amount: 990 },
    ]);
    expect(order.totals).toEqual({ quantity: 4, amount: 4_740, currency: 'BRL' });

    const stock = await system.call('GET', `/v1/products/${coffee}/stock`);
    expect(stock.body).toEqual({ product_id: coffee, on_hand: 47, reserved: 0, available: 47 });
    const { body: books } = await system.call<{ data: object[] }>('GET', `/v1/products/${coffee}/movements`);
    expect(books.data).toMatchObject([
      { kind: 'sale', quantity: -3, balance_after: 47, order_id: order.id },
      { kind: 'receipt', quantity: 50, balance_after: 50, order_id: null },
    ]);

    const [mail] = await until('the mail', async () =>
      (await mailsTo(email)).length > 0 ? mailsTo(email) : undefined,
    );
    expect(mail!.subject).toBe(`Seu pedido ${order.id} foi confirmado`);
    expect(mail!.text.replaceAll(/\s/g, ' ')).toContain('Total R$ 47,40');
    expect(mail!.html).toContain('Ana Souza');
    const told = await until('the note of the mail', async () => {
      const { body } = await system.call<{ data: { state: string }[] }>(
        'GET',
        `/v1/notifications?order_id=${order.id}`,
      );
      return body.data[0]?.state === 'sent' && body.data;
    });
    expect(told).toMatchObject([{ kind: 'order_processed', recipient: email, attempts: 1, locale: 'pt-BR' }]);
    const { timeline } = await until('the timeline', async () => {
      const { body } = await system.call<{ timeline: { step: string; at: string }[] }>(
        'GET',
        `/v1/orders/${order.id}`,
      );
      return body.timeline.length === 4 && body;
    });
    expect(timeline.map(({ step }) => step)).toEqual(['pending', 'reserved', 'processed', 'notified']);
  });

  it('is rejected with the reason for each line when stock is short, and takes nothing', async () => {
    const [plenty, short, gone] = [
      await system.product(50),
      await system.product(3),
      await system.product(5),
    ];
    await system.call('PATCH', `/v1/products/${gone}`, { active: false });
    const email = someone();
    const { id } = await system.order(
      [
        { product_id: plenty, quantity: 1 },
        { product_id: short, quantity: 4 },
        { product_id: gone, quantity: 1 },
      ],
      { customer: { name: 'Ana Souza', email }, locale: 'en' },
    );
    const order = await system.orderIn('rejected', id);
    expect(order.rejection).toEqual([
      { product_id: short, reason: 'out_of_stock', requested: 4, available: 3 },
      { product_id: gone, reason: 'product_inactive', requested: 1, available: 5 },
    ]);
    const { body } = await system.call<{ available: number }>('GET', `/v1/products/${plenty}/stock`);
    expect(body.available).toBe(50);
    const [mail] = await until('the mail', async () =>
      (await mailsTo(email)).length > 0 ? mailsTo(email) : undefined,
    );
    expect(mail!.subject).toBe(`We could not fulfil your order ${id}`);
    expect(mail!.text).toContain('4 ordered, 3 available');
  });

  it('60 at once for the last 20 units: exactly 20 are processed, 40 rejected with the reason', async () => {
    const product_id = await system.product(20);
    const orders = await Promise.all(
      Array.from({ length: 60 }, () => system.order([{ product_id, quantity: 1 }])),
    );
    const ids = orders.map(({ id }) => id);
    const counts = await until('all to be final', async () => {
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

  it('whose messages are delivered three times each has one effect and one mail', async () => {
    const product_id = await system.product(10);
    const email = someone();
    const { id } = await system.order([{ product_id, quantity: 2 }], { customer: { name: 'Ana', email } });
    await system.orderIn('processed', id);
    await until('the mail', async () => (await mailsTo(email)).length === 1);
    const items = [{ product_id, quantity: 2 }];
    for (const event of ['order.created', 'stock.reserve', 'order.processed']) {
      for (let time = 0; time < 3; time++)
        await system.externalClient.publish(event, { event, order_id: id, items });
    }
    const repeated = (app: 'order-worker' | 'stock-worker' | 'notify-worker', event: string) =>
      until(`${app} to see ${event} again`, () => {
        const seen = system.process(app).handled(event);
        return (
          seen.filter(({ order_id, outcome }) => order_id === id && outcome === 'duplicate').length === 3
        );
      });
    await repeated('order-worker', 'order.created');
    await repeated('stock-worker', 'stock.reserve');
    await repeated('notify-worker', 'order.processed');
    expect(await mailsTo(email)).toHaveLength(1);
    const movements = await system.sql('SELECT 1 FROM movements WHERE order_id = $1', [id]);
    expect(movements).toHaveLength(1);
    await system.expectLedgerReconciles();
  });

  it('tells the shop once when a product sinks to its reorder point', async () => {
    const product_id = await system.product(5, { reorder_point: 4 });
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('processed', id);
    const rows = await until('the alert', async () => {
      const alerts = await system.sql<{ state: string }>(
        `SELECT n.state FROM notifications n JOIN movements m ON m.id = n.movement_id WHERE m.product_id = $1`,
        [product_id],
      );
      return alerts[0]?.state === 'sent' && alerts;
    });
    expect(rows).toHaveLength(1);
    const second = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('processed', second.id);
    await until('the second change to be seen', () =>
      system
        .process('notify-worker')
        .handled('stock.updated')
        .some(({ order_id, outcome }) => order_id === second.id && outcome === 'ignored'),
    );
  });
});
