import { context, propagation, ROOT_CONTEXT, SpanKind, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.js';
import { loggedPath } from './logged-path.js';
import { failSpan, isTracingEnabled, startSpan } from '../tracing/tracing.js';

/**
 * Not observed: probes and Prometheus request the first two every few seconds, and the duration of a stream is that of its
 * client's interest.
 */
const EXCLUDED_ROUTES = /^\/(health|metrics|v1\/stream)(\/|$)/;

interface ObservedRequest {
  startedAt: number;
  span?: Span;
}

const observed = new WeakMap<FastifyRequest, ObservedRequest>();

/** @returns when the request was received, by `performance.now()` */
export const receivedAtOf = (request: FastifyRequest): number | undefined => observed.get(request)?.startedAt;

const routeOf = ({ is404, routeOptions }: FastifyRequest) => (is404 ? undefined : routeOptions.url);

/**
 * Measures the duration of each request. If tracing is enabled, also records a span that continues the caller's trace.
 */
export function observeRequests(server: FastifyInstance, metrics: Metrics) {
  const durations = metrics.histogram(
    'estoque_http_request_duration_seconds',
    'Duration of HTTP requests by route, from receipt to the end of the response',
    { method: [], route: [], status: [] },
  );

  server.addHook('onRequest', (request, reply, done) => {
    if (!EXCLUDED_ROUTES.test(routeOf(request) ?? '')) {
      const observedRequest: ObservedRequest = {
        startedAt: performance.now(),
        span: isTracingEnabled() ? startRequestSpan(request) : undefined,
      };
      observed.set(request, observedRequest);
      // 'close' is also emitted if the client disconnects before the response is sent.
      reply.raw.once('close', () => {
        const route = routeOf(request) ?? 'none';
        const status = reply.raw.statusCode;
        durations
          .labels(request.method, route, String(status))
          .observe((performance.now() - observedRequest.startedAt) / 1_000);
        observedRequest.span?.setAttribute('http.response.status_code', status);
        if (status >= 500) failSpan(observedRequest.span, String(status));
        observedRequest.span?.end();
      });
    }
    done();
  });

  // The context is set after the body is read, because the socket events that deliver the body run outside any context.
  server.addHook('preHandler', (request, _reply, done) => {
    const span = observed.get(request)?.span;
    if (span) context.with(trace.setSpan(ROOT_CONTEXT, span), done);
    else done();
  });
}

function startRequestSpan(request: FastifyRequest): Span {
  const route = routeOf(request);
  return startSpan({
    name: route ? `${request.method} ${route}` : request.method,
    kind: SpanKind.SERVER,
    parent: propagation.extract(ROOT_CONTEXT, request.headers),
    attributes: {
      'http.request.method': request.method,
      'url.scheme': request.protocol,
      'url.path': loggedPath(request.url),
      ...(route && { 'http.route': route }),
    },
  });
}
