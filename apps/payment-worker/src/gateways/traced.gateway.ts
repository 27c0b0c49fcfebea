import type { Charge, ChargeOutcome, PaymentGateway, RefundOrder, RefundOutcome } from '@estoque/domain';
import { inSpan } from '@estoque/platform';
import { SpanKind } from '@opentelemetry/api';

/** Records a span for each request to a gateway. */
export class TracedGateway implements PaymentGateway {
  constructor(private readonly gateway: PaymentGateway) {}

  authorizeAndCapture(charge: Charge): Promise<ChargeOutcome> {
    return trace('charge', charge, () => this.gateway.authorizeAndCapture(charge));
  }

  refund(refund: RefundOrder): Promise<RefundOutcome> {
    return trace('refund', refund.charge, () => this.gateway.refund(refund));
  }

  findByIdempotencyKey(charge: Charge): Promise<ChargeOutcome | undefined> {
    return trace('find charge', charge, () => this.gateway.findByIdempotencyKey(charge));
  }
}

const trace = <Outcome extends { type: string } | undefined>(
  name: string,
  { orderId }: Charge,
  work: () => Promise<Outcome>,
) =>
  inSpan(
    () => ({ name, kind: SpanKind.CLIENT, attributes: { 'estoque.order.id': orderId } }),
    async (span) => {
      const outcome = await work();
      span?.setAttribute('estoque.payment.outcome', outcome?.type ?? 'none');
      return outcome;
    },
  );
