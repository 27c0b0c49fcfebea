import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError } from 'rxjs';
import type { Logger } from '../logging/logger.js';
import { AppError, kindOf, type ErrorKind, type FieldError } from './app.errors.js';

/** An error as RFC 9457 writes it down, served as `application/problem+json`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** Stable, for programs. */
  code: string;
  detail: string;
  errors: FieldError[];
}

const STATUS_OF: Record<ErrorKind, number> = {
  invalid: 422,
  missing: 404,
  conflict: 409,
  unavailable: 503,
  bug: 500,
};

const HTTP_ERRORS: Record<number, { code: string; title: string }> = {
  400: { code: 'malformed_request', title: 'The request could not be read' },
  404: { code: 'not_found', title: 'There is nothing here' },
  405: { code: 'method_not_allowed', title: 'This method is not allowed here' },
  408: { code: 'request_timeout', title: 'The request took too long to arrive' },
  409: { code: 'conflict', title: 'The request conflicts with the present state' },
  413: { code: 'body_too_large', title: 'The body is too large' },
  414: { code: 'url_too_long', title: 'The address is too long' },
  415: { code: 'unsupported_media_type', title: 'The body must be application/json' },
  422: { code: 'validation_failed', title: 'The request is not valid' },
  500: { code: 'internal_error', title: 'Something went wrong on our side' },
  503: { code: 'unavailable', title: 'A part of the system is not reachable just now' },
};

/** Any error as a problem document. What we did not expect says nothing of its inside. */
export function toProblem(error: unknown): Problem {
  const kind = kindOf(error);
  if (error instanceof AppError) {
    const status = error.httpStatus ?? STATUS_OF[kind];
    return problem(status, error.code, error.message, error.fieldErrors);
  }
  const given = error instanceof HttpException ? error.getStatus() : frameworkStatus(error);
  if (given !== undefined && given < 500) {
    return problem(given, HTTP_ERRORS[given]?.code ?? 'request_refused', (error as Error).message);
  }
  const status = given ?? STATUS_OF[kind];
  return problem(
    status,
    HTTP_ERRORS[status]?.code ?? 'internal_error',
    status === 503 ? 'Nothing was stored. Please try again in a moment.' : 'The error was recorded.',
  );
}

function problem(status: number, code: string, detail: string, errors: FieldError[] = []): Problem {
  const title = HTTP_ERRORS[status]?.title ?? 'The request was refused';
  return { type: 'about:blank', title, status, code, detail, errors };
}

/** Fastify's own errors (a broken body, a bad URL) carry the status that they stand for. */
function frameworkStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : NaN;
  return status >= 400 && status < 600 ? status : undefined;
}

export function sendProblem(reply: FastifyReply, answer: Problem) {
  return reply
    .status(answer.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(answer);
}

/** Over HTTP, every error leaves as a problem document; over a queue, it goes on to the transport, class and all. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost) {
    if (host.getType() === 'rpc') return throwError(() => error);
    const http = host.switchToHttp();
    const answer = toProblem(error);
    if (answer.status >= 500) {
      const { method, url } = http.getRequest<FastifyRequest>();
      this.logger.error({ err: error, method, path: url.split('?')[0], code: answer.code }, 'request failed');
    }
    return sendProblem(http.getResponse<FastifyReply>(), answer);
  }
}
