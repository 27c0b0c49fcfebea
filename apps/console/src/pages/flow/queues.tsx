import type { components } from '@estoque/client';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable } from '../../parts/data-table.js';
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
          { key: 'name', label: text.name, render: ({ name }) => name },
          {
            key: 'messages',
            label: text.messages,
            isNumeric: true,
            render: ({ messages }) => numberOr(messages),
          },
          {
            key: 'inFlight',
            label: text.inFlight,
            isNumeric: true,
            render: ({ kind, in_flight }) => (kind === 'work' ? format.number(in_flight) : '–'),
          },
          {
            key: 'consumers',
            label: text.consumers,
            isNumeric: true,
            render: ({ consumers }) => numberOr(consumers),
          },
          { key: 'in', label: text.rateIn, isNumeric: true, render: ({ rate_in }) => numberOr(rate_in) },
          { key: 'out', label: text.rateOut, isNumeric: true, render: ({ rate_out }) => numberOr(rate_out) },
          {
            key: 'oldest',
            label: text.oldest,
            isNumeric: true,
            render: ({ oldest_message_seconds: seconds }) =>
              seconds === null ? '–' : format.duration(seconds * 1_000),
          },
        ]}
      />
    </Section>
  );
}
