import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { programOf } from '../programs.js';
import { withoutServers } from '../servers.js';
import { STAGES } from './process-spec.js';
import type { Processes } from './processes.js';
import type { Service } from './service.js';

export interface PaymentGatewayAddress {
  port: number;
  url: string;
  /** By which the gateway signs its webhooks. */
  webhookSecret: string;
}

/** @returns the address of a gateway that is started afterwards: the apps and the gateway have to know each other's */
export const paymentGatewayOn = (port: number): PaymentGatewayAddress => ({
  port,
  url: `http://127.0.0.1:${port}`,
  webhookSecret: randomBytes(24).toString('base64url'),
});

export interface PaymentGatewayOptions {
  root: string;
  /** Folder of its charges, which it still knows after a restart. */
  dir: string;
  log: string;
  processes: Processes;
  /** Address of the api, for webhooks. Unset: none are sent. */
  apiUrl?: string;
}

/** Starts the simulated payment gateway. */
export function startPaymentGateway(
  { port, url, webhookSecret }: PaymentGatewayAddress,
  { root, dir, log, processes, apiUrl }: PaymentGatewayOptions,
): Promise<Service> {
  return processes.start({
    name: 'payment-gateway',
    command: process.execPath,
    args: [programOf(join(root, 'dist'), 'simulated-gateway')],
    env: {
      ...withoutServers(process.env),
      HOST: '127.0.0.1',
      PORT: String(port),
      GATEWAY_DATA: dir,
      ...(apiUrl && { GATEWAY_WEBHOOK_URL: `${apiUrl}/v1/payments/webhooks/simulated` }),
      PAYMENT_WEBHOOK_SECRET: webhookSecret,
    },
    cwd: root,
    log,
    stage: STAGES.paymentGateway,
    ports: [port],
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
}
