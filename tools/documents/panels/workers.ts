import { ORDER_STATUSES_IN_PROGRESS } from '@estoque/domain';
import { WORKERS, type WorkerName } from '../../../apps/manifest.js';
import { perSecond, quantiles, type Graph, type Row } from './panel.js';

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
      description: `Orders that are ${ORDER_STATUSES_IN_PROGRESS.join(' or ')}.`,
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
    {
      title: 'Payments that differ from orders',
      description: 'Discrepancies of the last audit. They are an error.',
      unit: 'none',
      queries: { discrepancies: 'max(estoque_audit_payment_discrepancies)' },
      thresholds: [1],
    },
  ],
  'payment-worker': [
    {
      title: 'Answers of the payment gateway',
      description: 'unknown: no clear answer. The gateway is asked again with the same idempotency key.',
      unit: 'ops',
      queries: {
        '{{outcome}}': `sum by (outcome) (${perSecond('estoque_payment_outcomes_total')})`,
      },
      stacked: true,
    },
    {
      title: 'Payments without outcome',
      description: 'For more than five minutes.',
      unit: 'short',
      queries: { open: 'max(estoque_payments_without_outcome)' },
      thresholds: [1],
    },
    {
      title: 'Refunds refused',
      description: 'By the payment gateway. An operator has to give the money back.',
      unit: 'none',
      queries: { refused: 'max(estoque_refunds_failed)' },
      thresholds: [1],
    },
  ],
};

export const workerRows: Row[] = WORKERS.map(({ name, summary }) => ({
  title: `${name}: ${summary}`,
  graphs: [...handlingGraphs(name), ...(OWN_GRAPHS[name] ?? [])],
}));
