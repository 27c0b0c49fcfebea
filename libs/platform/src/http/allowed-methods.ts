import type { FastifyInstance } from 'fastify';
import { httpProblem, sendProblem } from '../errors/problem.filter.js';

/** Route of @fastify/cors for OPTIONS. It has answered preflight requests before the hook below runs. */
const ANY_PATH = '*';

/**
 * Answers a request with the wrong method for a known path with 405 and the header `Allow`. Call it before the routes are
 * registered.
 */
export function refuseWrongMethods(server: FastifyInstance) {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  server.addHook('onRoute', ({ url, method }) => {
    if (url === ANY_PATH) return;
    const route = routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const name of [method].flat()) route.methods.add(name);
    routes.set(url, route);
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && request.routeOptions.url !== ANY_PATH) return done();
    const path = request.url.split('?')[0]!;
    const matching = [...routes.values()].filter(({ pattern }) => pattern.test(path));
    const allowed = new Set(matching.flatMap(({ methods }) => [...methods]));
    if (allowed.size === 0) return request.is404 ? done() : reply.callNotFound();
    const list = [...allowed].sort().join(', ');
    void sendProblem(
      reply.header('allow', list),
      httpProblem(405, `${request.method} is not possible here. Possible: ${list}.`),
    );
  });
}

/** Converts a path of the router, such as `/v1/orders/:id`, to a pattern. */
function toPattern(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replace(/:[^/]+/g, '[^/]+').replaceAll('*', '.*')}$`);
}
