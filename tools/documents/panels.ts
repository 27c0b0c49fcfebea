import { APP_NAMES, appManifest, WORKERS, type WorkerName } from '../../apps/manifest.js';

/** The panels of the Grafana dashboard: titles, queries, units. dashboard.ts turns them into Grafana's JSON. */

const ALL_APPS = `job=~"${APP_NAMES.join('|')}"`;
const WORK_QUEUES = `queue=~"${WORKERS.map(({ queue }) => queue).join('|')}"`;

/** Grafana's names of units. */
type Unit = 'short' | 'none' | 's' | 'reqps' | 'ops' | 'bytes' | 'percentunit' | 'bool_on_off';

export interface Panel {
  title: string;
  /** Tooltip of the title: what the values mean. */
  description: string;
  unit: Unit;
  /** PromQL by legend. */
  queries: Record<string, string>;
  /** Value from which the panel is red; of two values, the first is orange. */
  thresholds?: [number] | [number, number];
}
export interface Graph extends Panel {
  stacked?: boolean;
}
interface Row {
  title: string;
  graphs: Graph[];
}

const perSecond = (series: string) => `rate(${series}[$__rate_interval])`;
const quantiles = (histogram: string, matchers: string) =>
  Object.fromEntries(
    [0.5, 0.95, 0.99].map((quantile) => [
      `p${quantile * 100}`,
      `histogram_quantile(${quantile}, sum by (le) (${perSecond(`${histogram}_bucket${matchers}`)}))`,
    ]),
  );

// These three are shown twice: at a glance and in the row "Failures".
const DEAD_LETTERS_OPEN: Omit<Panel, 'description'> = {
  title: 'Open dead letters',
  unit: 'none',
  queries: { open: 'max(estoque_dead_letters_open)' },
  thresholds: [1, 20],
};
const ORDERS_STUCK: Omit<Panel, 'description'> = {
  title: 'Stuck orders',
  unit: 'none',
  queries: { stuck: 'max(estoque_orders_stuck)' },
  thresholds: [1],
};
const AUDIT_DISCREPANCIES: Omit<Panel, 'description'> = {
  title: 'Audit discrepancies',
  unit: 'none',
  queries: { discrepancies: 'max(estoque_audit_products_with_discrepancies)' },
  thresholds: [1],
};

export const AT_A_GLANCE: Panel[] = [
  {
    title: 'Alerts firing',
    description: 'Each alert has a section in docs/operations.md.',
    unit: 'none',
    queries: { alerts: 'count(ALERTS{alertname=~"Estoque.*", alertstate="firing"}) or vector(0)' },
    thresholds: [1],
  },
  {
    title: 'Orders accepted',
    description: 'Per second, by all processes of the API.',
    unit: 'ops',
    queries: { accepted: `sum(${perSecond('estoque_orders_total{status="pending"}')})` },
  },
  {
    title: 'Orders processed',
    description: 'Per second. If it stays below the accepted orders, a step is too slow or has stopped.',
    unit: 'ops',
    queries: { processed: `sum(${perSecond('estoque_orders_total{status="processed"}')})` },
  },
  {
    title: 'API errors',
    description: 'Share of requests whose response has a 5xx status.',
    unit: 'percentunit',
    queries: {
      errors: `(sum(${perSecond('estoque_http_request_duration_seconds_count{status=~"5.."}')}) or vector(0)) / sum(${perSecond('estoque_http_request_duration_seconds_count')})`,
    },
    thresholds: [0.01, 0.05],
  },
  {
    title: 'Outbox lag',
    description: 'How long the oldest event has waited to be published.',
    unit: 's',
    queries: { lag: 'max(estoque_outbox_lag_seconds)' },
    thresholds: [30, 300],
  },
  { ...DEAD_LETTERS_OPEN, description: 'Messages that an operator has to replay or discard.' },
  {
    ...ORDERS_STUCK,
    description: 'Orders that did not progress although their event was republished at least three times.',
  },
  { ...AUDIT_DISCREPANCIES, description: 'Products whose stock ledger does not reconcile.' },
];

