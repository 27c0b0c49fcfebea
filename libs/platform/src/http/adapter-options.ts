import type { FastifyReply } from 'fastify';
import type { RequestListener } from 'node:http';
import type { Environment } from '../config/environment.js';
import { sendProblem, toProblem } from '../errors/problem.filter.js';
import { clientErrorHandler } from './client-errors.js';
import { MAX_BODY_BYTES } from './http-limits.js';
import { createHttpServer, type ServerOptions } from './http-server.js';

/** Options of Fastify, in every process. */
export const adapterOptions = (
  { TRUST_PROXY }: Pick<Environment, 'TRUST_PROXY'>,
  serverOptions: ServerOptions,
) => ({
  bodyLimit: MAX_BODY_BYTES,
  clientErrorHandler: clientErrorHandler(serverOptions.queues),
  serverFactory: (handle: RequestListener) => createHttpServer(handle, serverOptions),
  routerOptions: { maxParamLength: 500 },
  // `request.ip` is the address of the client: that of the peer, or what a trusted proxy says about it.
  trustProxy: TRUST_PROXY.length > 0 && TRUST_PROXY,
  // Requests that arrive during the shutdown are still answered.
  return503OnClosing: false,
  // Errors that Fastify reports before a route is found, for example an invalid escape in the URL.
  frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => {
    void sendProblem(reply, toProblem(error));
  },
});
