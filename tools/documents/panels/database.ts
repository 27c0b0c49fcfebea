import { perSecond, type Row } from './panel.js';

export const databaseRow: Row = {
  title: 'Database',
  graphs: [
    {
      title: 'Connections, by app and state',
      description: 'Connections in the pools of all processes. Their sum has to stay below max_connections.',
      unit: 'none',
      queries: {
        '{{job}} {{state}}': 'sum by (job, state) (estoque_database_connections{state=~"idle|busy"})',
        '{{job}} reads {{state}}':
          'sum by (job, state) (estoque_database_read_connections{state=~"idle|busy"})',
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
      title: 'Reads waiting for a connection',
      description:
        'Lists and other reads of the api. They have connections of their own, so they delay no order. Above DATABASE_READ_QUEUE, further ones are refused.',
      unit: 'none',
      queries: {
        '{{job}} {{instance}}': 'max by (job, instance) (estoque_database_read_connections{state="waiting"})',
      },
      thresholds: [1],
    },
    {
      title: 'Rows locked by other sessions',
      description:
        'Rows that a process needs and another session has locked for longer than the lock timeout.',
      unit: 'none',
      queries: { '{{job}}': 'max by (job) (estoque_rows_locked)' },
      thresholds: [1],
    },
    {
      title: 'Waits for a locked row that failed',
      description: 'They ended after the lock timeout. The message is retried, or the request is refused.',
      unit: 'ops',
      queries: { '{{job}}': `sum by (job) (${perSecond('estoque_lock_timeouts_total')})` },
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
};
