import { WORKERS } from '../../../apps/manifest.js';
import { perSecond, type Row } from './panel.js';

const WORK_QUEUES = `queue=~"${WORKERS.map(({ queue }) => queue).join('|')}"`;

export const outboxRow: Row = {
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
};

export const brokerRow: Row = {
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
};
