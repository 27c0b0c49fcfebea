import { appManifest } from '../../../apps/manifest.js';
import { perSecond, quantiles, type Row } from './panel.js';

export const apiRow: Row = {
  title: `api: ${appManifest('api').summary}`,
  graphs: [
    {
      title: 'Requests, by status',
      description: 'Without requests for health and metrics.',
      unit: 'reqps',
      queries: {
        '{{status}}': `sum by (status) (${perSecond('estoque_http_request_duration_seconds_count')})`,
      },
      stacked: true,
    },
    {
      title: 'Response time',
      description: 'All routes.',
      unit: 's',
      queries: quantiles('estoque_http_request_duration_seconds', ''),
    },
    {
      title: 'Slowest routes',
      description: 'The 95th percentile of the five slowest.',
      unit: 's',
      queries: {
        '{{method}} {{route}}': `topk(5, histogram_quantile(0.95, sum by (le, method, route) (${perSecond('estoque_http_request_duration_seconds_bucket')})))`,
      },
    },
    {
      title: 'Orders, by new state',
      description: 'pending means accepted. Over a longer time, pending = processed + rejected + cancelled.',
      unit: 'ops',
      queries: { '{{status}}': `sum by (status) (${perSecond('estoque_orders_total')})` },
    },
    {
      title: 'Requests in progress, by class',
      description:
        'In the process with the most. Above the limit of its class, a request is refused: 800 orders, 25 lists of orders, 200 other reads, 200 other changes.',
      unit: 'none',
      queries: { '{{class}}': 'max by (class) (estoque_http_requests_in_progress)' },
    },
    {
      title: 'Requests refused, by class',
      description:
        'Answered with 503 overloaded: too many are in progress or wait. Nothing is stored, and clients repeat them.',
      unit: 'reqps',
      queries: {
        '{{class}}': `sum by (class) (${perSecond('estoque_http_refused_requests_total')})`,
      },
      stacked: true,
    },
    {
      title: 'Requests above a rate limit',
      description: 'Answered with 429: an address or a caller has sent too many requests within a minute.',
      unit: 'reqps',
      queries: {
        '{{policy}}': `sum by (policy) (${perSecond('estoque_rate_limited_total')})`,
      },
      stacked: true,
    },
    {
      title: 'Orders waiting to be stored',
      description:
        'Requests for orders that wait for their transaction, in the process with the most. At 600, and while one has waited for 2 s, further ones are refused.',
      unit: 'none',
      queries: { waiting: 'max(estoque_order_requests_waiting)' },
      thresholds: [600],
    },
    {
      title: 'Streams of events',
      description:
        'Clients that watch events, of all processes. While there is none, no event is copied. Each process accepts 100.',
      unit: 'none',
      queries: { streams: 'sum(estoque_streams)' },
    },
    {
      title: 'Requests refused for lack of access, by status',
      description:
        '401: the credential is missing, malformed, unknown, expired or revoked. 403: the caller does not have the scope of the operation. The log of the api has the route and the address.',
      unit: 'reqps',
      queries: { '{{status}}': `sum by (status) (${perSecond('estoque_access_refused_total')})` },
      stacked: true,
    },
    {
      title: 'Connections closed, by reason',
      description:
        'pipelining: the client sent more than 32 requests without waiting for answers. unread: it did not read an answer in time.',
      unit: 'ops',
      queries: {
        '{{reason}}': `sum by (reason) (${perSecond('estoque_http_closed_connections_total')})`,
      },
    },
  ],
};
