import type { Charge, ChargeOutcome, PaymentGateway, RefundOrder, RefundOutcome } from '@estoque/domain';

/** A gateway in memory, with idempotency keys. */
export class MemoryGateway implements PaymentGateway {
  readonly charges = new Map<string, Charge>();
  readonly refunds = new Map<string, RefundOrder>();
  /** What a request for a charge gets after it was made. */
  answer?: ChargeOutcome;
  beforeAnswer: () => Promise<unknown> = () => Promise.resolve();

  async authorizeAndCapture(charge: Charge): Promise<ChargeOutcome> {
    if (charge.method === 'tok_declined') return { type: 'declined', reason: 'declined' };
    this.charges.set(charge.key, charge);
    await this.beforeAnswer();
    return this.answer ?? { type: 'captured', reference: charge.key };
  }

  refund(refund: RefundOrder): Promise<RefundOutcome> {
    this.refunds.set(refund.key, refund);
    return Promise.resolve({ type: 'succeeded', reference: refund.key });
  }

  findByIdempotencyKey({ key }: Charge): Promise<ChargeOutcome | undefined> {
    return Promise.resolve(this.charges.has(key) ? { type: 'captured', reference: key } : undefined);
  }

  chargesOf(order: number) {
    return [...this.charges.values()].filter(({ orderId }) => orderId === order);
  }

  refundedOf(order: number) {
    const refunds = [...this.refunds.values()].filter(({ charge }) => charge.orderId === order);
    return refunds.reduce((sum, { amount }) => sum + amount, 0);
  }
}