/** The same graphs for each worker, so that workers can be compared. */
function handlingGraphs(worker: WorkerName): Graph[] {
  const ofWorker = `{job="${worker}"}`;
  return [
    {
      title: 'Events handled, by outcome',
      description:
        'retried and dead_lettered are errors. requeued is not an error: the message was returned to the queue, because of an outage or a shutdown.',
      unit: 'ops',
      queries: {
        '{{event}} {{outcome}}': `sum by (event, outcome) (${perSecond(`estoque_event_handling_duration_seconds_count${ofWorker}`)})`,
      },
      stacked: true,
    },
    {
      title: 'Time from delivery to settlement',
      description: 'Under load, most of it is the time in which a message waits for its batch.',
      unit: 's',
      queries: quantiles('estoque_event_handling_duration_seconds', ofWorker),
    },
    {
      title: 'Messages in flight',
      description:
        'Delivered and not settled. If it stays at PREFETCH, the worker is at its limit or waits for a dependency.',
      unit: 'none',
      queries: { '{{instance}}': `sum by (instance) (estoque_consumer_in_flight${ofWorker})` },
    },
    {
      title: 'Consumers up',
      description: 'Processes that can consume messages, and processes that run.',
      unit: 'none',
      queries: { 'can consume': `sum(estoque_consumer_up${ofWorker})`, running: `sum(up${ofWorker})` },
    },
  ];
}

/** Graphs of one worker, shown after those that every worker has. */
const OWN_GRAPHS: Partial<Record<WorkerName, Graph[]>> = {
  'order-worker': [
    {
      title: 'Orders in progress',
      description: 'Orders that are pending or reserved.',
      unit: 'short',
      queries: { '{{status}}': 'max by (status) (estoque_orders_in_progress)' },
      stacked: true,
    },
    {
      title: 'Rejections, by reason',
      description:
        'A rejection is a normal result and not an error. An order with two reasons is counted for both.',
      unit: 'ops',
      queries: { '{{reason}}': `sum by (reason) (${perSecond('estoque_order_rejections_total')})` },
      stacked: true,
    },
    {
      title: 'Active reservations',
      description: 'Their stock is not available to other orders.',
      unit: 'short',
      queries: { active: 'max(estoque_reservations_active)' },
    },
    {
      title: 'Reservations expired',
      description: 'The order was cancelled because its stock was not deducted in time.',
      unit: 'ops',
      queries: { expired: `sum(${perSecond('estoque_orders_expired_total')})` },
    },
  ],
};

const workerRows: Row[] = WORKERS.map(({ name, summary }) => ({
  title: `${name}: ${summary}`,
  graphs: [...handlingGraphs(name), ...(OWN_GRAPHS[name] ?? [])],
}));

/** The rows for the steps of an order, in the sequence of the steps. */
const STEPS: Row[] = [
  {
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
        description:
          'pending means accepted. Over a longer time, pending = processed + rejected + cancelled.',
        unit: 'ops',
        queries: { '{{status}}': `sum by (status) (${perSecond('estoque_orders_total')})` },
      },
    ],
  },
  {
    title: 'Outbox: events are published',
    graphs: [
      {
        title: 'Events published',
        description: 'Confirmed by the broker.',
        unit: 'ops',
        queries: { '{{event}}': `sum by (event) (${perSecond('estoque_events_published_total')})` },
        stacked: true,
      },
      {
        title: 'Age of the oldest event',
        description: 'Rises by one second per second while the broker is unavailable. No event is lost.',
        unit: 's',
        queries: { lag: 'max(estoque_outbox_lag_seconds)' },
        thresholds: [30, 300],
      },
      {
        title: 'Events waiting',
        description: 'Rows of the outbox.',
        unit: 'short',
        queries: { depth: 'max(estoque_outbox_depth)' },
      },
    ],
  },
  {
    title: 'RabbitMQ: messages wait in queues',
    graphs: [
      {
        title: 'Messages ready in the work queues',
        description: 'The number rises if the worker of the queue is too slow or down.',
        unit: 'short',
        queries: {
          '{{queue}}': `max by (queue) (rabbitmq_detailed_queue_messages_ready{${WORK_QUEUES}})`,
        },
        thresholds: [10_000],
      },
      {
        title: 'Messages in retry, unrouted and dead letter queues',
        description:
          'Messages that wait for a retry, and unroutable messages and dead letters that the api has not collected yet.',
        unit: 'short',
        queries: {
          '{{queue}}':
            'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"retry_queue_.+|unrouted_queue|dead_letter_queue"})',
        },
      },
      {
        title: 'Consumers, as the broker counts them',
        description: 'Two for each worker at full prefetch, one for each worker in isolated mode.',
        unit: 'none',
        queries: {
          '{{queue}}': `max by (queue) (rabbitmq_detailed_queue_consumers{${WORK_QUEUES}})`,
        },
      },
    ],
  },
  ...workerRows,
  {
    title: 'Mail: the customer is notified',
    graphs: [
      {
        title: 'Mails sent, by kind',
        description: 'Accepted by the mail server.',
        unit: 'ops',
        queries: { '{{kind}}': `sum by (kind) (${perSecond('estoque_mails_total{outcome="sent"}')})` },
        stacked: true,
      },
      {
        title: 'Mails not sent',
        description:
          'refused is final. deferred is retried: the mail server deferred the mail or was unavailable.',
        unit: 'ops',
        queries: {
          '{{outcome}}': `sum by (outcome) (${perSecond('estoque_mails_total{outcome!="sent"}')})`,
        },
        stacked: true,
      },
      {
        title: 'Mails waiting',
        description: 'Recorded and not yet sent.',
        unit: 'short',
        queries: { waiting: 'max(estoque_mails_waiting)' },
        thresholds: [100],
      },
    ],
  },
];

