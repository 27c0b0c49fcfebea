import type { Charge } from '@estoque/domain';
import { verifyWebhook } from '@estoque/platform';
import Stripe from 'stripe';
import { FakeStripeApi } from '../../../../test/support/stripe-api.js';
import { StripeGateway } from './stripe.gateway.js';

const API_KEY = 'sk_test_of_the_tests_only';

describe('StripeGateway', () => {
  let api: FakeStripeApi;
  let gateway: StripeGateway;
  let count = 0;
  beforeAll(async () => {
    api = await FakeStripeApi.start();
    gateway = new StripeGateway(API_KEY, 1_000, api.url);
  });
  afterAll(() => api.stop());

  const charge = (method: string, fields: Partial<Charge> = {}): Charge => ({
    key: `payment-${++count}-nonce`,
    orderId: count,
    method,
    amount: 4_980,
    currency: 'BRL',
    ...fields,
  });

  it('captures the amount in minor units, with the idempotency key of the payment', async () => {
    const request = charge('pm_card_visa');
    const outcome = await gateway.authorizeAndCapture(request);
    expect(outcome).toEqual({ type: 'captured', reference: expect.stringMatching(/^pi_/) as string });
    const { reference } = outcome as { reference: string };
    expect(api.intents.get(reference)).toMatchObject({
      amount: 4_980,
      currency: 'brl',
      metadata: { payment_key: request.key, order_id: String(request.orderId) },
    });
    expect(api.requests.at(-1)).toEqual({
      path: '/v1/payment_intents',
      authorization: `Bearer ${API_KEY}`,
      key: request.key,
    });
  });

  it.each([
    ['pm_declined', { type: 'declined', reason: 'declined' }],
    ['pm_poor', { type: 'declined', reason: 'insufficient_funds' }],
    ['pm_authenticate', { type: 'declined', reason: 'authentication_required' }],
    ['pm_missing', { type: 'declined', reason: 'invalid_method' }],
    ['pm_processing', { type: 'pending' }],
  ])('translates the outcome of %s', async (method, outcome) => {
    expect(await gateway.authorizeAndCapture(charge(method))).toMatchObject(outcome);
  });

  it('cancels a charge that would need the customer, to rule out a later capture', async () => {
    const outcome = await gateway.authorizeAndCapture(charge('pm_authenticate'));
    expect(api.intents.get((outcome as { reference: string }).reference)!.status).toBe('canceled');
  });

  it('charges once if the answer is lost, and finds the charge by its key', async () => {
    const request = charge('pm_card_visa');
    // The SDK itself repeats a request once, with the same key, if its connection is closed.
    api.answersToLose = 2;
    expect(await gateway.authorizeAndCapture(request)).toMatchObject({ type: 'unknown' });
    const found = await gateway.findByIdempotencyKey(request);
    expect(found).toMatchObject({ type: 'captured' });
    expect(await gateway.authorizeAndCapture(request)).toEqual(found);
    const made = [...api.intents.values()].filter(({ metadata }) => metadata.payment_key === request.key);
    expect(made).toHaveLength(1);
  });

  it('finds nothing for a charge that was not made', async () => {
    expect(await gateway.findByIdempotencyKey(charge('pm_card_visa'))).toBeUndefined();
  });

  it('follows a charge that Stripe decides later', async () => {
    const request = charge('pm_processing');
    const outcome = await gateway.authorizeAndCapture(request);
    const { reference } = outcome as { reference: string };
    const find = () => gateway.findByIdempotencyKey({ ...request, reference });
    expect(await find()).toEqual({ type: 'pending', reference });
    api.intents.get(reference)!.status = 'succeeded';
    expect(await find()).toEqual({ type: 'captured', reference });
  });

  it.each([
    [500, { error: { type: 'api_error', message: 'An error of Stripe.' } }],
    [429, { error: { type: 'rate_limit_error', message: 'Too many requests.' } }],
    [401, { error: { type: 'invalid_request_error', message: 'Invalid API key.' } }],
  ])('leaves the outcome open after an answer with status %i', async (status, body) => {
    api.nextError = { status, body };
    expect(await gateway.authorizeAndCapture(charge('pm_card_visa'))).toMatchObject({ type: 'unknown' });
    api.nextError = { status, body };
    await expect(gateway.findByIdempotencyKey(charge('pm_card_visa'))).rejects.toMatchObject({
      code: 'gateway_unavailable',
    });
  });

  it('refunds once for each key, and never more than was captured', async () => {
    const request = charge('pm_card_visa');
    const { reference } = (await gateway.authorizeAndCapture(request)) as { reference: string };
    const refund = (key: string, amount: number) =>
      gateway.refund({ key, charge: { ...request, reference }, amount });
    expect(await refund('refund-1', 3_000)).toMatchObject({ type: 'succeeded' });
    expect(await refund('refund-1', 3_000)).toMatchObject({ type: 'succeeded' });
    expect(api.refunds.filter(({ payment_intent }) => payment_intent === reference)).toHaveLength(1);
    expect(await refund('refund-2', 1_981)).toMatchObject({ type: 'refused' });
    expect(await refund('refund-3', 1_980)).toMatchObject({ type: 'succeeded' });
  });

  it("signs webhooks as the system's check expects", () => {
    const payload = '{"type":"payment_intent.succeeded"}';
    const secret = 'whsec_of_the_tests_only';
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret });
    expect(() => verifyWebhook(payload, header, secret, Date.now())).not.toThrow();
    expect(() => verifyWebhook(`${payload} `, header, secret, Date.now())).toThrow();
  });
});
