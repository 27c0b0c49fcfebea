import type { Charge, ChargeOutcome, PaymentGateway, RefundOrder, RefundOutcome } from '@estoque/domain';
import { z } from 'zod';
import { GatewayUnavailable } from './gateway.errors.js';
import { requestJson, type HttpAnswer } from './gateway-http.js';

const chargeAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('captured'), id: z.string() }),
  z.object({ status: z.literal('pending'), id: z.string() }),
  z.object({
    status: z.literal('declined'),
    id: z.string(),
    reason: z.enum(['declined', 'insufficient_funds', 'invalid_method']),
  }),
]);
const refundAnswer = z.object({ id: z.string() });

/** Client of the simulated gateway (src/simulated-gateway). */
export class SimulatedGatewayClient implements PaymentGateway {
  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
  ) {}

  async authorizeAndCapture({ key, orderId, method, amount, currency }: Charge): Promise<ChargeOutcome> {
    const body = { idempotency_key: key, order_id: orderId, method, amount, currency };
    return outcomeOf(await this.post('/charges', body));
  }

  async refund({ key, charge, amount }: RefundOrder): Promise<RefundOutcome> {
    const answer = await this.post('/refunds', { idempotency_key: key, charge_key: charge.key, amount });
    if (answer.status === undefined) return { type: 'unknown', detail: answer.detail };
    const parsed = refundAnswer.safeParse(answer.body);
    if (answer.status === 200 && parsed.success) return { type: 'succeeded', reference: parsed.data.id };
    const detail = describe(answer);
    return [404, 409, 422].includes(answer.status)
      ? { type: 'refused', detail }
      : { type: 'unknown', detail };
  }

  async findByIdempotencyKey({ key }: Charge): Promise<ChargeOutcome | undefined> {
    const url = `${this.url}/charges?idempotency_key=${encodeURIComponent(key)}`;
    const answer = await requestJson(url, this.timeoutMs);
    if (answer.status === 404) return undefined;
    const outcome = outcomeOf(answer);
    if (outcome.type === 'unknown') throw new GatewayUnavailable(outcome.detail);
    return outcome;
  }

  private post(path: string, body: unknown): Promise<HttpAnswer> {
    return requestJson(this.url + path, this.timeoutMs, { method: 'POST', body });
  }
}

function outcomeOf(answer: HttpAnswer): ChargeOutcome {
  if (answer.status === undefined) return { type: 'unknown', detail: answer.detail };
  const parsed = chargeAnswer.safeParse(answer.body);
  if (answer.status !== 200 || !parsed.success) return { type: 'unknown', detail: describe(answer) };
  const { id: reference, ...charge } = parsed.data;
  if (charge.status === 'declined') return { type: 'declined', reason: charge.reason, reference };
  return { type: charge.status, reference };
}

const describe = ({ status, body }: { status: number; body: unknown }) =>
  `HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`;
