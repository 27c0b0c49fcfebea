import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ChargeLedger, type SimulatedCharge } from './charge-ledger.js';
import { WebhookSender } from './webhook-sender.js';

const key = z.string().min(1).max(255);
const amount = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

export const chargeRequest = z.object({
  idempotency_key: key,
  order_id: z.int().min(1),
  method: z.string().max(255),
  amount,
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export const refundRequest = z.object({ idempotency_key: key, charge_key: key, amount });

type ChargeRequest = z.output<typeof chargeRequest>;
type RefundRequest = z.output<typeof refundRequest>;

/** An answer. `lost`: the connection is closed without one. */
export type GatewayAnswer = { status: number; body: unknown } | 'lost';

export interface SimulatedGatewayOptions {
  /** File of the charges. */
  ledger: string;
  webhookUrl?: string;
  webhookSecret: string;
  /** How long the token `tok_slow` takes. */
  slowMs: number;
  /** How long it takes until the token `tok_async` is captured. */
  asyncMs: number;
}

/** A payment service provider for development and tests. The token decides what happens to a charge. */
export class SimulatedGateway {
  private readonly ledger: ChargeLedger;
  private readonly webhooks: WebhookSender;
  /** Keys of `tok_flaky` for which a request has failed. */
  private readonly failedOnce = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly options: SimulatedGatewayOptions) {
    this.ledger = new ChargeLedger(options.ledger);
    this.webhooks = new WebhookSender(options.webhookUrl, options.webhookSecret);
    for (const charge of this.ledger.pending) this.captureLater(charge);
  }

  async charge(request: ChargeRequest): Promise<GatewayAnswer> {
    const { idempotency_key, method } = request;
    const existing = this.ledger.find(idempotency_key);
    if (existing) return isSameCharge(existing, request) ? answer(existing) : keyReused();
    if (method === 'tok_flaky' && !this.failedOnce.has(idempotency_key)) {
      this.failedOnce.add(idempotency_key);
      return { status: 503, body: { error: 'unavailable' } };
    }
    this.failedOnce.delete(idempotency_key);
    const charge = this.ledger.write(decide(request));
    if (charge.status === 'pending') this.captureLater(charge);
    // The charge is stored before the delay, so that a request that is repeated meanwhile finds it.
    if (method === 'tok_slow') await sleep(this.options.slowMs);
    return method === 'tok_timeout' ? 'lost' : answer(charge);
  }

  refund({ idempotency_key, charge_key, amount }: RefundRequest): GatewayAnswer {
    const charge = this.ledger.find(charge_key);
    if (!charge) return { status: 404, body: { error: 'charge_not_found' } };
    const made = charge.refunds[idempotency_key];
    if (made !== undefined) return made === amount ? refundAnswer(idempotency_key) : keyReused();
    if (charge.refunded + amount > charge.captured)
      return { status: 422, body: { error: 'refund_exceeds_captured' } };
    this.ledger.write({
      ...charge,
      refunded: charge.refunded + amount,
      refunds: { ...charge.refunds, [idempotency_key]: amount },
    });
    return refundAnswer(idempotency_key);
  }

  find(idempotencyKey: string): GatewayAnswer {
    const charge = this.ledger.find(idempotencyKey);
    return charge ? answer(charge) : { status: 404, body: { error: 'charge_not_found' } };
  }

  /** @returns charges, newest first, as `GET /charges` shows them */
  list(limit: number): GatewayAnswer {
    return { status: 200, body: { data: this.ledger.list(limit).map(shown) } };
  }

  stop() {
    for (const timer of this.timers) clearTimeout(timer);
    this.webhooks.stop();
    this.ledger.close();
  }

  private captureLater({ idempotency_key }: SimulatedCharge) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const charge = this.ledger.find(idempotency_key)!;
      this.ledger.write({ ...charge, status: 'captured', captured: charge.amount });
      this.webhooks.send(idempotency_key);
    }, this.options.asyncMs);
    this.timers.add(timer);
  }
}

/** Outcome of a new charge by token. Other tokens are unknown. */
const OUTCOMES: Record<string, Pick<SimulatedCharge, 'status' | 'reason'>> = {
  tok_ok: { status: 'captured', reason: null },
  tok_slow: { status: 'captured', reason: null },
  tok_timeout: { status: 'captured', reason: null },
  tok_flaky: { status: 'captured', reason: null },
  tok_async: { status: 'pending', reason: null },
  tok_declined: { status: 'declined', reason: 'declined' },
  tok_insufficient_funds: { status: 'declined', reason: 'insufficient_funds' },
};
const UNKNOWN_TOKEN = { status: 'declined', reason: 'invalid_method' } as const;

function decide(request: ChargeRequest): SimulatedCharge {
  const outcome = Object.hasOwn(OUTCOMES, request.method) ? OUTCOMES[request.method]! : UNKNOWN_TOKEN;
  return {
    id: `ch_${randomUUID()}`,
    ...request,
    ...outcome,
    captured: outcome.status === 'captured' ? request.amount : 0,
    refunded: 0,
    refunds: {},
  };
}

const isSameCharge = (charge: SimulatedCharge, { order_id, method, amount, currency }: ChargeRequest) =>
  charge.order_id === order_id &&
  charge.method === method &&
  charge.amount === amount &&
  charge.currency === currency;

const shown = ({ order_id, method, captured, refunded, idempotency_key, ...charge }: SimulatedCharge) => ({
  order_id,
  method,
  captured,
  refunded,
  idempotency_key,
  id: charge.id,
  status: charge.status,
  reason: charge.reason,
  amount: charge.amount,
  currency: charge.currency,
});

const answer = (charge: SimulatedCharge): GatewayAnswer => ({ status: 200, body: shown(charge) });
const refundAnswer = (key: string): GatewayAnswer => ({
  status: 200,
  body: { id: `re_${key}`, status: 'succeeded' },
});
const keyReused = (): GatewayAnswer => ({ status: 409, body: { error: 'idempotency_key_reused' } });
