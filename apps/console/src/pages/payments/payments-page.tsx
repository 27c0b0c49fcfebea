import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { NUMERIC } from '../../parts/data-table.js';
import { TextFilter } from '../../parts/filter-field.js';
import { numberOf, useFilters } from '../../parts/filters.js';
import { OrderLink, PageLink } from '../../parts/links.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { PaymentDiscrepancies } from './payment-discrepancies.js';
import { PaymentStatus } from './payment-status.js';
import { texts } from './texts.js';

export function PaymentsPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  const format = useFormat();
  const { may } = useSession();
  const { filters } = useFilters();
  const query = { order_id: numberOf(filters.order_id) };
  return (
    <Page title={pages.payments}>
      <TextFilter name="order_id" label={text.order} />
      <PagedTable
        label={text.list}
        queryKey={['payments', query]}
        load={(cursor) => dataOf(api.GET('/v1/payments', { params: { query: { ...query, cursor } } }))}
        columns={[
          {
            header: text.id,
            cell: ({ row }) => <PageLink to={`/payments/${row.original.id}`}>{row.original.id}</PageLink>,
          },
          { header: text.order, cell: ({ row }) => <OrderLink id={row.original.order_id} /> },
          {
            header: text.status,
            cell: ({ row }) => <PaymentStatus status={row.original.status} />,
          },
          {
            header: text.amount,
            meta: NUMERIC,
            cell: ({ row }) => format.money(row.original.amount, row.original.currency),
          },
          {
            header: text.captured,
            meta: NUMERIC,
            cell: ({ row }) => format.money(row.original.captured, row.original.currency),
          },
          {
            header: text.refunded,
            meta: NUMERIC,
            cell: ({ row }) => format.money(row.original.refunded, row.original.currency),
          },
          { header: text.created, cell: ({ row }) => <Time at={row.original.created_at} /> },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
      {may('operations:read') && <PaymentDiscrepancies />}
    </Page>
  );
}
