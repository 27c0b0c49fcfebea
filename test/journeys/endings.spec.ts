import type { Problem } from '@estoque/platform';
import { randomUUID } from 'node:crypto';
import { mailsTo } from '../support/mailbox.js';
import { System, type OrderAnswer } from '../support/system.js';
import { until } from '../support/until.js';

interface Stock {
  on_hand: number;
  reserved: number;
  available: number;
}

describe('An order that does not come to its good end', () => {
  let system: System;
  beforeAll(async () => {
    // The stock-worker is started where it is wanted: without it, orders stay reserved.
    const environment = { RESERVATION_TTL_SECONDS: '3600', STUCK_AFTER_SECONDS: '1,1,1' };
    system = await System.start({ apps: ['api', 'order-worker', 'notify-worker'], environment });
  });
  afterAll(() => system.stop());

  const stockOf = async (id: number) => (await system.call<Stock>('GET', `/v1/products/${id}/stock`)).body;
  const someone = () => ({ name: 'Ana Souza', email: `ana-${randomUUID()}@example.com` });
  const cancel = (id: number) => system.call<OrderAnswer & Problem>('POST', `/v1/orders/${id}/cancel`);

  it('is cancelled on request: stock is given back, the customer is told, and a second time changes nothing', async () => {
    const product_id = await system.product(5);
    const customer = someone();
    const { id } = await system.order([{ product_id, quantity: 2 }], { customer, locale: 'pt-BR' });
    await system.orderIn('reserved', id);
    expect(await stockOf(product_id)).toMatchObject({ on_hand: 5, reserved: 2 });

    for (const time of [1, 2]) {
      const { status, body } = await cancel(id);
      expect([time, status, body.status, body.cancellation]).toEqual([time, 200, 'cancelled', 'requested']);
    }
    expect(await stockOf(product_id)).toMatchObject({ on_hand: 5, reserved: 0, available: 5 });
    const [mail] = await until('the mail', async () => {
      const mails = await mailsTo(customer.email);
      return mails.length > 0 && mails;
    });
    expect(mail!.subject).toBe(`Seu pedido ${id} foi cancelado`);
    await system.expectLedgerReconciles();
  });

  it('is cancelled when its reservation ends, and its late message does nothing', async () => {
    const product_id = await system.product(5);
    const customer = someone();
    const { id } = await system.order([{ product_id, quantity: 3 }], { customer });
    await system.orderIn('reserved', id);
    await system.sql('UPDATE reservations SET expires_at = now() WHERE order_id = $1', [id]);
    const order = await system.orderIn('cancelled', id);
    expect(order.cancellation).toBe('expired');
    expect(await stockOf(product_id)).toMatchObject({ on_hand: 5, reserved: 0 });
    const [mail] = await until('the mail', async () => {
      const mails = await mailsTo(customer.email);
      return mails.length > 0 && mails;
    });
    expect(mail!.text).toContain('We could not complete it before its reservation expired');

    await system.launch('stock-worker').ready();
    await until('its late message to be seen', () =>
      system
        .process('stock-worker')
        .handled('stock.reserve')
        .some(({ order_id, outcome }) => order_id === id && outcome === 'duplicate'),
    );
    expect(await stockOf(product_id)).toMatchObject({ on_hand: 5, reserved: 0 });
    await system.expectLedgerReconciles();
  });

  it('that is processed or rejected can not be cancelled, nor one that is not there', async () => {
    const product_id = await system.product(1);
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('processed', id);
    const refused = await cancel(id);
    expect([refused.status, refused.body.code]).toEqual([409, 'order_not_cancellable']);
    const missing = await cancel(999_999);
    expect([missing.status, missing.body.code]).toEqual([404, 'order_not_found']);
  });

  it('whose message is lost is nudged, and comes on', async () => {
    const product_id = await system.product(1);
    await system.process('stock-worker').stop();
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('reserved', id);
    await system.externalClient.channel.purgeQueue('stock_queue');
    await system.launch('stock-worker').ready();
    await system.orderIn('processed', id);
    expect(
      system
        .process('order-worker')
        .logs.filter(({ msg, order_id }) => msg.startsWith('event republished') && order_id === id),
    ).not.toHaveLength(0);
  });

  it('that nudging does not help is reported: on the endpoint, on the health page, in the metrics', async () => {
    await system.process('stock-worker').stop();
    const product_id = await system.product(1);
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    const stuck = await until(
      'the report',
      async () => {
        const { body } = await system.call<{
          data: { id: number; status: string; republish_count: number }[];
        }>('GET', '/v1/operations/stuck-orders');
        return body.data.find((order) => order.id === id);
      },
      { seconds: 30 },
    );
    expect(stuck.status).toBe('reserved');
    expect(stuck.republish_count).toBeGreaterThanOrEqual(3);
    const worker = system.process('order-worker').url;
    const metric = await until('the metric', async () => {
      const text = await (await fetch(`${worker}/metrics`)).text();
      return /^estoque_orders_stuck ([1-9]\d*)$/m.exec(text);
    });
    const health = (await (await fetch(`${worker}/health/ready`)).json()) as { info: { orders: object } };
    expect(health.info.orders).toEqual({ status: 'up', degraded: `${metric[1]} are stuck` });
    await system.launch('stock-worker').ready();
    await system.orderIn('processed', id);
    await until('no order to be stuck', async () =>
      (await (await fetch(`${worker}/metrics`)).text()).includes('estoque_orders_stuck 0'),
    );
  });

  it('has its mail sent once more on request, with a Message-ID of its own', async () => {
    const product_id = await system.product(1);
    const customer = someone();
    const { id } = await system.order([{ product_id, quantity: 1 }], { customer });
    const sent = () =>
      until('the mail to be noted', async () => {
        const { body } = await system.call<{ data: { id: number; state: string }[] }>(
          'GET',
          `/v1/notifications?order_id=${id}&state=sent`,
        );
        return body.data[0];
      });
    const notification = await sent();
    const again = await system.call('POST', `/v1/notifications/${notification.id}/resend`);
    expect(again.status).toBe(202);
    const mails = await until('the second mail', async () => {
      const found = await mailsTo(customer.email);
      return found.length === 2 && found;
    });
    const names = mails.map(({ headers }) => headers['message-id']);
    expect(names).toEqual([
      `<notification-${notification.id}@estoque.example>`,
      `<notification-${notification.id}-1@estoque.example>`,
    ]);
    const missing = await system.call<Problem>('POST', '/v1/notifications/999999/resend');
    expect([missing.status, missing.body.code]).toEqual([404, 'notification_not_found']);
  });
});
