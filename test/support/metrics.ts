import type { App } from './system.js';

const EVERY = [
  'estoque_events_published_total',
  'estoque_orders_total',
  'estoque_order_rejections_total',
  'estoque_outbox_depth',
  'estoque_outbox_lag_seconds',
  'estoque_database_connections',
];
const CONSUMES = [
  'estoque_consumer_up',
  'estoque_consumer_in_flight',
  'estoque_event_handling_duration_seconds',
];

/** What each app measures of its own, at /metrics; the running apps say the same (journeys/telemetry.spec.ts). */
export const METRICS: Record<App, string[]> = {
  api: [
    ...EVERY,
    'estoque_http_request_duration_seconds',
    'estoque_dead_letters_parked',
    'estoque_dead_letters_collected_total',
  ],
  'order-worker': [
    ...EVERY,
    ...CONSUMES,
    'estoque_orders_stuck',
    'estoque_orders_open',
    'estoque_reservations_held',
    'estoque_reservations_expired_total',
    'estoque_audit_drift',
  ],
  'stock-worker': [...EVERY, ...CONSUMES],
  'notify-worker': [...EVERY, ...CONSUMES, 'estoque_mails_total', 'estoque_mails_waiting'],
};

/** Of those that prom-client adds in every app, what we look at. */
export const PROCESS_METRICS = [
  'nodejs_eventloop_lag_p99_seconds',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
];

/** The values of one answer of /metrics by series, as `name{label="value"}`, and the names that it declares. */
export function parseMetrics(text: string): { names: string[]; values: Map<string, number> } {
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  const values = [...text.matchAll(/^([a-z_0-9]+(?:\{.*\})?) (\S+)$/gm)].map(
    ([, series, value]) => [series!, Number(value)] as const,
  );
  return { names, values: new Map(values) };
}
