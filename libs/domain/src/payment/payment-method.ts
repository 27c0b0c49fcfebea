import { InvalidOrder } from '../order/order.errors.js';

export const PAYMENT_GATEWAYS = ['simulated', 'stripe'] as const;
export type PaymentGatewayName = (typeof PAYMENT_GATEWAYS)[number];

/** Tokens of the simulated gateway, with what happens to a charge. */
export const SIMULATED_METHODS = {
  tok_ok: 'The amount is captured.',
  tok_declined: 'The charge is declined.',
  tok_insufficient_funds: 'The charge is declined for insufficient funds.',
  tok_timeout: 'The amount is captured, and the answer is lost.',
  tok_slow: 'The amount is captured after a few seconds.',
  tok_async: 'The charge is pending at first, and captured later; a signed webhook says so.',
  tok_flaky: 'The first request fails without a charge; the next one is captured.',
} as const;
export type SimulatedMethod = keyof typeof SIMULATED_METHODS;

export const MAX_METHOD_LENGTH = 255;

const STRIPE_METHOD = /^pm_\w{1,200}$/;

const IS_KNOWN: Record<PaymentGatewayName, (method: string) => boolean> = {
  simulated: (method) => Object.hasOwn(SIMULATED_METHODS, method),
  stripe: (method) => STRIPE_METHOD.test(method),
};

/** @returns the error if the gateway has no tokens of this form */
export function unknownMethod(gateway: PaymentGatewayName, method: string): InvalidOrder | undefined {
  if (IS_KNOWN[gateway](method)) return undefined;
  const message = `the payment gateway ${gateway} does not know this token`;
  return new InvalidOrder([{ pointer: '/payment/method', code: 'unknown_payment_method', message }]);
}
