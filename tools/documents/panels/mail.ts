import { perSecond, type Row } from './panel.js';

export const mailRow: Row = {
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
      title: 'Mails withheld, by kind',
      description:
        'Not sent, because their recipients had got the maximum number of mails within an hour. An operator can send them later.',
      unit: 'ops',
      queries: { '{{kind}}': `sum by (kind) (${perSecond('estoque_mails_withheld_total')})` },
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
};
