import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable } from '../../parts/data-table.js';
import { Facts } from '../../parts/facts.js';
import { OrderLink, PageLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { OrderStatus } from '../../parts/order-status.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { texts } from './texts.js';

/** The other events of the order, and whether they can be handled although this one was not. */
export function OrderEvents({ id }: { id: number }) {
  const { orderEvents: text, ...common } = useTexts(texts);
  const query = useQuery({
    queryKey: ['dead-letter-order-events', id],
    queryFn: () => dataOf(api.GET('/v1/dead-letters/{id}/order-events', { params: { path: { id } } })),
  });
  return (
    <Section title={text.title}>
      <Loaded query={query}>
        {({ order_id, status, data }) =>
          order_id === null ? (
            <Text size="sm">{text.none}</Text>
          ) : (
            <>
              <Facts
                entries={[
                  [common.order, <OrderLink key="order" id={order_id} />],
                  [text.status, status ? <OrderStatus key="status" status={status} /> : text.unknown],
                ]}
              />
              <Text size="sm" c="dimmed">
                {text.note}
              </Text>
              <DataTable
                label={text.title}
                columns={[
                  { header: common.event, cell: ({ row }) => <code>{row.original.event}</code> },
                  { header: common.at, cell: ({ row }) => <Time at={row.original.at} /> },
                  {
                    header: text.position,
                    cell: ({ row }) => text.positions[row.original.position],
                  },
                  {
                    header: common.id,
                    cell: ({ row }) =>
                      row.original.dead_letter_id === null || row.original.dead_letter_state === null ? (
                        '–'
                      ) : (
                        <>
                          <PageLink to={`/dead-letters/${row.original.dead_letter_id}`}>
                            {row.original.dead_letter_id}
                          </PageLink>{' '}
                          {common.states[row.original.dead_letter_state]}
                        </>
                      ),
                  },
                  {
                    header: text.safety,
                    cell: ({ row }) => (
                      <StatusBadge tone={row.original.is_safe ? 'good' : 'warning'}>
                        {row.original.is_safe ? text.safe : text.unsafe}
                      </StatusBadge>
                    ),
                  },
                ]}
                rows={data}
                rowKey={({ event, at, dead_letter_id }) => `${event} ${at} ${dead_letter_id}`}
                empty="–"
              />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
