import { catalogue, NOTIFICATION_KINDS, ORDER_STATUSES, ORDER_STATUSES_IN_PROGRESS } from '@estoque/domain';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { topologyOf, UNROUTED_QUEUE } from '../../libs/messaging/src/rabbitmq/topology.js';
import { APP_NAMES, WORKERS, type AppName } from '../../apps/manifest.js';

/** One metric that processes export to Prometheus. */
export interface ExportedMetric {
  type: 'gauge' | 'counter' | 'histogram' | 'summary';
  /** Possible values of each label; undefined if they cannot be listed. */
  labels: Record<string, readonly string[] | undefined>;
  /** The processes that export it. */
  apps: readonly AppName[];
}

const WORKER_NAMES = WORKERS.map(({ name }) => name);

const events = Object.keys(catalogue);
const queues = Object.keys(topologyOf('stock_events', catalogue).workQueues);
/** Queues that a dead letter can come from. */
const anyQueue = [...queues, UNROUTED_QUEUE, 'unknown'];

const WEBHOOK_OUTCOMES = ['delivered', 'deferred', 'failed'];

const gauge = (apps: readonly AppName[], labels: ExportedMetric['labels'] = {}): ExportedMetric => ({
  type: 'gauge',
  labels,
  apps,
});
const counter = (apps: readonly AppName[], labels: ExportedMetric['labels'] = {}): ExportedMetric => ({
  type: 'counter',
  labels,
  apps,
});
const histogram = (apps: readonly AppName[], labels: ExportedMetric['labels']): ExportedMetric => ({
  type: 'histogram',
  labels,
  apps,
});

/**
 * Every metric that the project's code defines, by name. journeys/telemetry.spec.ts compares this list with the running
 * apps. Alerts and dashboards may query only these metrics and the ones below.
 */
