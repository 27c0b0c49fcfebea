/** A payment that a gateway is asked to capture. Amounts are in the currency's minor unit. */
export interface Charge {
  /** Idempotency key: of several requests with the same key, the gateway carries out one. */
  key: string;
  orderId: number;
  /** Token of the gateway for the customer's means of payment. */
  method: string;
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** The gateway's own id of the charge, if an earlier answer contained it. */
  reference?: string;
}

export const DECLINE_REASONS = [
  'declined',
  'insufficient_funds',
  'authentication_required',
  'invalid_method',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/**
 * - `captured`: the money was taken.
 * - `declined`: it was not and will not be.
 * - `pending`: the gateway decides later.
 * - `unknown`: the gateway did not answer, or not clearly. The money may have been taken.
 */
export type ChargeOutcome =
  | { type: 'captured'; reference: string }
  | { type: 'declined'; reason: DeclineReason; reference?: string }
  | { type: 'pending'; reference: string }
  | { type: 'unknown'; detail: string };

/** Money that a gateway is asked to give back. */
export interface RefundOrder {
  /** Idempotency key of the refund. */
  key: string;
  charge: Charge;
  amount: number;
}

export type RefundOutcome =
  | { type: 'succeeded'; reference: string }
  /** The gateway will not give the money back. */
  | { type: 'refused'; detail: string }
  | { type: 'unknown'; detail: string };

/** A payment service provider. An adapter translates every answer and every error to an outcome. */
export interface PaymentGateway {
  /** Charges the amount at once. A repetition with the same key returns the outcome of the first call. */
  authorizeAndCapture(charge: Charge): Promise<ChargeOutcome>;
  /** Gives back a part or all of a captured charge. A repetition with the same key refunds nothing more. */
  refund(refund: RefundOrder): Promise<RefundOutcome>;
  /** @returns the outcome of a charge; undefined if the gateway knows none with its key */
  findByIdempotencyKey(charge: Charge): Promise<ChargeOutcome | undefined>;
}
