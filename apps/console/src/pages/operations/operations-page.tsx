import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Facts } from '../../parts/facts.js';
import { OrderLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { OrderStatus } from '../../parts/order-status.js';
import { Page } from '../../parts/page.js';
import { Section } from '../../parts/section.js';
import { Audits } from './audits.js';
import { Configuration } from './configuration.js';
import { RetentionSection } from './retention.js';
import { texts } from './texts.js';
import { Versions } from './versions.js';

const REFRESH_MS = 5_000;

export function OperationsPage() {
  const { pages } = useText();
  return (
    <Page title={pages.operations}>
      <Outbox />
      <StuckOrders />
      <Audits />
      <Versions />
      <RetentionSection />
      <Configuration />
    </Page>
  );
}

function Outbox() {
  const text = useTexts(texts);
  const format = useFormat();
  const query = useQuery({
    queryKey: ['outbox'],
    queryFn: () => dataOf(api.GET('/v1/operations/outbox')),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Section title={text.outbox}>
      <Loaded query={query} height={48}>
        {({ depth, lag_seconds }) => (
          <Facts
            entries={[
              [text.depth, format.number(depth)],
              [text.lag, format.duration(lag_seconds * 1_000)],
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

function StuckOrders() {
  const text = useTexts(texts);
  const format = useFormat();
  const query = useQuery({
    queryKey: ['stuck-orders'],
    queryFn: () => dataOf(api.GET('/v1/operations/stuck-orders')),
  });
  return (
    <Section title={text.stuck}>
      <Loaded query={query}>
        {({ data }) => (
          <DataTable
            label={text.stuck}
            columns={[
              { header: text.order, cell: ({ row }) => <OrderLink id={row.original.id} /> },
              {
                header: text.status,
                cell: ({ row }) => <OrderStatus status={row.original.status} />,
              },
              { header: text.since, cell: ({ row }) => format.relative(row.original.since) },
              {
                header: text.republished,
                meta: NUMERIC,
                cell: ({ row }) => format.number(row.original.republish_count),
              },
            ]}
            rows={data}
            rowKey={({ id }) => id}
            empty={text.noStuck}
          />
        )}
      </Loaded>
    </Section>
  );
}
