import { Group } from '@mantine/core';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
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
            key: 'sku',
            label: 'SKU',
            render: ({ product_id, sku }) => <ProductLink id={product_id}>{sku}</ProductLink>,
          },
          { key: 'name', label: text.product, render: ({ name }) => name },
          { key: 'level', label: text.level, render: (product) => <LevelBadge product={product} /> },
          {
            key: 'onHand',
            label: text.onHand,
            isNumeric: true,
            render: ({ on_hand }) => format.number(on_hand),
          },
          {
            key: 'reserved',
            label: text.reserved,
            isNumeric: true,
            render: ({ reserved }) => format.number(reserved),
          },
          {
            key: 'available',
            label: text.available,
            isNumeric: true,
            render: ({ available }) => format.number(available),
          },
          {
            key: 'trend',
            label: text.trend,
            render: ({ sku, balances }) =>
              balances.length > 1 ? (
                <Sparkline label={text.trendOf(sku)} values={balances} width={96} height={24} />
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
