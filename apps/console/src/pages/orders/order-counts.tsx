import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { ORDER_STATUSES, statusTexts } from '../../i18n/statuses.js';
import { useFilters } from '../../parts/filters.js';
import { Loaded } from '../../parts/loaded.js';
import { texts } from './texts.js';

const REFRESH_MS = 10_000;

/** How many orders of the last 24 hours have each status. A click filters the list by the status. */
export function OrderCounts() {
  const text = useTexts(texts);
  const statuses = useTexts(statusTexts);
  const format = useFormat();
  const { filters, setFilters } = useFilters();
  const query = useQuery({
    queryKey: ['order-counts'],
    queryFn: () => dataOf(api.GET('/v1/orders/counts')),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Loaded query={query} height={30}>
      {({ data, is_complete }) => (
        <Group gap="xs" role="group" aria-label={text.counts}>
          {ORDER_STATUSES.map((status) => {
            const count = data.find((entry) => entry.status === status)?.count;
            if (!count) return null;
            const isChosen = filters.status === status;
            return (
              <Button
                key={status}
                size="xs"
                variant={isChosen ? 'filled' : 'default'}
                aria-pressed={isChosen}
                onClick={() => setFilters({ status: isChosen ? undefined : status })}
              >
                {`${statuses[status]}: ${format.number(count)}${is_complete ? '' : '+'}`}
              </Button>
            );
          })}
        </Group>
      )}
    </Loaded>
  );
}
