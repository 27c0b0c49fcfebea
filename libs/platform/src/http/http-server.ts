import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { httpProblem, type Problem } from '../errors/problem.filter.js';
import { refuseConnect } from './client-errors.js';
import { type ConnectionQueues } from './connection-queues.js';
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_HEADER_BYTES,
  MAX_URL_CHARACTERS,
  REQUEST_TIMEOUT_MS,
  TIMEOUT_CHECK_INTERVAL_MS,
} from './http-limits.js';
import { endWithProblem } from './raw-problem.js';
import { setSecurityHeaders } from './security-headers.js';

/** Decides about a request before any of it is processed. Returns the problem if the request is refused. */
export type Gate = (request: IncomingMessage) => Problem | undefined;

export interface ServerOptions {
  maxConnections: number;
  gate: Gate;
  queues: ConnectionQueues;
}

/**
 * Creates an HTTP server that protects itself from its clients: limits on time, size and number, one request at a time
 * per connection, and problem documents for requests that Node refuses.
 *
 * @param handle handles the requests that are not refused here
 */
export function createHttpServer(
  handle: RequestListener,
  { maxConnections, gate, queues }: ServerOptions,
): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Node's own answer has no body.
    requireHostHeader: false,
  });
  server.maxConnections = maxConnections;
  server.on('request', (request, response) =>
    queues.add(request, response, () => {
      setSecurityHeaders(response);
      const invalid = findRequestProblem(request);
      if (invalid) return endWithProblem(response, invalid);
      const refusal = gate(request);
      if (refusal) refuse(request, response, refusal);
      else handle(request, response);
    }),
  );
  server.on('checkExpectation', (request: IncomingMessage, response) =>
    queues.add(request, response, () => {
      setSecurityHeaders(response);
      endWithProblem(response, httpProblem(417, `The expectation ${request.headers.expect} is unknown.`), {
        connection: 'close',
      });
    }),
  );
  server.on('connect', refuseConnect);
  server.on('listening', () => queues.start());
  server.on('close', () => queues.stop());
  return server;
}

/**
 * Answers when the data that arrived with the headers is read. Closes the connection if that was the whole request, as
 * `sendProblem` does. Otherwise the connection stays open: the operating system would reset it when the rest arrives,
 * and the client might never see the answer.
 */
function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem) {
  setImmediate(() => endWithProblem(response, problem, request.complete ? { connection: 'close' } : {}));
}

/** Host of a URI (RFC 3986, section 3.2.2), with an optional port. It may be empty. */
const HOST = /^(?:\[[\da-fv:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;

function findRequestProblem({ rawHeaders, httpVersion, url }: IncomingMessage): Problem | undefined {
  if (url!.length > MAX_URL_CHARACTERS)
    return httpProblem(414, `The URL has more than ${MAX_URL_CHARACTERS} characters.`);
  // RFC 9112, section 3.2. `headers` would contain only the first of several hosts: a proxy in front of this server may
  // have decided by another one.
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && isHostHeader(rawHeaders[index - 1]!));
  if (hosts.length > 1) return httpProblem(400, 'The header Host is given more than once.');
  if (hosts.length === 0 && httpVersion === '1.1') return httpProblem(400, 'The header Host is missing.');
  if (hosts.length === 1 && !HOST.test(hosts[0]!)) return httpProblem(400, 'The header Host is invalid.');
  return undefined;
}

const isHostHeader = (name: string) => name.length === 4 && name.toLowerCase() === 'host';
