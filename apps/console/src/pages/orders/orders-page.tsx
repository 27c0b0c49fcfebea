import type { components } from '@estoque/client';
import { Button, Checkbox, Group, Popover, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ORDER_STATUSES, statusTexts, type OrderStatus as Status } from '../../i18n/statuses.js';
import type { Column } from '../../parts/data-table.js';
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
  const shown = (filters.columns?.split(',') ?? DEFAULT_COLUMNS).filter((key) =>
    columns.some((column) => column.key === key),
  );
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
        <ColumnChoice columns={columns} shown={shown} />
      </Group>
      {hasMore && <MoreFilters currency={query.currency} />}
      <PagedTable
        label={text.list}
        queryKey={['orders', query]}
        load={(cursor) =>
          dataOf(api.GET('/v1/orders', { params: { query: { ...withoutEmpty(query), cursor } } }))
        }
        columns={columns.filter(({ key }) => shown.includes(key))}
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

function useColumns(): Column<Order>[] {
  const text = useTexts(texts);
  const format = useFormat();
  return [
    { key: 'id', label: text.id, render: ({ id }) => <OrderLink id={id} /> },
    { key: 'status', label: text.status, render: ({ status }) => <OrderStatus status={status} /> },
    { key: 'customer', label: text.customer, render: ({ customer }) => customer?.name ?? '–' },
    { key: 'email', label: text.email, render: ({ customer }) => customer?.email ?? '–' },
    { key: 'reference', label: text.reference, render: ({ reference }) => reference ?? '–' },
    {
      key: 'units',
      label: text.units,
      isNumeric: true,
      render: ({ totals }) => format.number(totals.quantity),
    },
    {
      key: 'total',
      label: text.total,
      isNumeric: true,
      render: ({ totals }) => format.money(totals.amount, totals.currency),
    },
    { key: 'created', label: text.created, render: ({ created_at }) => <Time at={created_at} /> },
    { key: 'updated', label: text.updated, render: ({ updated_at }) => <Time at={updated_at} /> },
  ];
}

/** Which columns are shown. The choice is in the address. */
function ColumnChoice({ columns, shown }: { columns: Column<Order>[]; shown: string[] }) {
  const text = useTexts(texts);
  const { setFilters, filters } = useFilters();
  return (
    <Popover position="bottom-end">
      <Popover.Target>
        <Button variant="default">{text.columns}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {columns.map(({ key, label }) => (
            <Checkbox
              key={key}
              label={label}
              checked={shown.includes(key)}
              // The number of the order is the link to its page.
              disabled={key === 'id'}
              onChange={({ currentTarget }) => {
                const chosen = columns
                  .map((column) => column.key)
                  .filter((other) => (other === key ? currentTarget.checked : shown.includes(other)));
                setFilters({ columns: chosen.join(','), cursor: filters.cursor });
              }}
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