const APPLICATION_METRICS: Record<string, ExportedMetric> = {
  estoque_http_request_duration_seconds: histogram(['api'], {
    method: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'],
    route: undefined,
    status: [
      '200',
      '201',
      '202',
      '204',
      '400',
      '401',
      '403',
      '404',
      '405',
      '409',
      '412',
      '422',
      '429',
      '500',
      '503',
    ],
  }),
  estoque_http_refused_requests_total: counter(['api'], {
    class: ['order', 'stream', 'list', 'read', 'change'],
  }),
  estoque_http_requests_in_progress: gauge(['api'], { class: ['order', 'stream', 'list', 'read', 'change'] }),
  estoque_order_requests_waiting: gauge(['api']),
  estoque_streams: gauge(['api']),
  estoque_access_refused_total: counter(['api'], { status: ['401', '403'] }),
  estoque_rate_limited_total: counter(['api'], { policy: ['address', 'caller', 'customer', 'costly'] }),
  estoque_http_closed_connections_total: counter(['api'], { reason: ['pipelining', 'unread'] }),
  estoque_event_handling_duration_seconds: histogram(WORKER_NAMES, {
    event: [...events, 'unknown'],
    outcome: ['done', 'retried', 'dead_lettered', 'requeued'],
  }),
  estoque_events_published_total: counter(APP_NAMES, { event: events }),
  estoque_consumer_up: gauge(WORKER_NAMES),
  estoque_consumer_in_flight: gauge(WORKER_NAMES),
  estoque_lock_timeouts_total: counter(APP_NAMES),
  estoque_webhook_deliveries_total: counter(['notify-worker'], { outcome: WEBHOOK_OUTCOMES }),
  estoque_webhook_duration_seconds: histogram(['notify-worker'], { outcome: WEBHOOK_OUTCOMES }),
  estoque_webhooks_waiting: gauge(['notify-worker']),
  estoque_webhooks_oldest_seconds: gauge(['notify-worker']),
  estoque_webhook_endpoints_disabled: gauge(['notify-worker']),
  estoque_rows_locked: gauge(APP_NAMES),
  estoque_outbox_depth: gauge(APP_NAMES),
  estoque_outbox_lag_seconds: gauge(APP_NAMES),
  estoque_dead_letters_not_collected: gauge(['api']),
  estoque_dead_letters_open: gauge(['api']),
  estoque_dead_letters_collected_total: counter(['api'], { queue: anyQueue }),
  estoque_orders_in_progress: gauge(['order-worker'], { status: ORDER_STATUSES_IN_PROGRESS }),
  estoque_orders_stuck: gauge(['order-worker']),
  estoque_orders_total: counter(APP_NAMES, { status: ORDER_STATUSES }),
  estoque_order_rejections_total: counter(APP_NAMES, {
    reason: ['out_of_stock', 'product_inactive', 'payment_declined'],
  }),
  estoque_reservations_active: gauge(['order-worker']),
  estoque_orders_expired_total: counter(['order-worker']),
  estoque_orders_failed_to_expire: gauge(['order-worker']),
  estoque_republish_failures_total: counter(['order-worker']),
  estoque_audit_products_with_discrepancies: gauge(['order-worker']),
  estoque_audit_payment_discrepancies: gauge(['order-worker']),
  estoque_payment_outcomes_total: counter(['payment-worker'], {
    outcome: ['captured', 'declined', 'pending', 'unknown'],
  }),
  estoque_payments_without_outcome: gauge(['payment-worker']),
  estoque_refunds_failed: gauge(['payment-worker']),
  estoque_mails_total: counter(['notify-worker'], {
    kind: NOTIFICATION_KINDS,
    outcome: ['sent', 'refused', 'deferred'],
  }),
  estoque_mails_withheld_total: counter(['notify-worker'], { kind: NOTIFICATION_KINDS }),
  estoque_mails_waiting: gauge(['notify-worker']),
  estoque_database_snapshot_age_seconds: gauge(['order-worker']),
  estoque_database_connections: gauge(APP_NAMES, { state: ['idle', 'busy', 'waiting'] }),
  estoque_database_read_connections: gauge(['api'], { state: ['idle', 'busy', 'waiting'] }),
};

/** Metrics from RabbitMQ's Prometheus plugin and from Prometheus itself. */
const INFRASTRUCTURE_METRICS: Record<string, Pick<ExportedMetric, 'type' | 'labels'>> = {
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

/** Reads the default metrics of a Node.js process from prom-client, without the version of Node.js. */
async function readDefaultMetrics(): Promise<Record<string, ExportedMetric>> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registry.removeSingleMetric('nodejs_version_info');
  const metrics = await registry.getMetricsAsJSON();
  return Object.fromEntries(
    metrics.map(({ name, type, values }) => {
      const labels = Object.fromEntries(
        values.flatMap((value) => Object.keys(value.labels).map((label) => [label, undefined])),
      );
      return [name, { type: String(type) as ExportedMetric['type'], labels, apps: APP_NAMES }];
    }),
  );
}

/** @returns every metric that the apps export, by the name on its `# TYPE` line */
export const exportedMetrics = async () => ({ ...(await readDefaultMetrics()), ...APPLICATION_METRICS });

/** @returns the labels of every series that a query can select, by the name of the series; a histogram has three series */
export async function seriesToQuery(): Promise<Map<string, ExportedMetric['labels']>> {
  const metrics = Object.entries({ ...(await exportedMetrics()), ...INFRASTRUCTURE_METRICS });
  return new Map(
    metrics.flatMap(([name, { type, labels }]) => {
      const allLabels = { job: [...APP_NAMES, 'rabbitmq'], instance: undefined, ...labels };
      if (type !== 'histogram') return [[name, allLabels] as const];
      return [
        [`${name}_bucket`, { ...allLabels, le: undefined }] as const,
        [`${name}_sum`, allLabels] as const,
        [`${name}_count`, allLabels] as const,
      ];
    }),
  );
}
