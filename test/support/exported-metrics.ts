import { catalogue, NOTIFICATION_KINDS, ORDER_STATUSES } from '@estoque/domain';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { topologyOf, UNROUTED_QUEUE } from '../../libs/messaging/src/rabbitmq/topology.js';
import { APPS, type App } from './system.js';

/** What a process tells Prometheus under one name. */
export interface ExportedMetric {
  type: 'gauge' | 'counter' | 'histogram' | 'summary';
  /** Each label with the values it can have; undefined where they can't be listed. */
  labels: Record<string, readonly string[] | undefined>;
  /** The processes that export it. */
  apps: readonly App[];
}

const WORKERS = APPS.filter((app) => app !== 'api');

const events = Object.keys(catalogue);
const queues = Object.keys(topologyOf('stock_events', catalogue).workQueues);
/** A dead letter may come from anywhere. */
const anyQueue = [...queues, UNROUTED_QUEUE, 'unknown'];

const gauge = (apps: readonly App[], labels: ExportedMetric['labels'] = {}): ExportedMetric => ({
  type: 'gauge',
  labels,
  apps,
});
const counter = (apps: readonly App[], labels: ExportedMetric['labels'] = {}): ExportedMetric => ({
  type: 'counter',
  labels,
  apps,
});
const histogram = (apps: readonly App[], labels: ExportedMetric['labels']): ExportedMetric => ({
  type: 'histogram',
  labels,
  apps,
});

/** Everything of ours at /metrics, by its name; the running apps say the same (journeys/telemetry.spec.ts). Alerts and dashboards may use this and no more. */
const OUR_METRICS: Record<string, ExportedMetric> = {
  estoque_http_request_duration_seconds: histogram(['api'], {
    method: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'],
    route: undefined,
    status: ['200', '201', '202', '204', '400', '404', '409', '412', '422', '500', '503'],
  }),
  estoque_event_handling_duration_seconds: histogram(WORKERS, {
    event: [...events, 'unknown'],
    outcome: ['done', 'retry', 'dead_letter', 'requeued'],
  }),
  estoque_events_published_total: counter(APPS, { event: events }),
  estoque_consumer_up: gauge(WORKERS),
  estoque_consumer_in_flight: gauge(WORKERS),
  estoque_outbox_depth: gauge(APPS),
  estoque_outbox_lag_seconds: gauge(APPS),
  estoque_dead_letters_open: gauge(['api']),
  estoque_dead_letters_collected_total: counter(['api'], { queue: anyQueue }),
  estoque_orders_open: gauge(['order-worker'], { status: ['pending', 'reserved'] }),
  estoque_orders_stuck: gauge(['order-worker']),
  estoque_orders_total: counter(APPS, { status: ORDER_STATUSES }),
  estoque_order_rejections_total: counter(APPS, { reason: ['out_of_stock', 'product_inactive'] }),
  estoque_reservations_active: gauge(['order-worker']),
  estoque_reservations_expired_total: counter(['order-worker']),
  estoque_audit_discrepancies: gauge(['order-worker']),
  estoque_mails_total: counter(['notify-worker'], {
    kind: NOTIFICATION_KINDS,
    outcome: ['sent', 'refused', 'failed'],
  }),
  estoque_mails_waiting: gauge(['notify-worker']),
  estoque_database_connections: gauge(APPS, { state: ['idle', 'busy', 'waiting'] }),
};

/** What is not ours: of the broker's plugin, and of Prometheus itself. */
const NEIGHBOURS_METRICS: Record<string, Pick<ExportedMetric, 'type' | 'labels'>> = {
  rabbitmq_detailed_queue_messages_ready: { type: 'gauge', labels: { vhost: undefined, queue: undefined } },
  rabbitmq_detailed_queue_messages_unacked: { type: 'gauge', labels: { vhost: undefined, queue: undefined } },
  rabbitmq_detailed_queue_consumers: { type: 'gauge', labels: { vhost: undefined, queue: undefined } },
  up: { type: 'gauge', labels: {} },
  ALERTS: {
    type: 'gauge',
    labels: {
      alertname: undefined,
      alertstate: ['pending', 'firing'],
      severity: ['warning', 'critical'],
    },
  },
};

/** What prom-client tells of any process, asked of itself. */
async function defaultMetrics(): Promise<Record<string, ExportedMetric>> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = await registry.getMetricsAsJSON();
  return Object.fromEntries(
    metrics.map(({ name, type, values }) => {
      const labels = Object.fromEntries(
        values.flatMap((value) => Object.keys(value.labels).map((label) => [label, undefined])),
      );
      return [name, { type: String(type) as ExportedMetric['type'], labels, apps: APPS }];
    }),
  );
}

/** What each process of ours exports, by the name on its `# TYPE` line. */
export const exportedMetrics = async () => ({ ...(await defaultMetrics()), ...OUR_METRICS });

/** The labels of every series that a query can find, by the series' name; a histogram has three. */
export async function seriesToQuery(): Promise<Map<string, ExportedMetric['labels']>> {
  const found = Object.entries({ ...(await exportedMetrics()), ...NEIGHBOURS_METRICS });
  return new Map(
    found.flatMap(([name, { type, labels }]) => {
      const scraped = { job: [...APPS, 'rabbitmq'], instance: undefined, ...labels };
      if (type !== 'histogram') return [[name, scraped] as const];
      return [
        [`${name}_bucket`, { ...scraped, le: undefined }] as const,
        [`${name}_sum`, scraped] as const,
        [`${name}_count`, scraped] as const,
      ];
    }),
  );
}
