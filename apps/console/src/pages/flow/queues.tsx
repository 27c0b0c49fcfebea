import type { components } from '@estoque/client';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { texts } from './texts.js';

type Queue = components['schemas']['FlowQueueDto'];

export function Queues({ queues }: { queues: Queue[] }) {
  const { queues: text, unknown } = useTexts(texts);
  const format = useFormat();
  const numberOr = (value: number | null) => (value === null ? '–' : format.number(value));
  return (
    <Section title={text.title}>
      <DataTable
        label={text.title}
        rows={queues}
        rowKey={({ name }) => name}
        empty={unknown}
        columns={[
          { accessorKey: 'name', header: text.name },
          {
            header: text.messages,
            meta: NUMERIC,
            cell: ({ row }) => numberOr(row.original.messages),
          },
          {
            header: text.inFlight,
            meta: NUMERIC,
            cell: ({ row }) => (row.original.kind === 'work' ? format.number(row.original.in_flight) : '–'),
          },
          {
            header: text.consumers,
            meta: NUMERIC,
            cell: ({ row }) => numberOr(row.original.consumers),
          },
          {
            header: text.rateIn,
            meta: NUMERIC,
            cell: ({ row }) => numberOr(row.original.rate_in),
          },
          {
            header: text.rateOut,
            meta: NUMERIC,
            cell: ({ row }) => numberOr(row.original.rate_out),
          },
          {
            header: text.oldest,
            meta: NUMERIC,
            cell: ({ row }) =>
              row.original.oldest_message_seconds === null
                ? '–'
                : format.duration(row.original.oldest_message_seconds * 1_000),
          },
        ]}
      />
    </Section>
  );
}
