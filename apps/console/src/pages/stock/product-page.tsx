import type { components } from '@estoque/client';
import { Button, List, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { loadLastAudit } from '../../audit.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Facts } from '../../parts/facts.js';
import { OrderLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { useRouteId } from '../../parts/route-id.js';
import { Section } from '../../parts/section.js';
import { Sparkline } from '../../parts/sparkline.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { LevelBadge } from './level-badge.js';
import { texts } from './texts.js';

type Product = components['schemas']['ProductDto'];
type Stock = components['schemas']['StockDto'];
type Details = Product & Stock;

const REFRESH_MS = 5_000;
const CHART_MOVEMENTS = 50;

/** Reads the product and its stock together. */
async function loadDetails(id: number): Promise<Details> {
  const params = { path: { id } };
  const [product, stock] = await Promise.all([
    dataOf(api.GET('/v1/products/{id}', { params })),
    dataOf(api.GET('/v1/products/{id}/stock', { params })),
  ]);
  return { ...product, ...stock };
}

export function ProductPage() {
  const id = useRouteId();
  const query = useQuery({
    queryKey: ['product', id],
    queryFn: () => loadDetails(id),
    refetchInterval: REFRESH_MS,
  });
  const product = query.data;
  const text = useTexts(texts);
  return (
    <Page
      title={product?.sku ?? `${text.product} ${id}`}
      aside={product && <LevelBadge product={product} />}
      actions={product && <StockActions product={product} />}
    >
      <Loaded query={query} height={500}>
        {(details) => <ProductDetails product={details} />}
      </Loaded>
    </Page>
  );
}

function ProductDetails({ product }: { product: Details }) {
  const text = useTexts(texts);
  const format = useFormat();
  return (
    <Stack gap="xl">
      <Facts
        entries={[
          [text.product, product.name],
          [text.price, format.money(product.price, product.currency)],
          [text.onHand, format.number(product.on_hand)],
          [text.reserved, format.number(product.reserved)],
          [text.available, format.number(product.available)],
          [text.reorderPoint, format.number(product.reorder_point)],
        ]}
      />
      <Availability product={product} />
      <Ledger id={product.id} />
    </Stack>
  );
}

/** Answers why no unit of the product can be ordered, with the orders that have reserved its units. */
function Availability({ product }: { product: Details }) {
  const text = useTexts(texts);
  const format = useFormat();
  const { may } = useSession();
  const reservations = useQuery({
    queryKey: ['reservations', product.id],
    queryFn: () =>
      dataOf(api.GET('/v1/products/{id}/reservations', { params: { path: { id: product.id } } })),
    refetchInterval: REFRESH_MS,
  });
  const audit = useQuery({ queryKey: ['audit'], queryFn: loadLastAudit, enabled: may('operations:read') });
  const discrepancies =
    audit.data?.discrepancies?.filter(({ product_id }) => product_id === product.id) ?? [];
  const { active, available, on_hand, reserved } = product;
  const isUnavailable = !active || available === 0;
  return (
    <Section title={isUnavailable ? text.unavailable : text.availability}>
      <List>
        {!isUnavailable && <List.Item>{text.reasons.available(format.number(available))}</List.Item>}
        {!active && <List.Item>{text.reasons.inactive}</List.Item>}
        {on_hand === 0 && <List.Item>{text.reasons.empty}</List.Item>}
        {reserved > 0 && (
          <List.Item>{text.reasons.reserved(format.number(reserved), format.number(on_hand))}</List.Item>
        )}
        {discrepancies.map(({ check, order_id, expected, found }) => (
          <List.Item key={`${check} ${order_id}`}>
            {text.reasons.discrepancy(format.number(expected), format.number(found))}
          </List.Item>
        ))}
      </List>
      <Loaded query={reservations}>
        {({ data }) => (
          <DataTable
            label={text.reservations}
            columns={[
              {
                header: text.order,
                cell: ({ row }) => <OrderLink id={row.original.order_id} />,
              },
              {
                header: text.quantity,
                meta: NUMERIC,
                cell: ({ row }) => format.number(row.original.quantity),
              },
              {
                header: text.since,
                cell: ({ row }) => format.relative(row.original.created_at),
              },
              {
                header: text.expires,
                cell: ({ row }) => format.relative(row.original.expires_at),
              },
            ]}
            rows={data}
            rowKey={({ order_id }) => order_id}
            empty={text.noReservations}
          />
        )}
      </Loaded>
    </Section>
  );
}

function Ledger({ id }: { id: number }) {
  const text = useTexts(texts);
  const { reason } = useText();
  const format = useFormat();
  const { may } = useSession();
  const newest = useQuery({
    queryKey: ['movements', id, 'newest'],
    queryFn: () =>
      dataOf(
        api.GET('/v1/products/{id}/movements', {
          params: { path: { id }, query: { limit: CHART_MOVEMENTS } },
        }),
      ),
  });
  const balances = (newest.data?.data ?? []).map(({ balance_after }) => balance_after).reverse();
  return (
    <Section title={text.ledger}>
      {balances.length > 1 && <Sparkline label={text.chart} values={balances} />}
      <PagedTable
        label={text.ledger}
        queryKey={['movements', id]}
        load={(cursor) =>
          dataOf(api.GET('/v1/products/{id}/movements', { params: { path: { id }, query: { cursor } } }))
        }
        columns={[
          { header: text.at, cell: ({ row }) => <Time at={row.original.created_at} /> },
          { header: text.kind, cell: ({ row }) => text.kinds[row.original.kind] },
          {
            header: text.quantity,
            meta: NUMERIC,
            cell: ({ row }) =>
              row.original.quantity > 0
                ? `+${format.number(row.original.quantity)}`
                : format.number(row.original.quantity),
          },
          {
            header: text.balance,
            meta: NUMERIC,
            cell: ({ row }) => format.number(row.original.balance_after),
          },
          {
            header: text.order,
            cell: ({ row }) =>
              row.original.order_id === null ? (
                '–'
              ) : may('orders:read') ? (
                <OrderLink id={row.original.order_id} />
              ) : (
                row.original.order_id
              ),
          },
          { header: reason, cell: ({ row }) => row.original.reason },
        ]}
        rowKey={(movement) => movement.id}
        empty={text.noMovements}
      />
    </Section>
  );
}

const PATHS = {
  receipt: '/v1/products/{id}/stock/receipts',
  adjustment: '/v1/products/{id}/stock/adjustments',
} as const;

function StockActions({ product }: { product: Details }) {
  const text = useTexts(texts);
  const { may } = useSession();
  const [kind, setKind] = useState<keyof typeof PATHS>();
  if (!may('stock:write')) return null;
  return (
    <>
      <Button variant="default" onClick={() => setKind('receipt')}>
        {text.receipt.action}
      </Button>
      <Button variant="default" onClick={() => setKind('adjustment')}>
        {text.adjustment.action}
      </Button>
      {kind && <MovementDialog kind={kind} product={product} onClose={() => setKind(undefined)} />}
    </>
  );
}

interface MovementDialogProps {
  kind: keyof typeof PATHS;
  product: Details;
  onClose: () => void;
}

function MovementDialog({ kind, product, onClose }: MovementDialogProps) {
  const text = useTexts(texts);
  const { reason: reasonLabel } = useText();
  const format = useFormat();
  const [quantity, setQuantity] = useState<number>();
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      title={text[kind].title(product.sku)}
      confirmLabel={text[kind].action}
      isIncomplete={!quantity || reason.trim() === ''}
      doneText={text[kind].done}
      onClose={onClose}
      onConfirm={() =>
        change((header) =>
          api.POST(PATHS[kind], {
            params: { path: { id: product.id }, header },
            body: { quantity: quantity ?? 0, reason: reason.trim() },
          }),
        )
      }
    >
      <Text size="sm">{text.effect}</Text>
      <NumberInput
        label={text[kind].quantity}
        required
        allowDecimal={false}
        allowNegative={kind === 'adjustment'}
        value={quantity ?? ''}
        onChange={(value) => setQuantity(value === '' ? undefined : Number(value))}
      />
      <Text size="sm">{text.after(format.number(product.on_hand + (quantity ?? 0)))}</Text>
      <TextInput
        label={reasonLabel}
        required
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
