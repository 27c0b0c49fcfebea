import { AppError } from '@estoque/platform';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessConfig } from '../access/requires.decorator.js';

const TIMEOUT_MS = 5_000;

class DrillNotFound extends AppError {
  constructor(name: string) {
    super('missing', 'drill_not_found', `There is no drill ${name}.`);
  }
}

class DrillRunning extends AppError {
  constructor() {
    super('conflict', 'drill_running', 'A drill is running. Wait until it has finished.');
  }
}

/**
 * Adds the routes of the failure lab, which the console shows in development. `npm start` runs the drills: the api only
 * forwards, because it must not be able to kill processes. Without LAB_URL the routes do not exist.
 *
 * @param labUrl address of the lab of `npm start`, with its credential
 */
export function addLabRoutes(server: FastifyInstance, labUrl: string) {
  const { origin, username, password } = new URL(labUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const forward = async (method: string, path: string) => {
    const headers = { authorization };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`${origin}${path}`, { method, headers, signal }).catch((error: unknown) => {
      throw new AppError('unavailable', 'unavailable', 'The failure lab of npm start does not answer.', {
        cause: error,
      });
    });
    return { status: response.status, body: (await response.json()) as object };
  };
  server.route({
    method: 'GET',
    url: '/v1/lab/drills',
    config: { scope: 'operations:read' } satisfies AccessConfig,
    handler: async () => (await forward('GET', '/drills')).body,
  });
  server.route({
    method: 'POST',
    url: '/v1/lab/drills/:name/runs',
    config: { scope: 'operations:write' } satisfies AccessConfig,
    handler: async (request: FastifyRequest, reply) => {
      const { name } = request.params as { name: string };
      const { status, body } = await forward('POST', `/drills/${encodeURIComponent(name)}/runs`);
      if (status === 404) throw new DrillNotFound(name);
      if (status === 409) throw new DrillRunning();
      return reply.status(202).send(body);
    },
  });
}
