import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { httpProblem, type Problem } from '../errors/problem.filter.js';
import type { ConnectionQueues } from './connection-queues.js';
import { MAX_HEADER_BYTES, MAX_URL_CHARACTERS } from './http-limits.js';
import { toResponseText } from './raw-problem.js';

/** Errors of Node's HTTP parser have these properties. */
interface ParserError extends Error {
  code?: string;
  reason?: string;
  rawPacket?: unknown;
}

/**
 * Returns the listener of `clientError`, for requests that Node can't parse or that arrive too slowly: it answers with a
 * problem document and closes the connection.
 */
export function clientErrorHandler(queues: ConnectionQueues) {
  const failed = new WeakSet<Socket>();
  return (error: ParserError, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    // After an error the parser reports each further packet.
    if (failed.has(socket)) return;
    failed.add(socket);
    const problem = toParserProblem(error);
    // Earlier requests are answered first: the client would take this answer for that to its first request.
    queues.finish(socket, (response) => {
      if (!response?.headersSent) socket.write(toResponseText(problem));
      socket.destroySoon();
    });
  };
}

/** Answers CONNECT with a problem document: Node would close the connection without an answer. */
export function refuseConnect(_request: unknown, socket: Duplex) {
  socket.end(toResponseText(httpProblem(400, 'The method CONNECT is not supported.')));
}

function toParserProblem({ code, reason, rawPacket }: ParserError): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return httpProblem(408, 'The request did not arrive in time.');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return httpProblem(413, 'The chunk extensions are too long.');
  if (code !== 'HPE_HEADER_OVERFLOW')
    return httpProblem(400, reason ? `Not a valid HTTP request: ${reason}.` : 'Not a valid HTTP request.');
  // Node has one limit for request line and headers. If the packet starts with a request line, its length is known.
  const requestLine =
    /^[A-Z]+ \S+/.exec(Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '')?.[0] ?? '';
  return requestLine.length > MAX_URL_CHARACTERS
    ? httpProblem(414, `The URL has more than ${MAX_URL_CHARACTERS} characters.`)
    : httpProblem(431, `The headers have more than ${MAX_HEADER_BYTES} bytes.`);
}
