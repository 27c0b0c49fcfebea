import { context, propagation, ROOT_CONTEXT, SpanKind, trace, type Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.js';
import { failSpan, isTracing, startSpan } from '../tracing/tracing.js';

/** Asked by machines, every few seconds. */
const NOT_OBSERVED = /^\/(health|metrics)(\/|$)/;

interface Observed {
  startedAt: number;
  span?: Span;
}

const routeOf = ({ is404, routeOptions }: FastifyRequest) => (is404 ? undefined : routeOptions.url);

/** Measures each request and, while this process traces, makes it a span that continues the caller's trace. */
export function observeRequests(server: FastifyInstance, metrics: Metrics) {
  const durations = metrics.histogram(
    'estoque_http_request_duration_seconds',
    'Requests by route, from the first byte to the last of the answer',
    { method: [], route: [], status: [] },
  );
  const observed = new WeakMap<FastifyRequest, Observed>();

  server.addHook('onRequest', (request, reply, done) => {
    if (!NOT_OBSERVED.test(routeOf(request) ?? '')) {
      const started: Observed = {
        startedAt: performance.now(),
        span: isTracing() ? spanOf(request) : undefined,
      };
      observed.set(request, started);
      // Also where the caller has gone before the answer.
      reply.raw.once('close', () => {
        const route = routeOf(request) ?? 'none';
        const status = reply.raw.statusCode;
        durations
          .labels(request.method, route, String(status))
          .observe((performance.now() - started.startedAt) / 1_000);
        started.span?.setAttribute('http.response.status_code', status);
        if (status >= 500) failSpan(started.span, String(status));
        started.span?.end();
      });
    }
    done();
  });

  // Not before the body is read: its events come from the socket, in no trace.
  server.addHook('preHandler', (request, _reply, done) => {
    const span = observed.get(request)?.span;
    if (span) context.with(trace.setSpan(ROOT_CONTEXT, span), done);
    else done();
  });
}

function spanOf(request: FastifyRequest): Span {
  const route = routeOf(request);
  return startSpan({
    name: route ? `${request.method} ${route}` : request.method,
    kind: SpanKind.SERVER,
    parent: propagation.extract(ROOT_CONTEXT, request.headers),
    attributes: {
      'http.request.method': request.method,
      'url.scheme': request.protocol,
      // Not the query: people's addresses are searched for in it.
      'url.path': request.url.split('?')[0],
      ...(route && { 'http.route': route }),
    },
  });
}
