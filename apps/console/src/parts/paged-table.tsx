import { Button, Group, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ComponentProps } from 'react';
import { useText } from '../i18n/language.js';
import { DataTable } from './data-table.js';
import { useFilters } from './filters.js';
import { Loaded } from './loaded.js';

interface PageOf<Row> {
  data: Row[];
  has_more: boolean;
  next_cursor: string | null;
}

interface Props<Row extends object> extends Omit<ComponentProps<typeof DataTable<Row>>, 'rows'> {
  /** Identifies the list with its filters. */
  queryKey: readonly unknown[];
  /** Reads the page that begins at the cursor. */
  load: (cursor: string | undefined) => Promise<PageOf<Row>>;
  /** Interval in which the page is read again. */
  refreshMs?: number;
}

/** Maximum number of requests for one page. */
const MAX_REQUESTS = 10;

/** Reads a page. A search reads a bounded number of entries for each request: if it has found nothing, it continues. */
async function loadEntries<Row extends object>(
  load: Props<Row>['load'],
  cursor: string | undefined,
): Promise<PageOf<Row>> {
  for (let requests = 1; ; requests++) {
    const page = await load(cursor);
    if (page.data.length > 0 || page.next_cursor === null || requests === MAX_REQUESTS) return page;
    cursor = page.next_cursor;
  }
}

/** A list in pages. The address of the browser contains the cursor, so the button Back leads to the previous page. */
export function PagedTable<Row extends object>({ queryKey, load, refreshMs, empty, ...table }: Props<Row>) {
  const { table: text } = useText();
  const { filters, setFilters } = useFilters();
  const { cursor } = filters;
  const query = useQuery({
    queryKey: [...queryKey, cursor],
    queryFn: () => loadEntries(load, cursor),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  return (
    <Loaded query={query} height={400}>
      {({ data, has_more, next_cursor }) => (
        <Stack gap="sm" aria-busy={query.isPlaceholderData}>
          <DataTable {...table} rows={data} empty={has_more ? text.noneYet : empty} />
          <Group gap="xs" justify="flex-end">
            {cursor !== undefined && (
              <Button size="xs" variant="default" onClick={() => setFilters({ cursor: undefined })}>
                {text.firstPage}
              </Button>
            )}
            {has_more && (
              <Button
                size="xs"
                variant="default"
                disabled={query.isPlaceholderData}
                onClick={() => setFilters({ cursor: next_cursor ?? undefined })}
              >
                {text.nextPage}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
