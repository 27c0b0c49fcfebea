import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { PROBLEM_CONTENT_TYPE, RETRY_AFTER_SECONDS, type Problem } from '../errors/problem.filter.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** Answers with a problem document, for requests that are refused before the framework sees them. */
export function endWithProblem(response: ServerResponse, problem: Problem, headers?: OutgoingHttpHeaders) {
  const body = JSON.stringify(problem);
  response
    .writeHead(problem.status, {
      'content-type': PROBLEM_CONTENT_TYPE,
      'content-length': Buffer.byteLength(body),
      ...(problem.status === 503 && { 'retry-after': String(RETRY_AFTER_SECONDS) }),
      ...headers,
    })
    .end(body);
}

/** Returns a whole HTTP response, for a connection whose request Node could not parse. The connection ends with it. */
export function toResponseText(problem: Problem): string {
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `date: ${new Date().toUTCString()}`,
    'connection: close',
    ...SECURITY_HEADERS.map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}
