import { environmentSchema, readVariables } from '@estoque/platform';
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { createGatewayServer } from './http-server.js';
import { SimulatedGateway } from './simulated-gateway.js';

// The simulated gateway is a process of its own: it keeps its charges when a worker is killed between the charge and its
// record. Only for development and tests.

const milliseconds = z.string().regex(/^\d+$/).transform(Number);
const variables = readVariables(
  environmentSchema.pick({ HOST: true, PORT: true, PAYMENT_WEBHOOK_SECRET: true }).extend({
    /** Folder of the file with the charges. */
    GATEWAY_DATA: z.string(),
    GATEWAY_WEBHOOK_URL: z.string().optional(),
    GATEWAY_SLOW_MS: milliseconds.default(3_000),
    GATEWAY_ASYNC_MS: milliseconds.default(1_000),
  }),
  ['PAYMENT_WEBHOOK_SECRET'],
);

mkdirSync(variables.GATEWAY_DATA, { recursive: true });
const gateway = new SimulatedGateway({
  ledger: join(variables.GATEWAY_DATA, 'charges.jsonl'),
  webhookUrl: variables.GATEWAY_WEBHOOK_URL,
  webhookSecret: variables.PAYMENT_WEBHOOK_SECRET!,
  slowMs: variables.GATEWAY_SLOW_MS,
  asyncMs: variables.GATEWAY_ASYNC_MS,
});
const server = createGatewayServer(gateway);
server.listen(variables.PORT ?? 4010, variables.HOST, () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}` })}\n`);
});

const stop = () => {
  server.close();
  server.closeAllConnections();
  gateway.stop();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
