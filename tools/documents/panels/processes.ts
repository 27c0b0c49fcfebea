import { APP_NAMES } from '../../../apps/manifest.js';
import { perSecond, type Row } from './panel.js';

const ALL_APPS = `job=~"${APP_NAMES.join('|')}"`;

export const processesRow: Row = {
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
};
