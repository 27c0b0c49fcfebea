import { perSecond, type Row } from './panel.js';

export const webhooksRow: Row = {
  title: 'Webhooks: other systems are notified',
  graphs: [
    {
      title: 'Requests to webhook endpoints, by outcome',
      description: 'deferred is sent again. failed was not accepted for three days.',
      unit: 'ops',
      queries: { '{{outcome}}': `sum by (outcome) (${perSecond('estoque_webhook_deliveries_total')})` },
      stacked: true,
    },
    {
      title: 'Duration of webhook requests (95th percentile)',
      description: 'By outcome. Requests to one endpoint do not delay those to another.',
      unit: 's',
      queries: {
        '{{outcome}}': `histogram_quantile(0.95, sum by (outcome, le) (${perSecond('estoque_webhook_duration_seconds_bucket')}))`,
      },
    },
    {
      title: 'Events waiting for webhook endpoints',
      description: 'Recorded and not yet accepted by an enabled endpoint.',
      unit: 'short',
      queries: { waiting: 'max(estoque_webhooks_waiting)' },
    },
    {
      title: 'Age of the oldest waiting event',
      description: 'Events are sent for three days.',
      unit: 's',
      queries: { oldest: 'max(estoque_webhooks_oldest_seconds)' },
    },
    {
      title: 'Disabled webhook endpoints',
      description: 'Disabled by the system, and neither enabled nor deleted since.',
      unit: 'short',
      queries: { disabled: 'max(estoque_webhook_endpoints_disabled)' },
      thresholds: [1],
    },
  ],
};
