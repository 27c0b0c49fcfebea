import type { components } from '@estoque/client';
import { List, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ORDER_TONES, statusTexts } from '../../i18n/statuses.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { Facts } from '../../parts/facts.js';
import { PageLink, ProductLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { OrderStatus } from '../../parts/order-status.js';
import { Page } from '../../parts/page.js';
import { useRouteId } from '../../parts/route-id.js';
import { Section } from '../../parts/section.js';
import { Time } from '../../parts/time.js';
import { useAccess } from '../../session/access.js';
import { OrderActions } from './order-actions.js';
import { texts } from './texts.js';

type Order = components['schemas']['OrderDto'];

/** States after which the order changes by itself within seconds. */
const REFRESH_MS = 2_000;

export function OrderPage() {
  const id = useRouteId();
  const text = useTexts(texts);
  const query = useQuery({
    queryKey: ['order', id],
    queryFn: () => dataOf(api.GET('/v1/orders/{id}', { params: { path: { id: id } } })),
    refetchInterval: ({ state }) =>
      state.data && ORDER_TONES[state.data.status] === 'busy' ? REFRESH_MS : false,
  });
  const order = query.data;
  return (
    <Page
      title={text.order(id)}
      aside={order && <OrderStatus status={order.status} />}
      actions={order && <OrderActions order={order} />}
    >
      <Loaded query={query} height={500}>
        {(loaded) => <OrderDetails order={loaded} />}
      </Loaded>
    </Page>
  );
}

function OrderDetails({ order }: { order: Order }) {
  const text = useTexts(texts);
  const { isAllowed } = useAccess();
  const statuses = useTexts(statusTexts);
  return (
    <Stack gap="xl">
      <Overview order={order} />
      {order.rejection && (
        <Section title={text.rejection}>
          <List>
            {order.rejection.map(({ product_id, reason, requested, available }) => (
              <List.Item key={product_id}>
                {text.rejectionOf(
                  order.lines.find((line) => line.product_id === product_id)?.sku ?? String(product_id),
                  text.reasons[reason],
                  requested,
                  String(available ?? '–'),
                )}
              </List.Item>
            ))}
          </List>
        </Section>
      )}
      <Section title={text.lines}>
        <Lines order={order} />
      </Section>
      <Section
        title={text.timeline}
        actions={
          isAllowed({ scope: 'operations:read' }) && (
            <PageLink to={`/orders/${order.id}/journey`}>{text.journey}</PageLink>
          )
        }
      >
        <DataTable
          label={text.timeline}
          columns={[
            { header: text.step, cell: ({ row }) => statuses[row.original.step] },
            { header: text.at, cell: ({ row }) => <Time at={row.original.at} /> },
          ]}
          rows={order.timeline}
          rowKey={({ step, at }) => `${step} ${at}`}
          empty="–"
        />
      </Section>
      <Fulfilment order={order} />
    </Stack>
  );
}

function Overview({ order }: { order: Order }) {
  const text = useTexts(texts);
  const { languages } = useText();
  const { isAllowed } = useAccess();
  const format = useFormat();
  const { customer, totals, cancellation } = order;
  return (
    <Section title={text.details}>
      <Facts
        entries={[
          [text.customer, customer?.name],
          [text.email, customer?.email],
          [text.reference, order.reference],
          [text.total, format.money(totals.amount, totals.currency)],
          [text.language, languages[order.locale as keyof typeof languages] ?? order.locale],
          [text.created, <Time key="created" at={order.created_at} />],
          [text.updated, <Time key="updated" at={order.updated_at} />],
          [
            text.cancellation,
            cancellation &&
              [text.cancellations[cancellation], order.cancellation_reason].filter(Boolean).join(': '),
          ],
          ...Object.entries(order.metadata ?? {}).map(([name, value]): [string, string] => [
            `${text.metadata}: ${name}`,
            String(value),
          ]),
        ]}
      />
      {isAllowed({ scope: 'notifications:read', isForCustomers: true }) && (
        <PageLink to={`/notifications?order_id=${order.id}`}>{text.notifications}</PageLink>
      )}
      {isAllowed({ scope: 'payments:read' }) && (
        <PageLink to={`/payments?order_id=${order.id}`}>{text.payments}</PageLink>
      )}
      {isAllowed({ scope: 'operations:read' }) && (
        <PageLink to={`/dead-letters?order_id=${order.id}`}>{text.deadLetters}</PageLink>
      )}
    </Section>
  );
}

function Lines({ order }: { order: Order }) {
  const text = useTexts(texts);
  const format = useFormat();
  const { isAllowed } = useAccess();
  const { currency } = order.totals;
  const canOpenProducts = isAllowed({ scope: 'stock:read' });
  return (
    <DataTable
      label={text.lines}
      columns={[
        { accessorKey: 'sku', header: 'SKU' },
        {
          header: text.product,
          cell: ({ row }) =>
            canOpenProducts ? (
              <ProductLink id={row.original.product_id}>{row.original.name}</ProductLink>
            ) : (
              row.original.name
            ),
        },
        {
          header: text.quantity,
          meta: NUMERIC,
          cell: ({ row }) => format.number(row.original.quantity),
        },
        {
          header: text.shipped,
          meta: NUMERIC,
          cell: ({ row }) => format.number(row.original.shipped),
        },
        {
          header: text.returned,
          meta: NUMERIC,
          cell: ({ row }) => format.number(row.original.returned),
        },
        {
          header: text.unitPrice,
          meta: NUMERIC,
          cell: ({ row }) => format.money(row.original.unit_price, currency),
        },
        {
          header: text.amount,
          meta: NUMERIC,
          cell: ({ row }) => format.money(row.original.amount, currency),
        },
      ]}
      rows={order.lines}
      rowKey={({ product_id }) => product_id}
      empty="–"
    />
  );
}

function Fulfilment({ order }: { order: Order }) {
  const text = useTexts(texts);
  const { yes, no } = useText();
  const format = useFormat();
  const unitsOf = (lines: { product_id: number; quantity: number }[]) =>
    lines
      .map(({ product_id, quantity }) => {
        const line = order.lines.find((other) => other.product_id === product_id);
        return `${quantity} × ${line?.sku ?? product_id}`;
      })
      .join(', ');
  return (
    <>
      <Section title={text.shipments}>
        {order.shipments.length === 0 ? (
          <EmptyState>{text.noShipments}</EmptyState>
        ) : (
          <DataTable
            label={text.shipments}
            columns={[
              { header: text.at, cell: ({ row }) => <Time at={row.original.created_at} /> },
              { header: text.lines, cell: ({ row }) => unitsOf(row.original.lines) },
              { accessorKey: 'carrier', header: text.carrier },
              { accessorKey: 'tracking_number', header: text.tracking },
            ]}
            rows={order.shipments}
            rowKey={({ id }) => id}
            empty={text.noShipments}
          />
        )}
      </Section>
      {order.returns.length > 0 && (
        <Section title={text.returns}>
          <DataTable
            label={text.returns}
            columns={[
              { header: text.at, cell: ({ row }) => <Time at={row.original.created_at} /> },
              { header: text.lines, cell: ({ row }) => unitsOf(row.original.lines) },
              {
                header: text.restocked,
                cell: ({ row }) => (row.original.restocked ? yes : no),
              },
              {
                header: text.refund,
                meta: NUMERIC,
                cell: ({ row }) => format.money(row.original.amount, order.totals.currency),
              },
            ]}
            rows={order.returns}
            rowKey={({ id }) => id}
            empty={text.noReturns}
          />
        </Section>
      )}
    </>
  );
}
