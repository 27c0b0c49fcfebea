import type { operations } from '@estoque/client';
import { Group } from '@mantine/core';
import { api, dataOf } from '../../api.js';
import { useText, useTexts } from '../../i18n/language.js';
import { DateFilter, TextFilter } from '../../parts/filter-field.js';
import { useFilters } from '../../parts/filters.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { Time } from '../../parts/time.js';
import { texts } from './texts.js';

type Query = NonNullable<operations['listAuditLog']['parameters']['query']>;

export function AuditLogPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  const { filters } = useFilters();
  const query = Object.fromEntries(
    (['actor', 'object', 'action', 'at_from', 'at_to'] as const)
      .map((name) => [name, filters[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  ) as Query;
  return (
    <Page title={pages.auditLog}>
      <Group align="flex-end" gap="sm">
        <TextFilter name="actor" label={text.actor} />
        <TextFilter name="object" label={text.object} />
        <TextFilter name="action" label={text.action} />
        <DateFilter name="at_from" label={text.from} />
        <DateFilter name="at_to" label={text.to} />
      </Group>
      <PagedTable
        label={text.list}
        queryKey={['audit-log', query]}
        load={(cursor) => dataOf(api.GET('/v1/audit-log', { params: { query: { ...query, cursor } } }))}
        columns={[
          { key: 'at', label: text.at, render: ({ at }) => <Time at={at} /> },
          { key: 'actor', label: text.actor, render: ({ actor }) => actor },
          { key: 'action', label: text.action, render: ({ action }) => action },
          {
            key: 'object',
            label: text.object,
            render: ({ object_type, object_id }) => `${object_type}:${object_id}`,
          },
          { key: 'before', label: text.before, render: ({ before }) => shortJson(before) },
          { key: 'after', label: text.after, render: ({ after }) => shortJson(after) },
          { key: 'address', label: text.address, render: ({ address }) => address ?? '–' },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
    </Page>
  );
}

const shortJson = (value: unknown) => (value === null ? '–' : <code>{JSON.stringify(value)}</code>);
