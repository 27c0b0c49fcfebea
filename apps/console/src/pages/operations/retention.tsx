import type { components } from '@estoque/client';
import { Stack, Text } from '@mantine/core';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { useConfiguration } from './configuration.js';
import { Loaded } from '../../parts/loaded.js';
import { texts } from './texts.js';

type Retention = components['schemas']['RetentionDto'];

const HOUR = 3_600;
const DAY = 24 * HOUR;

const isKept = ({ seconds, max_count }: Retention) => seconds === null && max_count === null;

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
              { header: text.data, cell: ({ row }) => text.names[row.original.data] },
              {
                header: text.kept,
                cell: ({ row }) =>
                  isKept(row.original) ? <Text c="dimmed">{text.forever}</Text> : keptFor(row.original),
              },
              {
                header: text.max,
                meta: NUMERIC,
                cell: ({ row }) =>
                  row.original.max_count === null ? '–' : format.number(row.original.max_count),
              },
              {
                header: text.variable,
                cell: ({ row }) =>
                  row.original.variable === null ? '–' : <code>{row.original.variable}</code>,
              },
              { header: text.lastRun, cell: ({ row }) => <LastRun rule={row.original} /> },
              { header: text.lastDeletion, cell: ({ row }) => <LastDeletion rule={row.original} /> },
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

function LastRun({ rule }: { rule: Retention }) {
  const { retention: text } = useTexts(texts);
  if (isKept(rule)) return '–';
  if (rule.variable === null)
    return (
      <Text c="dimmed" size="sm">
        {text.withNew}
      </Text>
    );
  return (
    <Stack gap={4}>
      {rule.last_run ? <Time at={rule.last_run.ended_at} /> : text.noRun}
      {rule.is_overdue && <StatusBadge tone="bad">{text.overdue}</StatusBadge>}
      {rule.last_run?.error && (
        <>
          <StatusBadge tone="bad">{text.failed}</StatusBadge>
          <Text size="sm">{rule.last_run.error}</Text>
        </>
      )}
    </Stack>
  );
}

function LastDeletion({ rule: { last_run } }: { rule: Retention }) {
  const { retention: text } = useTexts(texts);
  const format = useFormat();
  if (!last_run?.last_deletion_at || !last_run.last_deletion_count) return '–';
  return (
    <>
      {text.deleted(format.number(last_run.last_deletion_count))}, <Time at={last_run.last_deletion_at} />
    </>
  );
}
