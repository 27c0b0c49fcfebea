/** What the dashboard shows; how it is written for Grafana is in dashboard.ts. */

const APPS = 'job=~"api|order-worker|stock-worker|notify-worker"';

/** Grafana's names of units. */
type Unit = 'short' | 'none' | 's' | 'reqps' | 'ops' | 'bytes' | 'percentunit' | 'bool_on_off';

export interface Panel {
  title: string;
  /** For whoever hovers over the title: what it means that it rises. */
  about: string;
  unit: Unit;
  /** By their legend. */
  queries: Record<string, string>;
  /** From where on it is amiss, and from where on it is bad. */
  lines?: [number] | [number, number];
}
export interface Graph extends Panel {
  stacked?: boolean;
}
interface Row {
  title: string;
  graphs: Graph[];
}

const perSecond = (series: string) => `rate(${series}[$__rate_interval])`;
const quantiles = (histogram: string, matchers: string, ...by: string[]) =>
  Object.fromEntries(
    [0.5, 0.95, 0.99].map((quantile) => [
      [`p${quantile * 100}`, ...by.map((label) => `{{${label}}}`)].join(' '),
      `histogram_quantile(${quantile}, sum by (${['le', ...by].join(', ')}) (${perSecond(`${histogram}_bucket${matchers}`)}))`,
    ]),
  );

// At a glance, and again in their row.
const DEAD_LETTERS_PARKED: Omit<Panel, 'about'> = {
  title: 'Dead letters parked',
  unit: 'none',
  queries: { parked: 'max(estoque_dead_letters_open)' },
  lines: [1, 20],
};
const ORDERS_STUCK: Omit<Panel, 'about'> = {
  title: 'Orders stuck',
  unit: 'none',
  queries: { stuck: 'max(estoque_orders_stuck)' },
  lines: [1],
};
const AUDIT_DRIFT: Omit<Panel, 'about'> = {
  title: 'Audit drift',
  unit: 'none',
  queries: { drift: 'max(estoque_audit_discrepancies)' },
  lines: [1],
};

export const AT_A_GLANCE: Panel[] = [
  {
    title: 'Alerts firing',
    about: 'Each has a chapter in docs/operations.md.',
    unit: 'none',
    queries: { alerts: 'count(ALERTS{alertname=~"Estoque.*", alertstate="firing"}) or vector(0)' },
    lines: [1],
  },
  {
    title: 'Orders accepted',
    about: 'A second, by all processes of the API.',
    unit: 'ops',
    queries: { accepted: `sum(${perSecond('estoque_orders_total{status="pending"}')})` },
  },
  {
    title: 'Orders processed',
    about: 'A second. Behind the accepted ones for long: something holds them up on the way.',
    unit: 'ops',
    queries: { processed: `sum(${perSecond('estoque_orders_total{status="processed"}')})` },
  },
  {
    title: 'API errors',
    about: 'The share of requests that were answered with a 5xx.',
    unit: 'percentunit',
    queries: {
      errors: `(sum(${perSecond('estoque_http_request_duration_seconds_count{status=~"5.."}')}) or vector(0)) / sum(${perSecond('estoque_http_request_duration_seconds_count')})`,
    },
    lines: [0.01, 0.05],
  },
  {
    title: 'Outbox lag',
    about: 'How long the oldest event waits to be published.',
    unit: 's',
    queries: { lag: 'max(estoque_outbox_lag_seconds)' },
    lines: [30, 300],
  },
  { ...DEAD_LETTERS_PARKED, about: 'Messages that wait for somebody to look at them.' },
  { ...ORDERS_STUCK, about: 'Orders that publishing their event again has not helped.' },
  { ...AUDIT_DRIFT, about: 'Products whose books do not balance.' },
];

