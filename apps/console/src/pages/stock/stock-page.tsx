import { Group } from '@mantine/core';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { NUMERIC } from '../../parts/data-table.js';
import { ChoiceFilter, TextFilter } from '../../parts/filter-field.js';
import { useFilters } from '../../parts/filters.js';
import { ProductLink } from '../../parts/links.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { Sparkline } from '../../parts/sparkline.js';
import { LevelBadge } from './level-badge.js';
import { texts } from './texts.js';

const LEVELS = ['out', 'low'] as const;

export function StockPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  const format = useFormat();
  const { filters } = useFilters();
  const level = LEVELS.find((name) => name === filters.level);
  const query = { level, search: filters.search || undefined };
  return (
    <Page title={pages.stock}>
      <Group align="flex-end" gap="sm">
        <ChoiceFilter
          name="level"
          label={text.level}
          all={text.all}
          choices={LEVELS.map((value) => ({ value, label: text.levels[value] }))}
        />
        <TextFilter name="search" label={text.search} />
      </Group>
      <PagedTable
        label={text.list}
        queryKey={['stock', query]}
        load={(cursor) => dataOf(api.GET('/v1/stock', { params: { query: { ...query, cursor } } }))}
        columns={[
          {
            header: 'SKU',
            cell: ({ row }) => <ProductLink id={row.original.product_id}>{row.original.sku}</ProductLink>,
          },
          { accessorKey: 'name', header: text.product },
          { header: text.level, cell: ({ row }) => <LevelBadge product={row.original} /> },
          {
            header: text.onHand,
            meta: NUMERIC,
            cell: ({ row }) => format.number(row.original.on_hand),
          },
          {
            header: text.reserved,
            meta: NUMERIC,
            cell: ({ row }) => format.number(row.original.reserved),
          },
          {
            header: text.available,
            meta: NUMERIC,
            cell: ({ row }) => format.number(row.original.available),
          },
          {
            header: text.trend,
            cell: ({ row }) =>
              row.original.balances.length > 1 ? (
                <Sparkline
                  label={text.trendOf(row.original.sku)}
                  values={row.original.balances}
                  width={96}
                  height={24}
                />
              ) : (
                '–'
              ),
          },
        ]}
        rowKey={({ product_id }) => product_id}
        empty={text.empty}
      />
    </Page>
  );
}
