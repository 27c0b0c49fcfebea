import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Environment } from '../config/environment.js';
import { HealthChecks } from '../health/health-checks.js';

/**
 * Announced to clients, so that they close idle connections themselves within the default DRAIN_TIMEOUT_MS. The server
 * keeps idle connections open for longer (72 s, Fastify's default), because load balancers ignore this header and apply
 * their own timeout.
 */
const KEEP_ALIVE = 'timeout=5';

/**
 * Prepares an HTTP server for a graceful shutdown without failed requests.
 *
 * @returns a function that drains the connections. Readiness fails, so that load balancers stop routing requests to
 * this process. Requests that still arrive are answered with `connection: close`. The function resolves when no
 * connection is open, at the latest after DRAIN_TIMEOUT_MS. It closes no connection itself, because a request may be in
 * transit.
 */
export function prepareConnectionDraining(
  app: NestFastifyApplication,
  { DRAIN_TIMEOUT_MS }: Environment,
): () => Promise<void> {
  const server = app.getHttpServer();
  let draining = false;
  server.prependListener('request', (_request: unknown, response: ServerResponse) => {
    if (draining) response.shouldKeepAlive = false;
    else response.setHeader('keep-alive', KEEP_ALIVE);
  });
  return async () => {
    draining = true;
    const health = app.get(HealthChecks);
    health.add('process', () => {
      throw new Error('stopping');
    });
    health.refuseRequests('process', 'stopping');
    const deadline = performance.now() + DRAIN_TIMEOUT_MS;
    const countConnections = promisify(server.getConnections.bind(server));
    while (performance.now() < deadline && (await countConnections()) > 0) await sleep(20);
  };
}
