import type { components } from '@estoque/client';
import { Button, Checkbox, Group, Popover, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ORDER_STATUSES, statusTexts, type OrderStatus as Status } from '../../i18n/statuses.js';
import { NUMERIC, type Column } from '../../parts/data-table.js';
import { AmountFilter, ChoiceFilter, DateFilter, TextFilter } from '../../parts/filter-field.js';
import { numberOf, useFilters } from '../../parts/filters.js';
import { OrderLink } from '../../parts/links.js';
import { OrderStatus } from '../../parts/order-status.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { texts as paymentTexts } from '../payments/texts.js';
import { OrderCounts } from './order-counts.js';
import { texts } from './texts.js';

type Order = components['schemas']['OrderDto'];

const PAYMENT_FILTERS = ['none', 'any', 'requested', 'pending', 'captured', 'failed', 'cancelled'] as const;

/** @returns the amount in the address, in minor units, or undefined if it is none */
const amountOf = (value: string | undefined) =>
  value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;

/** Filters that are hidden until the user opens them, or the address has one. */
const MORE_FILTERS = [
  'reference',
  'created_from',
  'created_to',
  'amount_from',
  'amount_to',
  'currency',
  'payment',
] as const;

const DEFAULT_COLUMNS = ['id', 'status', 'customer', 'total', 'created'];

export function OrdersPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  const statuses = useTexts(statusTexts);
  const { filters } = useFilters();
  const { mayAll } = useSession();
  const columns = useColumns();
  const [hasMore, setHasMore] = useState(MORE_FILTERS.some((name) => filters[name]));
  const shown = filters.columns?.split(',') ?? DEFAULT_COLUMNS;
  const visibility = Object.fromEntries(columns.map(({ id }) => [id, shown.includes(id)]));
  const { status, email, reference, sku, currency, payment, created_from, created_to } = filters;
  const query = {
    status: status as Status | undefined,
    email,
    reference,
    sku,
    payment: PAYMENT_FILTERS.find((name) => name === payment),
    currency: currency?.toUpperCase(),
    amount_from: amountOf(filters.amount_from),
    amount_to: amountOf(filters.amount_to),
    created_from,
    created_to,
  };
  return (
    <Page title={pages.orders} actions={<GoToOrder />}>
      {mayAll('orders:read') && <OrderCounts />}
      <Group align="flex-end" gap="sm">
        <ChoiceFilter
          name="status"
          label={text.status}
          all={text.allStatuses}
          choices={ORDER_STATUSES.map((value) => ({ value, label: statuses[value] }))}
        />
        <TextFilter name="email" label={text.email} />
        <TextFilter name="sku" label="SKU" />
        <Button variant="default" aria-expanded={hasMore} onClick={() => setHasMore(!hasMore)}>
          {text.moreFilters}
        </Button>
        <ColumnChoice columns={columns} visibility={visibility} />
      </Group>
      {hasMore && <MoreFilters currency={query.currency} />}
      <PagedTable
        label={text.list}
        queryKey={['orders', query]}
        load={(cursor) =>
          dataOf(api.GET('/v1/orders', { params: { query: { ...withoutEmpty(query), cursor } } }))
        }
        columns={columns}
        visibility={visibility}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
    </Page>
  );
}

function MoreFilters({ currency }: { currency: string | undefined }) {
  const text = useTexts(texts);
  const { mayAll } = useSession();
  const payments = { ...text.withPayment, ...useTexts(paymentTexts).statuses };
  return (
    <Group align="flex-end" gap="sm">
      <TextFilter name="reference" label={text.reference} />
      <DateFilter name="created_from" label={text.createdFrom} />
      <DateFilter name="created_to" label={text.createdTo} />
      <AmountFilter name="amount_from" label={text.amountFrom} currency={currency} />
      <AmountFilter name="amount_to" label={text.amountTo} currency={currency} />
      <TextFilter name="currency" label={text.currency} />
      {mayAll('payments:read') && (
        <ChoiceFilter
          name="payment"
          label={text.payment}
          all={text.allPayments}
          choices={PAYMENT_FILTERS.map((value) => ({ value, label: payments[value] }))}
        />
      )}
    </Group>
  );
}

const withoutEmpty = <Query extends object>(query: Query) =>
  Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ''),
  ) as Query;

/** The address contains the ids of those that are shown. */
type OrderColumn = Column<Order> & { id: string };

function useColumns(): OrderColumn[] {
  const text = useTexts(texts);
  const format = useFormat();
  return [
    {
      id: 'id',
      header: text.id,
      // It is the link to the page of the order.
      enableHiding: false,
      cell: ({ row }) => <OrderLink id={row.original.id} />,
    },
    { id: 'status', header: text.status, cell: ({ row }) => <OrderStatus status={row.original.status} /> },
    { id: 'customer', header: text.customer, cell: ({ row }) => row.original.customer?.name ?? '–' },
    { id: 'email', header: text.email, cell: ({ row }) => row.original.customer?.email ?? '–' },
    { id: 'reference', accessorKey: 'reference', header: text.reference },
    {
      id: 'units',
      header: text.units,
      meta: NUMERIC,
      cell: ({ row }) => format.number(row.original.totals.quantity),
    },
    {
      id: 'total',
      header: text.total,
      meta: NUMERIC,
      cell: ({ row }) => format.money(row.original.totals.amount, row.original.totals.currency),
    },
    { id: 'created', header: text.created, cell: ({ row }) => <Time at={row.original.created_at} /> },
    { id: 'updated', header: text.updated, cell: ({ row }) => <Time at={row.original.updated_at} /> },
  ];
}

interface ColumnChoiceProps {
  columns: OrderColumn[];
  visibility: Record<string, boolean>;
}

/** Which columns are shown. The choice is in the address. */
function ColumnChoice({ columns, visibility }: ColumnChoiceProps) {
  const text = useTexts(texts);
  const { setFilters, filters } = useFilters();
  const choose = (id: string, isShown: boolean) => {
    const chosen = { ...visibility, [id]: isShown };
    const ids = columns.map((column) => column.id).filter((other) => chosen[other]);
    setFilters({ columns: ids.join(','), cursor: filters.cursor });
  };
  return (
    <Popover position="bottom-end">
      <Popover.Target>
        <Button variant="default">{text.columns}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {columns.map(({ id, header, enableHiding }) => (
            <Checkbox
              key={id}
              label={header}
              checked={visibility[id]}
              disabled={enableHiding === false}
              onChange={({ currentTarget }) => choose(id, currentTarget.checked)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function GoToOrder() {
  const text = useTexts(texts);
  const navigate = useNavigate();
  const [value, setValue] = useState('');
  const id = numberOf(value.trim());
  return (
    <form
      role="search"
      aria-label={text.goTo}
      onSubmit={(event) => {
        event.preventDefault();
        if (id !== undefined) void navigate({ to: `/orders/${id}` });
      }}
    >
      <Group gap="xs" wrap="nowrap">
        <TextInput
          inputMode="numeric"
          aria-label={text.goTo}
          placeholder={text.goTo}
          value={value}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={id === undefined}>
          {text.open}
        </Button>
      </Group>
    </form>
  );
}
