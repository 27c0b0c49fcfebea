import type { components } from '@estoque/client';
import { List, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ORDER_TONES, statusTexts } from '../../i18n/statuses.js';
import { DataTable } from '../../parts/data-table.js';
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
            { key: 'step', label: text.step, render: ({ step }) => statuses[step] },
            { key: 'at', label: text.at, render: ({ at }) => <Time at={at} /> },
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
        { key: 'sku', label: 'SKU', render: ({ sku }) => sku },
        {
          key: 'product',
          label: text.product,
          render: ({ product_id, name }) =>
            canOpenProducts ? <ProductLink id={product_id}>{name}</ProductLink> : name,
        },
        {
          key: 'quantity',
          label: text.quantity,
          isNumeric: true,
          render: ({ quantity }) => format.number(quantity),
        },
        {
          key: 'shipped',
          label: text.shipped,
          isNumeric: true,
          render: ({ shipped }) => format.number(shipped),
        },
        {
          key: 'returned',
          label: text.returned,
          isNumeric: true,
          render: ({ returned }) => format.number(returned),
        },
        {
          key: 'price',
          label: text.unitPrice,
          isNumeric: true,
          render: ({ unit_price }) => format.money(unit_price, currency),
        },
        {
          key: 'amount',
          label: text.amount,
          isNumeric: true,
          render: ({ amount }) => format.money(amount, currency),
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
              { key: 'at', label: text.at, render: ({ created_at }) => <Time at={created_at} /> },
              { key: 'lines', label: text.lines, render: ({ lines }) => unitsOf(lines) },
              { key: 'carrier', label: text.carrier, render: ({ carrier }) => carrier ?? '–' },
              {
                key: 'tracking',
                label: text.tracking,
                render: ({ tracking_number }) => tracking_number ?? '–',
              },
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
              { key: 'at', label: text.at, render: ({ created_at }) => <Time at={created_at} /> },
              { key: 'lines', label: text.lines, render: ({ lines }) => unitsOf(lines) },
              { key: 'restocked', label: text.restocked, render: ({ restocked }) => (restocked ? yes : no) },
              {
                key: 'refund',
                label: text.refund,
                isNumeric: true,
                render: ({ amount }) => format.money(amount, order.totals.currency),
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
