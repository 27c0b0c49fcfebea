import { catalogue } from '@estoque/domain';
import { signWebhook } from '@estoque/platform';
import { TestGateway, WEBHOOK_SECRET } from '../support/payment-gateway.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

describe('Orders with a payment', () => {
  let gateway: TestGateway;
  let system: System;
  let product_id: number;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    system = await System.start({ environment: { ...gateway.environment, PAYMENT_TIMEOUT_MS: '2000' } });
    await gateway.sendWebhooksTo(`${system.process('api').url}/v1/payments/webhooks/simulated`);
    product_id = await system.createProduct(1_000);
  });
  afterAll(async () => {
    await system.stop();
    await gateway.stop();
  });

  const place = (method: string, quantity = 2) =>
    system.placeOrder([{ product_id, quantity }], { payment: { method } });
  interface Payment {
    id: number;
    status: string;
    amount: number;
    captured: number;
    refunded: number;
    failure: string | null;
    attempts: { outcome: string | null }[];
    refunds: { amount: number; cause: string; status: string }[];
  }
  const paymentOf = async (orderId: number) => {
    const list = await system.request<{ data: Payment[] }>('GET', `/v1/payments?order_id=${orderId}`);
    if (list.body.data.length === 0) return undefined;
    expect(list.body.data).toHaveLength(1);
    return (await system.request<Payment>('GET', `/v1/payments/${list.body.data[0]!.id}`)).body;
  };

  const mailsAbout = async (orderId: number) => {
    const mails = await system.request<{ data: { kind: string }[] }>(
      'GET',
      `/v1/notifications?order_id=${orderId}`,
    );
    return mails.body.data.map(({ kind }) => kind);
  };

  it.each(['tok_ok', 'tok_slow', 'tok_timeout', 'tok_flaky', 'tok_async'])(
    'are processed after one capture of their total with %s',
    async (method) => {
      const { id, totals } = await place(method);
      const order = await system.waitForOrderStatus(id, 'processed');
      expect(order.timeline.map(({ step }) => step)).toEqual(
        expect.arrayContaining(['pending', 'awaiting_payment', 'reserved', 'processed']),
      );
      expect(await gateway.chargesOf(id)).toMatchObject([{ method, captured: totals.amount, refunded: 0 }]);
      expect(await paymentOf(id)).toMatchObject({ status: 'captured', captured: totals.amount, refunded: 0 });
    },
  );

  it.each([
    ['tok_declined', 'declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
  ])('are rejected with %s, their stock is released and the customer is mailed', async (method, failure) => {
    const { id } = await place(method);
    const order = await system.waitForOrderStatus(id, 'rejected');
    expect(order.rejection).toMatchObject([{ product_id, reason: 'payment_declined' }]);
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: 0 }]);
    expect(await paymentOf(id)).toMatchObject({ status: 'failed', failure, captured: 0 });
    await until('the mail', async () => (await mailsAbout(id)).length > 0);
    expect(await mailsAbout(id)).toEqual(['payment_failed']);
    await system.expectLedgerReconciles();
  });

  it('are not charged without stock', async () => {
    const { id } = await place('tok_ok', 5_000);
    await system.waitForOrderStatus(id, 'rejected');
    expect(await paymentOf(id)).toBeUndefined();
    expect(await gateway.chargesOf(id)).toEqual([]);
  });

  it('wait while the gateway is unavailable', async () => {
    await gateway.shutDown();
    const { id, totals } = await place('tok_ok');
    await until('a failed attempt', async () => (await paymentOf(id))?.attempts[0]?.outcome === 'unknown');
    await gateway.restart();
    await system.waitForOrderStatus(id, 'processed');
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: totals.amount }]);
  });

  const endings: [string, (id: number) => Promise<unknown>][] = [
    ['cancellation', (id) => system.request('POST', `/v1/orders/${id}/cancel`, {})],
    [
      'expiry',
      (id) =>
        system.sql(`UPDATE reservations SET expires_at = now() - interval '1 s' WHERE order_id = $1`, [id]),
    ],
  ];
  it.each(endings)('are refunded if the capture follows the %s', async (_ending, end) => {
    await gateway.restart({ asyncMs: 60_000 });
    const { id, totals } = await place('tok_async');
    await until('the payment to be pending', async () => (await paymentOf(id))?.status === 'pending');
    await end(id);
    await system.waitForOrderStatus(id, 'cancelled');
    await gateway.restart({ asyncMs: 100 });
    await until('the refund', async () => (await paymentOf(id))?.refunded === totals.amount);
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: totals.amount, refunded: totals.amount }]);
    expect((await paymentOf(id))!.refunds).toMatchObject([{ cause: 'order cancelled', status: 'succeeded' }]);
    await until('the mail about the refund', async () => (await mailsAbout(id)).includes('order_refunded'));
    await system.expectLedgerReconciles();
  });

  it('are refunded if they are cancelled after they were processed', async () => {
    const { id, totals } = await place('tok_ok');
    await system.waitForOrderStatus(id, 'processed');
    expect((await system.request('POST', `/v1/orders/${id}/cancel`, {})).status).toBe(200);
    await until('the refund', async () => (await paymentOf(id))?.refunded === totals.amount);
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: totals.amount, refunded: totals.amount }]);
    await system.expectLedgerReconciles();
  });

  it('are refunded for each return, with a mail about each refund', async () => {
    const { id, totals } = await place('tok_ok');
    await system.waitForOrderStatus(id, 'processed');
    expect((await system.request('POST', `/v1/orders/${id}/shipments`, {})).status).toBeLessThan(300);
    const lines = [{ product_id, quantity: 1 }];
    const body = { lines, reason: 'too small', restock: true };
    for (let count = 0; count < 2; count++)
      expect((await system.request('POST', `/v1/orders/${id}/returns`, body)).status).toBeLessThan(300);
    await until('the refunds', async () => (await paymentOf(id))?.refunded === totals.amount);
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: totals.amount, refunded: totals.amount }]);
    const half = { amount: totals.amount / 2, cause: expect.stringMatching(/^return \d+$/) as string };
    expect((await paymentOf(id))!.refunds).toMatchObject([half, half]);
    const refundMails = async () => (await mailsAbout(id)).filter((kind) => kind === 'order_refunded');
    await until('a mail about each refund', async () => (await refundMails()).length === 2);
    await system.expectLedgerReconciles();
  });

  it('are refunded on request, in parts and never more than was captured', async () => {
    const { id, totals } = await place('tok_ok');
    await system.waitForOrderStatus(id, 'processed');
    const payment = (await paymentOf(id))!;
    const refund = (body: object, headers = {}) =>
      system.request<{ code?: string; errors?: object[] }>(
        'POST',
        `/v1/payments/${payment.id}/refunds`,
        body,
        headers,
      );
    const part = { amount: 990, reason: 'a damaged item' };
    const key = { 'idempotency-key': `refund-${id}` };
    const first = await refund(part, key);
    expect(first).toMatchObject({
      status: 202,
      body: { amount: 990, cause: 'request', status: 'requested' },
    });
    expect((await refund(part, key)).body).toEqual(first.body);
    await until('the refund', async () => (await paymentOf(id))?.refunded === 990);
    const tooMuch = await refund({ amount: totals.amount, reason: 'all of it' });
    expect(tooMuch).toMatchObject({
      status: 409,
      body: { code: 'refund_too_large', errors: [{ pointer: '/amount', code: 'refund_too_large' }] },
    });
    expect((await refund({ amount: 0, reason: 'x' })).status).toBe(422);
    expect((await refund({ amount: 1 })).status).toBe(422);
    expect(await refund({ reason: 'the rest' })).toMatchObject({ body: { amount: totals.amount - 990 } });
    expect((await refund({ reason: 'once more' })).status).toBe(409);
    await until('the rest', async () => (await paymentOf(id))?.refunded === totals.amount);
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: totals.amount, refunded: totals.amount }]);
    const log = await system.request<{ data: object[] }>(
      'GET',
      `/v1/audit-log?object=payment:${payment.id}&action=refund.requested`,
    );
    expect(log.body.data).toHaveLength(2);
    await system.expectLedgerReconciles();
  });

  it('are processed although a webhook confirms the charge before its answer', async () => {
    await gateway.restart({ slowMs: 1_500 });
    const { id, totals } = await place('tok_slow');
    const charge = await until('the charge', async () => (await gateway.chargesOf(id))[0]);
    const body = JSON.stringify({ type: 'charge.updated', idempotency_key: charge.idempotency_key });
    const url = `${system.process('api').url}/v1/payments/webhooks/simulated`;
    const send = () =>
      fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'payment-signature': signWebhook(body, WEBHOOK_SECRET, Date.now()),
        },
        body,
      });
    for (const { status } of await Promise.all(Array.from({ length: 10 }, send))) expect(status).toBe(204);
    const order = await system.waitForOrderStatus(id, 'processed');
    expect(order.timeline.filter(({ step }) => step === 'reserved')).toHaveLength(1);
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: totals.amount, refunded: 0 }]);
    // Also after the answer to the charge, a webhook changes nothing.
    expect((await send()).status).toBe(204);
    expect(await paymentOf(id)).toMatchObject({ status: 'captured', captured: totals.amount });
  });

  it('are not continued by a message that claims a capture', async () => {
    await gateway.restart({ asyncMs: 60_000 });
    const { id } = await place('tok_async');
    await until('the payment to be pending', async () => (await paymentOf(id))?.status === 'pending');
    const event = { ...catalogue['payment.captured'].example, event: 'payment.captured', order_id: id };
    await system.externalClient.publish('payment.captured', event);
    await until('the message to be dead-lettered', async () => {
      const [letter] = await system.sql<{ reason: string }>(
        `SELECT reason FROM dead_letters WHERE event = 'payment.captured' AND subject LIKE $1`,
        [`%${id}%`],
      );
      return letter;
    });
    expect((await system.readOrder(id)).status).toBe('awaiting_payment');
    await gateway.restart({ asyncMs: 100 });
    await system.waitForOrderStatus(id, 'processed');
  });

  it('are charged once if payment-worker is killed during the charge', async () => {
    await gateway.restart({ slowMs: 1_500 });
    const { id, totals } = await place('tok_slow');
    await until('the charge', async () => (await gateway.chargesOf(id)).length === 1);
    await system.process('payment-worker').stop('SIGKILL');
    await system.launch('payment-worker').waitUntilReady();
    await system.waitForOrderStatus(id, 'processed');
    expect(await gateway.chargesOf(id)).toMatchObject([{ captured: totals.amount, refunded: 0 }]);
  });

  it('are refused with a token that the gateway does not know', async () => {
    const body = {
      customer: { name: 'Ana', email: 'ana@example.com' },
      items: [{ product_id, quantity: 1 }],
      payment: { method: 'tok_unknown' },
    };
    const response = await system.request<{ errors: unknown[] }>('POST', '/v1/orders', body);
    expect(response.status).toBe(422);
    expect(response.body.errors).toMatchObject([
      { pointer: '/payment/method', code: 'unknown_payment_method' },
    ]);
  });

  describe('A webhook', () => {
    const send = (gatewayName: string, headers: Record<string, string>, body = '{"type":"charge.updated"}') =>
      fetch(`${system.process('api').url}/v1/payments/webhooks/${gatewayName}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

    it('is accepted with a valid signature, without another credential', async () => {
      const body = '{"type":"charge.updated","idempotency_key":"payment-999999-x"}';
      const signature = signWebhook(body, WEBHOOK_SECRET, Date.now());
      expect((await send('simulated', { 'payment-signature': signature }, body)).status).toBe(204);
    });

    it('is refused without a signature, with a wrong one, and with an old one', async () => {
      const body = '{"type":"charge.updated"}';
      const missing = await send('simulated', {});
      expect([missing.status, await codeOf(missing)]).toEqual([400, 'invalid_signature']);
      const wrong = await send('simulated', {
        'payment-signature': signWebhook(body, 'another secret', Date.now()),
      });
      expect([wrong.status, await codeOf(wrong)]).toEqual([400, 'invalid_signature']);
      const old = await send('simulated', {
        'payment-signature': signWebhook(body, WEBHOOK_SECRET, Date.now() - 3_600_000),
      });
      expect([old.status, await codeOf(old)]).toEqual([400, 'signature_expired']);
    });

    it('of a gateway that is not used is refused', async () => {
      const response = await send('stripe', {});
      expect([response.status, await codeOf(response)]).toEqual([404, 'webhook_not_configured']);
    });
  });
});
