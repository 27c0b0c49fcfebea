import { AUDIT_DISCREPANCIES, DEAD_LETTERS_OPEN, ORDERS_STUCK } from './at-a-glance.js';
import type { Row } from './panel.js';

export const failuresRow: Row = {
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
    {
      title: 'Messages that the api cannot collect',
      description:
        'Dead letters that it could not store, and unroutable messages that it could not publish again. It tries again.',
      unit: 'none',
      queries: { messages: 'sum(estoque_dead_letters_not_collected)' },
      thresholds: [1],
    },
    { ...DEAD_LETTERS_OPEN, description: 'Until they are replayed or discarded.' },
    {
      ...ORDERS_STUCK,
      description: 'Their event was republished at least three times, and they did not progress.',
    },
    {
      title: 'Events not republished',
      description: 'Orders whose events the watchdog could not republish. It tries again at its next poll.',
      unit: 'none',
      queries: { failures: 'sum(increase(estoque_republish_failures_total[$__rate_interval]))' },
    },
    {
      title: 'Orders that could not be cancelled',
      description:
        'Their reservation has expired, and cancelling them failed. It is tried again every minute.',
      unit: 'none',
      queries: { orders: 'max(estoque_orders_failed_to_expire)' },
      thresholds: [1],
    },
    {
      ...AUDIT_DISCREPANCIES,
      description:
        'Products whose stock ledger does not reconcile. If there is no value, no audit has succeeded.',
    },
  ],
};
