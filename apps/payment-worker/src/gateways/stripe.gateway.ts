import type { Charge, ChargeOutcome, PaymentGateway, RefundOrder, RefundOutcome } from '@estoque/domain';
import Stripe from 'stripe';
import { GatewayUnavailable } from './gateway.errors.js';

/** Stripe's codes for a refusal that say more than that the payment was declined. */
const DECLINE_REASONS = {
  insufficient_funds: 'insufficient_funds',
  authentication_required: 'authentication_required',
} as const;

/** Metadata of a PaymentIntent, by which it is found. */
const KEY = 'payment_key';

/**
 * Stripe by PaymentIntents. A repetition with the same idempotency key gets the stored answer for at least 24 hours;
 * after that, the search by metadata has found the PaymentIntent.
 */
export class StripeGateway implements PaymentGateway {
  private readonly stripe: Stripe;

  /** @param url address of another server with Stripe's API */
  constructor(apiKey: string, timeoutMs: number, url?: string) {
    const { protocol, hostname, port } = new URL(url ?? 'https://api.stripe.com');
    this.stripe = new Stripe(apiKey, {
      timeout: timeoutMs,
      // The reconciler repeats requests, and records each.
      maxNetworkRetries: 0,
      telemetry: false,
      protocol: protocol === 'http:' ? 'http' : 'https',
      host: hostname,
      port: port || (protocol === 'http:' ? 80 : 443),
    });
  }

  async authorizeAndCapture({ key, orderId, method, amount, currency }: Charge): Promise<ChargeOutcome> {
    try {
      const intent = await this.stripe.paymentIntents.create(
        {
          amount,
          currency: currency.toLowerCase(),
          payment_method: method,
          confirm: true,
          // The customer is not present, so a method that redirects to a page cannot succeed.
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { [KEY]: key, order_id: String(orderId) },
        },
        { idempotencyKey: key },
      );
      return await this.settle(intent);
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  async refund({ key, charge, amount }: RefundOrder): Promise<RefundOutcome> {
    if (!charge.reference) return { type: 'refused', detail: 'the charge has no PaymentIntent' };
    try {
      const refund = await this.stripe.refunds.create(
        { payment_intent: charge.reference, amount, metadata: { refund_key: key } },
        { idempotencyKey: key },
      );
      if (refund.status === 'failed' || refund.status === 'canceled')
        return { type: 'refused', detail: refund.failure_reason ?? refund.status };
      // `pending`: Stripe has accepted it, and the bank follows.
      return { type: 'succeeded', reference: refund.id };
    } catch (error) {
      const { type, message } = error as Stripe.errors.StripeError;
      return { type: type === 'StripeInvalidRequestError' ? 'refused' : 'unknown', detail: message };
    }
  }

  async findByIdempotencyKey({ key, reference }: Charge): Promise<ChargeOutcome | undefined> {
    try {
      if (reference) return await this.settle(await this.stripe.paymentIntents.retrieve(reference));
      const query = `metadata['${KEY}']:'${key}'`;
      const { data } = await this.stripe.paymentIntents.search({ query, limit: 1 });
      return data[0] && (await this.settle(data[0]));
    } catch (error) {
      throw new GatewayUnavailable((error as Error).message);
    }
  }

  /** A PaymentIntent that counts as declined is cancelled, which rules out a later capture. */
  private async settle(intent: Stripe.PaymentIntent): Promise<ChargeOutcome> {
    if (intent.status === 'requires_action') await this.stripe.paymentIntents.cancel(intent.id);
    return outcomeOf(intent);
  }
}

function outcomeOf({ id: reference, status, last_payment_error }: Stripe.PaymentIntent): ChargeOutcome {
  switch (status) {
    case 'succeeded':
      return { type: 'captured', reference };
    case 'requires_action':
      return { type: 'declined', reason: 'authentication_required', reference };
    case 'requires_payment_method':
    case 'canceled': {
      const { code, decline_code } = last_payment_error ?? {};
      return { type: 'declined', reason: reasonOf(decline_code ?? code), reference };
    }
    default:
      return { type: 'pending', reference };
  }
}

function outcomeOfError(error: unknown): ChargeOutcome {
  const { type, message, code, decline_code, payment_intent } = error as Stripe.errors.StripeError;
  if (type === 'StripeCardError')
    return { type: 'declined', reason: reasonOf(decline_code ?? code), reference: payment_intent?.id };
  if (
    type === 'StripeInvalidRequestError' &&
    (code === 'resource_missing' || code === 'payment_method_unexpected_state')
  )
    return { type: 'declined', reason: 'invalid_method' };
  // A wrong API key, a limit, an outage: nothing is known about the charge, and an operator or time helps.
  return { type: 'unknown', detail: message };
}

const reasonOf = (code: string | undefined) =>
  code !== undefined && Object.hasOwn(DECLINE_REASONS, code)
    ? DECLINE_REASONS[code as keyof typeof DECLINE_REASONS]
    : 'declined';
