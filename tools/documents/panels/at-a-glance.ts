import { perSecond, type Panel } from './panel.js';

// These three are shown twice: at a glance and in the row "Failures".
export const DEAD_LETTERS_OPEN: Omit<Panel, 'description'> = {
  title: 'Open dead letters',
  unit: 'none',
  queries: { open: 'max(estoque_dead_letters_open)' },
  thresholds: [1, 20],
};
export const ORDERS_STUCK: Omit<Panel, 'description'> = {
  title: 'Stuck orders',
  unit: 'none',
  queries: { stuck: 'max(estoque_orders_stuck)' },
  thresholds: [1],
};
export const AUDIT_DISCREPANCIES: Omit<Panel, 'description'> = {
  title: 'Audit discrepancies',
  unit: 'none',
  queries: { discrepancies: 'max(estoque_audit_products_with_discrepancies)' },
  thresholds: [1],
};

/** The panels above the rows. */
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
