import { SIMULATED_METHODS, type Charge, type SimulatedMethod } from '@estoque/domain';
import { verifyWebhook } from '@estoque/platform';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestGateway, WEBHOOK_SECRET } from '../../../../test/support/payment-gateway.js';
import { until } from '../../../../test/support/until.js';
import { SimulatedGatewayClient } from '../gateways/simulated.gateway.js';

describe('The simulated gateway', () => {
  let gateway: TestGateway;
  let client: SimulatedGatewayClient;
  let orderId = 0;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    client = new SimulatedGatewayClient(gateway.url, 2_000);
  });
  afterAll(() => gateway.stop());

  const charge = (method: string): Charge => {
    orderId += 1;
    return { key: `payment-${orderId}-key`, orderId, method, amount: 4_980, currency: 'BRL' };
  };
  const EXPECTED: Record<SimulatedMethod, { type: string; reason?: string }> = {
    tok_ok: { type: 'captured' },
    tok_slow: { type: 'captured' },
    tok_declined: { type: 'declined', reason: 'declined' },
    tok_insufficient_funds: { type: 'declined', reason: 'insufficient_funds' },
    tok_timeout: { type: 'unknown' },
    tok_flaky: { type: 'unknown' },
    tok_async: { type: 'pending' },
  };

  it.each(Object.keys(SIMULATED_METHODS) as SimulatedMethod[])(
    'decides a charge with %s, and captures at most once',
    async (method) => {
      const request = charge(method);
      expect(await client.authorizeAndCapture(request)).toMatchObject(EXPECTED[method]);
      const isDeclined = EXPECTED[method].type === 'declined';
      await until('the outcome', async () => {
        await client.authorizeAndCapture(request);
        const outcome = await client.findByIdempotencyKey(request);
        return outcome?.type === (isDeclined ? 'declined' : 'captured');
      });
      expect(await gateway.chargesOf(request.orderId)).toMatchObject([
        { method, captured: isDeclined ? 0 : 4_980, refunded: 0, idempotency_key: request.key },
      ]);
    },
  );

  it('declines a token that it does not know', async () => {
    const outcome = await client.authorizeAndCapture(charge('tok_unknown'));
    expect(outcome).toMatchObject({ type: 'declined', reason: 'invalid_method' });
  });

  it('charges nothing for a key that was used with other values', async () => {
    const request = charge('tok_ok');
    await client.authorizeAndCapture(request);
    const other = await client.authorizeAndCapture({ ...request, amount: 1 });
    expect(other).toMatchObject({ type: 'unknown', detail: expect.stringContaining('409') as string });
    expect(await gateway.chargesOf(request.orderId)).toMatchObject([{ captured: 4_980 }]);
  });

  it('refunds once for each key, and never more than was captured', async () => {
    const request = charge('tok_ok');
    await client.authorizeAndCapture(request);
    const refund = (key: string, amount: number) => client.refund({ key, charge: request, amount });
    expect(await refund('refund-1', 3_000)).toMatchObject({ type: 'succeeded' });
    expect(await refund('refund-1', 3_000)).toMatchObject({ type: 'succeeded' });
    expect(await refund('refund-2', 1_981)).toMatchObject({ type: 'refused' });
    expect(await refund('refund-3', 1_980)).toMatchObject({ type: 'succeeded' });
    expect(await gateway.chargesOf(request.orderId)).toMatchObject([{ captured: 4_980, refunded: 4_980 }]);
    expect(await client.refund({ key: 'refund-4', charge: charge('tok_ok'), amount: 1 })).toMatchObject({
      type: 'refused',
    });
  });

  it('knows its charges after a crash in the middle of a write', async () => {
    const request = charge('tok_ok');
    await client.authorizeAndCapture(request);
    await gateway.shutDown();
    expect(await client.authorizeAndCapture(request)).toMatchObject({ type: 'unknown' });
    appendFileSync(gateway.ledgerFile, '{"id":"ch_incomp');
    await gateway.restart();
    expect(await client.findByIdempotencyKey(request)).toMatchObject({ type: 'captured' });
    expect(readFileSync(gateway.ledgerFile, 'utf8')).toMatch(/\}\n$/);
    const next = charge('tok_ok');
    await client.authorizeAndCapture(next);
    await gateway.restart();
    expect(await client.findByIdempotencyKey(next)).toMatchObject({ type: 'captured' });
  });

  it('sends a signed webhook about a later capture, and sends it again until it is accepted', async () => {
    const received: { body: string; signature: string }[] = [];
    const shop = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ body, signature: String(request.headers['payment-signature']) });
        response.writeHead(received.length === 1 ? 503 : 204).end();
      });
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    await gateway.sendWebhooksTo(`http://127.0.0.1:${(shop.address() as AddressInfo).port}`);
    const request = charge('tok_async');
    await client.authorizeAndCapture(request);
    await until('two webhooks', () => received.length === 2);
    for (const { body, signature } of received) {
      expect(JSON.parse(body)).toMatchObject({ idempotency_key: request.key });
      expect(() => verifyWebhook(body, signature, WEBHOOK_SECRET, Date.now())).not.toThrow();
    }
    shop.close();
    shop.closeAllConnections();
  });

  it.each([
    ['GET', '/charges?limit=0', undefined, 422],
    ['GET', '/unknown', undefined, 404],
    ['POST', '/charges', '{', 422],
    ['POST', '/charges', '{"amount": 1.5}', 422],
    ['POST', '/refunds', `{"x": "${'x'.repeat(20_000)}"}`, 422],
  ])('answers %s %s with an error if it is not valid', async (method, path, body, status) => {
    const response = await fetch(gateway.url + path, { method, body });
    expect([response.status, typeof ((await response.json()) as { error: string }).error]).toEqual([
      status,
      'string',
    ]);
  });
});
