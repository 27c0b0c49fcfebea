import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError } from 'rxjs';
import { loggedPath } from '../http/logged-path.js';
import type { Logger } from '../logging/logger.js';
import { challengeFor } from './credential.errors.js';
import { AppError, kindOf, type ErrorKind, type FieldError } from './app.errors.js';

/** An RFC 9457 problem document, served as `application/problem+json`. */
export interface Problem {
  /** Address of the code on the page about errors. */
  type: string;
  title: string;
  status: number;
  /** Stable error code for programs. */
  code: string;
  detail: string;
  errors: FieldError[];
}

/** Page of the API that describes every code. A relative reference, because a service does not know its public address. */
export const ERRORS_PAGE = '/docs/errors';

const STATUS_BY_KIND: Record<ErrorKind, number> = {
  invalid: 422,
  missing: 404,
  conflict: 409,
  unavailable: 503,
  bug: 500,
};

const HTTP_ERRORS: Record<number, { code: string; title: string }> = {
  400: { code: 'malformed_request', title: 'The request is malformed' },
  401: { code: 'invalid_credential', title: 'The caller is not identified' },
  403: { code: 'insufficient_scope', title: 'The caller may not do this' },
  404: { code: 'not_found', title: 'Not found' },
  405: { code: 'method_not_allowed', title: 'Method not allowed' },
  408: { code: 'request_timeout', title: 'The request took too long to arrive' },
  409: { code: 'conflict', title: 'The request conflicts with the current state' },
  413: { code: 'body_too_large', title: 'The request body is too large' },
  414: { code: 'url_too_long', title: 'The URL is too long' },
  415: { code: 'unsupported_media_type', title: 'The request body must be application/json' },
  417: { code: 'expectation_failed', title: 'The expectation is unknown' },
  422: { code: 'validation_failed', title: 'The request is invalid' },
  429: { code: 'rate_limited', title: 'Too many requests' },
  431: { code: 'headers_too_large', title: 'The request headers are too large' },
  500: { code: 'internal_error', title: 'Internal server error' },
  503: { code: 'unavailable', title: 'Service temporarily unavailable' },
};

/** A request whose outcome is unknown has a code of its own: `outcome_unknown`. */
const UNAVAILABLE_DETAIL =
  'The service is temporarily unavailable. Nothing was stored: repeat the request later.';

/** An outage is often over after a moment; a client that repeats sooner only adds load. */
export const RETRY_AFTER_SECONDS = 2;

/** Converts any error to a problem document. The document of an unexpected error exposes no internal details. */
export function toProblem(error: unknown): Problem {
  const kind = kindOf(error);
  if (error instanceof AppError) {
    const status = error.httpStatus ?? STATUS_BY_KIND[kind];
    return buildProblem(status, error.code, error.message, error.fieldErrors);
  }
  const frameworkStatus = error instanceof HttpException ? error.getStatus() : fastifyStatus(error);
  if (frameworkStatus !== undefined && frameworkStatus < 500) {
    return httpProblem(frameworkStatus, (error as Error).message);
  }
  const status = frameworkStatus ?? STATUS_BY_KIND[kind];
  return buildProblem(
    status,
    HTTP_ERRORS[status]?.code ?? 'internal_error',
    status === 503 ? UNAVAILABLE_DETAIL : 'The error was logged.',
  );
}

/** Builds the problem document for an HTTP status without a more specific cause. */
export function httpProblem(status: number, detail: string): Problem {
  return buildProblem(status, HTTP_ERRORS[status]?.code ?? 'request_refused', detail);
}

/** Builds a problem document. Its title is that of the HTTP status. */
export function buildProblem(
  status: number,
  code: string,
  detail: string,
  errors: FieldError[] = [],
): Problem {
  const title = HTTP_ERRORS[status]?.title ?? 'The request was refused';
  return { type: `${ERRORS_PAGE}#${code}`, title, status, code, detail, errors };
}

/** Returns the HTTP status of Fastify's own errors, for example a malformed body or an invalid URL. */
function fastifyStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : NaN;
  return status >= 400 && status < 600 ? status : undefined;
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** Adds `Retry-After` to every 503, unless the header is set already, and `WWW-Authenticate` to every 401. */
export function sendProblem(reply: FastifyReply, problem: Problem) {
  if (problem.status === 503 && !reply.hasHeader('retry-after'))
    void reply.header('retry-after', RETRY_AFTER_SECONDS);
  if (problem.status === 401) void reply.header('www-authenticate', challengeFor(problem.code));
  if (problem.code === 'overloaded') void reply.header('connection', 'close');
  return reply.status(problem.status).header('content-type', PROBLEM_CONTENT_TYPE).send(problem);
}

/**
 * Answers a failed HTTP request with a problem document. Passes errors of message handlers to the transport unchanged.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param onOverload called for each request that is answered with `overloaded` */
  constructor(
    private readonly logger: Logger,
    private readonly onOverload: (request: FastifyRequest) => void = () => undefined,
  ) {}

  catch(error: unknown, host: ArgumentsHost) {
    if (host.getType() === 'rpc') return throwError(() => error);
    const http = host.switchToHttp();
    const problem = toProblem(error);
    const request = http.getRequest<FastifyRequest>();
    // Refusals under overload are counted, not logged: writing a line for each of them would add to the load.
    if (problem.code === 'overloaded') this.onOverload(request);
    else if (problem.status >= 500) {
      const { method, url } = request;
      // The stack of an outage does not help, and there can be one for each request.
      const cause = problem.status === 503 ? { reason: (error as Error).message } : { err: error };
      this.logger.error({ ...cause, method, path: loggedPath(url), code: problem.code }, 'request failed');
    }
    return sendProblem(http.getResponse<FastifyReply>(), problem);
  }
}
