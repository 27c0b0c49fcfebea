import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
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
          { key: 'id', label: text.id, render: ({ id }) => <PageLink to={`/payments/${id}`}>{id}</PageLink> },
          { key: 'order', label: text.order, render: ({ order_id }) => <OrderLink id={order_id} /> },
          { key: 'status', label: text.status, render: ({ status }) => <PaymentStatus status={status} /> },
          {
            key: 'amount',
            label: text.amount,
            isNumeric: true,
            render: ({ amount, currency }) => format.money(amount, currency),
          },
          {
            key: 'captured',
            label: text.captured,
            isNumeric: true,
            render: ({ captured, currency }) => format.money(captured, currency),
          },
          {
            key: 'refunded',
            label: text.refunded,
            isNumeric: true,
            render: ({ refunded, currency }) => format.money(refunded, currency),
          },
          { key: 'created', label: text.created, render: ({ created_at }) => <Time at={created_at} /> },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
      {may('operations:read') && <PaymentDiscrepancies />}
    </Page>
  );
}
