import { Alert, Text } from '@mantine/core';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { OrderLink } from '../../parts/links.js';
import { Section } from '../../parts/section.js';
import { Time } from '../../parts/time.js';
import type { OrderEvent } from '../../stream.js';
import { texts } from './texts.js';

export interface Watched {
  /** Newest first. The key identifies an event on this page. */
  events: (OrderEvent & { key: number })[];
  lost?: { count: number | null };
  /** Set while there are too many events to show each of them. */
  rate?: { seconds: number; events: Record<string, number> };
}

/** The latest events of all orders, or their number if there are many. */
export function LatestEvents({ watched: { events, lost, rate } }: { watched: Watched }) {
  const { events: text } = useTexts(texts);
  const format = useFormat();
  return (
    <Section title={text.title}>
      {lost && !rate && <Alert color="yellow">{text.lost(lost.count)}</Alert>}
      {rate ? (
        <>
          <Text size="sm">{text.many}</Text>
          <DataTable
            label={text.title}
            rows={Object.entries(rate.events).map(([event, count]) => ({
              event,
              rate: Math.round(count / rate.seconds),
            }))}
            rowKey={({ event }) => event}
            empty={text.none}
            columns={[
              { accessorKey: 'event', header: text.event },
              {
                header: text.perSecond,
                meta: NUMERIC,
                cell: ({ row }) => format.number(row.original.rate),
              },
            ]}
          />
        </>
      ) : (
        <DataTable
          label={text.title}
          rows={events}
          rowKey={({ key }) => key}
          empty={text.none}
          columns={[
            { header: text.order, cell: ({ row }) => <OrderLink id={row.original.order_id} /> },
            { accessorKey: 'event', header: text.event },
            { header: text.time, cell: ({ row }) => <Time at={row.original.at} /> },
          ]}
        />
      )}
    </Section>
  );
}
