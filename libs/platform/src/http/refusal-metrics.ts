import type { Metrics } from '../metrics/metrics.js';
import type { Admission } from './admission.js';
import type { ConnectionQueues } from './connection-queues.js';

/** Exports requests in progress, refused requests and closed connections. */
export function countRefusals(metrics: Metrics, admission: Admission, queues: ConnectionQueues) {
  const refused = metrics.counter(
    'estoque_http_refused_requests_total',
    'Requests answered with `overloaded`, by class: too many were in progress or waited, or waited for too long',
    { class: admission.classNames },
  );
  metrics.gauge(
    'estoque_http_requests_in_progress',
    'Requests in progress by class; above the limit of its class a request is refused',
    () => admission.requestsInProgress(),
    'class',
  );
  admission.onRefused = (name) => refused.inc({ class: name });
  const closed = metrics.counter(
    'estoque_http_closed_connections_total',
    'Connections closed because the client sent too many requests at once, or did not read the answers',
    { reason: ['pipelining', 'unread'] },
  );
  queues.onClosed = (reason) => closed.inc({ reason });
}
