import type {
  Charge,
  ChargeOutcome,
  GatewayRequest,
  PaymentGateway,
  RefundOrder,
  RefundOutcome,
} from '@estoque/domain';

const detail = 'not sent: dry run';

/** Sends no request. Its answers are unknown, so a dry run shows the request and not what it would lead to. */
export class DryRunGateway implements PaymentGateway {
  constructor(private readonly record: (request: GatewayRequest) => void) {}

  authorizeAndCapture({ amount, currency }: Charge): Promise<ChargeOutcome> {
    this.record({ type: 'charge', amount, currency });
    return Promise.resolve({ type: 'unknown', detail });
  }

  refund({ amount, charge }: RefundOrder): Promise<RefundOutcome> {
    this.record({ type: 'refund', amount, currency: charge.currency });
    return Promise.resolve({ type: 'unknown', detail });
  }

  findByIdempotencyKey(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