/** From top to bottom: the steps of an order, then failures, then what all processes share. */
export const ROWS: Row[] = [
  ...STEPS.map(({ title, graphs }, index) => ({ title: `${index + 1}. ${title}`, graphs })),
  {
    title: 'Failures',
    graphs: [
      {
        title: 'Dead letters collected',
        description: 'By the queue whose consumer could not handle them.',
        unit: 'none',
        queries: {
          '{{queue}}': 'sum by (queue) (increase(estoque_dead_letters_collected_total[$__rate_interval]))',
        },
        stacked: true,
      },
      { ...DEAD_LETTERS_OPEN, description: 'Until they are replayed or discarded.' },
      {
        ...ORDERS_STUCK,
        description: 'Their event was republished at least three times, and they did not progress.',
      },
      {
        ...AUDIT_DISCREPANCIES,
        description:
          'Products whose stock ledger does not reconcile. If there is no value, no audit has succeeded.',
      },
    ],
  },
  {
    title: 'Database',
    graphs: [
      {
        title: 'Connections, by app and state',
        description:
          'Connections in the pools of all processes. Their sum has to stay below max_connections.',
        unit: 'none',
        queries: {
          '{{job}} {{state}}': 'sum by (job, state) (estoque_database_connections{state=~"idle|busy"})',
        },
        stacked: true,
      },
      {
        title: 'Callers waiting for a connection',
        description: 'If it stays above 0, the pool is too small or the database is too slow.',
        unit: 'none',
        queries: {
          '{{job}} {{instance}}': 'max by (job, instance) (estoque_database_connections{state="waiting"})',
        },
        thresholds: [1],
      },
      {
        title: 'Age of the oldest snapshot',
        description:
          'While it grows, no deleted row version can be removed: by a dump, or by a transaction that is left open.',
        unit: 's',
        queries: { age: 'max(estoque_database_snapshot_age_seconds)' },
        thresholds: [600],
      },
    ],
  },
  {
    title: 'Processes',
    graphs: [
      {
        title: 'Processes up',
        description: 'Processes that Prometheus can reach.',
        unit: 'none',
        queries: { '{{job}}': `sum by (job) (up{${ALL_APPS}})` },
      },
      {
        title: 'Event-loop lag, p99',
        description: 'Delay with which timers of the process fire. Above 0.1 s the process is overloaded.',
        unit: 's',
        queries: { '{{job}} {{instance}}': `nodejs_eventloop_lag_p99_seconds{${ALL_APPS}}` },
        thresholds: [0.1, 0.5],
      },
      {
        title: 'Processor',
        description: 'Cores in use. JavaScript runs on one core; garbage collection also uses others.',
        unit: 'none',
        queries: {
          '{{job}} {{instance}}': `sum by (job, instance) (${perSecond(`process_cpu_seconds_total{${ALL_APPS}}`)})`,
        },
      },
      {
        title: 'Memory',
        description: 'Resident memory. A worker with 100,000 messages in its queue uses at most 170 MB.',
        unit: 'bytes',
        queries: { '{{job}} {{instance}}': `process_resident_memory_bytes{${ALL_APPS}}` },
      },
    ],
  },
];
