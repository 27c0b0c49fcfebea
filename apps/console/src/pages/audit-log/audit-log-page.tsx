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
          { header: text.at, cell: ({ row }) => <Time at={row.original.at} /> },
          { accessorKey: 'actor', header: text.actor },
          { accessorKey: 'action', header: text.action },
          {
            header: text.object,
            cell: ({ row }) => `${row.original.object_type}:${row.original.object_id}`,
          },
          { header: text.before, cell: ({ row }) => shortJson(row.original.before) },
          { header: text.after, cell: ({ row }) => shortJson(row.original.after) },
          { accessorKey: 'address', header: text.address },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
    </Page>
  );
}

const shortJson = (value: unknown) => (value === null ? '–' : <code>{JSON.stringify(value)}</code>);
