import type { components } from '@estoque/client';
import { Text } from '@mantine/core';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { useConfiguration } from './configuration.js';
import { Loaded } from '../../parts/loaded.js';
import { texts } from './texts.js';

type Retention = components['schemas']['RetentionDto'];

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** What is deleted, and when. */
export function RetentionSection() {
  const { retention: text } = useTexts(texts);
  const format = useFormat();
  const query = useConfiguration();
  const keptFor = ({ seconds }: Retention) => {
    if (seconds === null) return '–';
    return seconds > DAY && seconds % DAY === 0
      ? text.days(format.number(seconds / DAY))
      : text.hours(format.number(seconds / HOUR));
  };
  return (
    <Section title={text.title}>
      <Text c="dimmed" size="sm">
        {text.note}
      </Text>
      <Loaded query={query}>
        {({ retention }) => (
          <DataTable
            label={text.title}
            columns={[
              { key: 'data', label: text.data, render: ({ data }) => text.names[data] },
              {
                key: 'kept',
                label: text.kept,
                render: (row) =>
                  row.seconds === null && row.max_count === null ? (
                    <Text c="dimmed">{text.forever}</Text>
                  ) : (
                    keptFor(row)
                  ),
              },
              {
                key: 'max',
                label: text.max,
                isNumeric: true,
                render: ({ max_count }) => (max_count === null ? '–' : format.number(max_count)),
              },
              {
                key: 'variable',
                label: text.variable,
                render: ({ variable }) => (variable === null ? '–' : <code>{variable}</code>),
              },
            ]}
            rows={retention}
            rowKey={({ data }) => data}
            empty="–"
          />
        )}
      </Loaded>
    </Section>
  );
}
