import type { PaymentGateway } from '@estoque/domain';
import { EnvironmentError, type Environment } from '@estoque/platform';
import { SimulatedGatewayClient } from './simulated.gateway.js';
import { StripeGateway } from './stripe.gateway.js';
import { TracedGateway } from './traced.gateway.js';

export const PAYMENT_GATEWAY = Symbol('PAYMENT_GATEWAY');

/** As `npm start` uses it. */
const DEFAULT_SIMULATED_URL = 'http://127.0.0.1:4010';

/** @throws EnvironmentError if a variable that the gateway needs is missing */
export const createGateway = (environment: Environment): PaymentGateway =>
  new TracedGateway(adapterOf(environment));

function adapterOf(environment: Environment): PaymentGateway {
  const { PAYMENT_GATEWAY: name, PAYMENT_GATEWAY_URL: url, PAYMENT_TIMEOUT_MS, STRIPE_API_KEY } = environment;
  if (name === 'stripe') {
    if (!STRIPE_API_KEY)
      throw new EnvironmentError(['STRIPE_API_KEY is missing: PAYMENT_GATEWAY=stripe requires it']);
    return new StripeGateway(STRIPE_API_KEY, PAYMENT_TIMEOUT_MS, url);
  }
  return new SimulatedGatewayClient((url ?? DEFAULT_SIMULATED_URL).replace(/\/$/, ''), PAYMENT_TIMEOUT_MS);
}