/** A worker's part of the way: the same of each, so that they can be compared. */
function handling(app: string): Graph[] {
  const of = `{job="${app}"}`;
  return [
    {
      title: 'Events handled, by outcome',
      about: 'retry and dead_letter are errors; requeued is given back unharmed, in an outage or at a stop.',
      unit: 'ops',
      queries: {
        '{{event}} {{outcome}}': `sum by (event, outcome) (${perSecond(`estoque_event_handling_duration_seconds_count${of}`)})`,
      },
      stacked: true,
    },
    {
      title: 'Time from delivery to settlement',
      about: 'Under load mostly the time in which a message waits for its batch.',
      unit: 's',
      queries: quantiles('estoque_event_handling_duration_seconds', of),
    },
    {
      title: 'Messages in flight',
      about:
        'Delivered and not settled. It stands at PREFETCH: the worker is at its limit, or waits for a neighbour.',
      unit: 'none',
      queries: { '{{instance}}': `sum by (instance) (estoque_consumer_in_flight${of})` },
    },
    {
      title: 'Consumers up',
      about: 'Processes that can take messages, beside those that run.',
      unit: 'none',
      queries: { 'can take messages': `sum(estoque_consumer_up${of})`, running: `sum(up${of})` },
    },
  ];
}

/** From top to bottom as an order travels; then what went wrong, and what all of it stands on. */
export const ROWS: Row[] = [
  {
    title: '1. api: orders come in',
    graphs: [
      {
        title: 'Requests, by status',
        about: 'Health and metrics are left out.',
        unit: 'reqps',
        queries: {
          '{{status}}': `sum by (status) (${perSecond('estoque_http_request_duration_seconds_count')})`,
        },
        stacked: true,
      },
      {
        title: 'Time to answer',
        about: 'All routes.',
        unit: 's',
        queries: quantiles('estoque_http_request_duration_seconds', ''),
      },
      {
        title: 'Slowest routes',
        about: 'The 95th percentile of the five slowest.',
        unit: 's',
        queries: {
          '{{method}} {{route}}': `topk(5, histogram_quantile(0.95, sum by (le, method, route) (${perSecond('estoque_http_request_duration_seconds_bucket')})))`,
        },
      },
      {
        title: 'Orders, by the state they came into',
        about: 'pending is accepted. In a quiet hour, pending = processed + rejected + cancelled.',
        unit: 'ops',
        queries: { '{{status}}': `sum by (status) (${perSecond('estoque_orders_total')})` },
      },
    ],
  },
  {
    title: '2. Outbox: events leave',
    graphs: [
      {
        title: 'Events published',
        about: 'Confirmed by the broker.',
        unit: 'ops',
        queries: { '{{event}}': `sum by (event) (${perSecond('estoque_events_published_total')})` },
        stacked: true,
      },
      {
        title: 'Age of the oldest event',
        about: 'Rises a second a second while nobody reaches the broker. Nothing is lost.',
        unit: 's',
        queries: { lag: 'max(estoque_outbox_lag_seconds)' },
        lines: [30, 300],
      },
      {
        title: 'Events that wait',
        about: 'Rows of the outbox.',
        unit: 'short',
        queries: { depth: 'max(estoque_outbox_depth)' },
      },
    ],
  },
  {
    title: '3. RabbitMQ: events wait',
    graphs: [
      {
        title: 'Messages ready in the work queues',
        about: 'It rises: the worker of that queue does not keep up, or is gone.',
        unit: 'short',
        queries: {
          '{{queue}}':
            'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"order_queue|stock_queue|notify_queue"})',
        },
        lines: [10_000],
      },
      {
        title: 'Messages that wait for another try',
        about: 'And in the queues of the unrouted and the dead, which the API empties.',
        unit: 'short',
        queries: {
          '{{queue}}':
            'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"retry_queue_.|unrouted_queue|dead_letter_queue"})',
        },
      },
      {
        title: 'Consumers, as the broker counts them',
        about: 'Two for each worker that is at full pace, one where it is careful.',
        unit: 'none',
        queries: {
          '{{queue}}':
            'max by (queue) (rabbitmq_detailed_queue_consumers{queue=~"order_queue|stock_queue|notify_queue"})',
        },
      },
    ],
  },
  {
    title: '4. order-worker: stock is reserved',
    graphs: [
      ...handling('order-worker'),
      {
        title: 'Open orders',
        about: 'Orders that are not in their final state.',
        unit: 'short',
        queries: { '{{status}}': 'max by (status) (estoque_orders_open)' },
        stacked: true,
      },
      {
        title: 'Rejections, by reason',
        about: 'An order with two reasons counts for both. No error: the answer of the business.',
        unit: 'ops',
        queries: { '{{reason}}': `sum by (reason) (${perSecond('estoque_order_rejections_total')})` },
        stacked: true,
      },
      {
        title: 'Reservations held',
        about: 'They hold stock that nobody else can have.',
        unit: 'short',
        queries: { held: 'max(estoque_reservations_active)' },
      },
      {
        title: 'Reservations expired',
        about: 'Cancelled, for nobody turned them into a sale in time.',
        unit: 'ops',
        queries: { expired: `sum(${perSecond('estoque_reservations_expired_total')})` },
      },
    ],
  },
  { title: '5. stock-worker: stock is deducted', graphs: handling('stock-worker') },
  { title: '6. notify-worker: the mail is recorded', graphs: handling('notify-worker') },
  {
    title: '7. Mail: the customer is told',
    graphs: [
      {
        title: 'Mails, by kind',
        about: 'That the mail server took.',
        unit: 'ops',
        queries: { '{{kind}}': `sum by (kind) (${perSecond('estoque_mails_total{outcome="sent"}')})` },
        stacked: true,
      },
      {
        title: 'Mails not taken',
        about: 'refused: for good. failed: put off, or nobody answered; it is tried again.',
        unit: 'ops',
        queries: {
          '{{outcome}}': `sum by (outcome) (${perSecond('estoque_mails_total{outcome!="sent"}')})`,
        },
        stacked: true,
      },
      {
        title: 'Mails that wait',
        about: 'Recorded and not yet sent.',
        unit: 'short',
        queries: { waiting: 'max(estoque_mails_waiting)' },
        lines: [100],
      },
    ],
  },
  {
    title: 'What went wrong',
    graphs: [
      {
        title: 'Dead letters collected',
        about: 'By the queue where they could not be handled.',
        unit: 'none',
        queries: {
          '{{queue}}': 'sum by (queue) (increase(estoque_dead_letters_collected_total[$__rate_interval]))',
        },
        stacked: true,
      },
      { ...DEAD_LETTERS_PARKED, about: 'Until they are replayed or discarded.' },
      { ...ORDERS_STUCK, about: 'Publishing their event three times has not helped them.' },
      { ...AUDIT_DRIFT, about: 'Products whose books do not balance. No line: nobody has audited.' },
    ],
  },
  {
    title: 'Database',
    graphs: [
      {
        title: 'Connections, by app and state',
        about: 'Of the pools of all processes; their sum has to stay below max_connections.',
        unit: 'none',
        queries: {
          '{{job}} {{state}}': 'sum by (job, state) (estoque_database_connections{state=~"idle|busy"})',
        },
        stacked: true,
      },
      {
        title: 'Callers that wait for a connection',
        about: 'Above none for long: the pool is too small, or the database too slow.',
        unit: 'none',
        queries: {
          '{{job}} {{instance}}': 'max by (job, instance) (estoque_database_connections{state="waiting"})',
        },
        lines: [1],
      },
    ],
  },
  {
    title: 'Processes',
    graphs: [
      {
        title: 'Processes that answer',
        about: 'As Prometheus sees them.',
        unit: 'none',
        queries: { '{{job}}': `sum by (job) (up{${APPS}})` },
      },
      {
        title: 'Event-loop lag, p99',
        about: 'How late a process is for what it wants to do. Above 0.1 s it has too much to do.',
        unit: 's',
        queries: { '{{job}} {{instance}}': `nodejs_eventloop_lag_p99_seconds{${APPS}}` },
        lines: [0.1, 0.5],
      },
      {
        title: 'Processor',
        about: 'Cores in use. Node works on one, beside garbage collection.',
        unit: 'none',
        queries: {
          '{{job}} {{instance}}': `sum by (job, instance) (${perSecond(`process_cpu_seconds_total{${APPS}}`)})`,
        },
      },
      {
        title: 'Memory',
        about: 'Resident. A worker that has 100,000 messages before it stays near 160 MB.',
        unit: 'bytes',
        queries: { '{{job}} {{instance}}': `process_resident_memory_bytes{${APPS}}` },
      },
    ],
  },
];
