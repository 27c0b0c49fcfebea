import type { components } from '@estoque/client';
import { Button, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { minorUnits, useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Facts } from '../../parts/facts.js';
import { OrderLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { useRouteId } from '../../parts/route-id.js';
import { Section } from '../../parts/section.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { PaymentStatus } from './payment-status.js';
import { texts } from './texts.js';

type Payment = components['schemas']['PaymentDetailsDto'];

export function PaymentPage() {
  const id = useRouteId();
  const text = useTexts(texts);
  const { may } = useSession();
  const query = useQuery({
    queryKey: ['payment', id],
    queryFn: () => dataOf(api.GET('/v1/payments/{id}', { params: { path: { id } } })),
  });
  const payment = query.data;
  const isRefundable =
    payment && may('payments:write') && payment.status === 'captured' && payment.refunded < payment.captured;
  return (
    <Page
      title={text.payment(id)}
      aside={payment && <PaymentStatus status={payment.status} />}
      actions={isRefundable && <RefundAction payment={payment} />}
    >
      <Loaded query={query} height={400}>
        {(loaded) => <PaymentDetails payment={loaded} />}
      </Loaded>
    </Page>
  );
}

function PaymentDetails({ payment }: { payment: Payment }) {
  const text = useTexts(texts);
  const { reason } = useText();
  const format = useFormat();
  const money = (amount: number) => format.money(amount, payment.currency);
  return (
    <Stack gap="xl">
      <Section title={text.details}>
        <Facts
          entries={[
            [text.order, <OrderLink key="order" id={payment.order_id} />],
            [text.amount, money(payment.amount)],
            [text.captured, money(payment.captured)],
            [text.refunded, money(payment.refunded)],
            [text.method, payment.method],
            [text.failure, payment.failure],
            [text.reference, payment.gateway_reference],
            [text.created, <Time key="created" at={payment.created_at} />],
          ]}
        />
      </Section>
      <Section title={text.attempts}>
        <DataTable
          label={text.attempts}
          columns={[
            { header: text.started, cell: ({ row }) => <Time at={row.original.started_at} /> },
            {
              header: text.took,
              meta: NUMERIC,
              cell: ({ row }) =>
                row.original.finished_at === null
                  ? '–'
                  : format.duration(
                      Date.parse(row.original.finished_at) - Date.parse(row.original.started_at),
                    ),
            },
            {
              header: text.outcome,
              cell: ({ row }) =>
                row.original.outcome === null ? text.inProgress : text.outcomes[row.original.outcome],
            },
            { accessorKey: 'detail', header: text.detail },
          ]}
          rows={payment.attempts}
          rowKey={({ started_at }) => started_at}
          empty={text.noAttempts}
        />
      </Section>
      <Section title={text.refunds}>
        <DataTable
          label={text.refunds}
          columns={[
            { header: text.created, cell: ({ row }) => <Time at={row.original.created_at} /> },
            {
              header: text.amount,
              meta: NUMERIC,
              cell: ({ row }) => money(row.original.amount),
            },
            {
              header: text.status,
              cell: ({ row }) => text.refundStatuses[row.original.status],
            },
            { accessorKey: 'cause', header: text.cause },
            { header: reason, cell: ({ row }) => row.original.reason ?? '–' },
            { accessorKey: 'failure', header: text.failure },
          ]}
          rows={payment.refunds}
          rowKey={({ id }) => id}
          empty={text.noRefunds}
        />
      </Section>
    </Stack>
  );
}

function RefundAction({ payment: { id, currency, captured, refunded } }: { payment: Payment }) {
  const { refund: text } = useTexts(texts);
  const { reason: reasonLabel } = useText();
  const { decimalSeparator } = useFormat();
  const [isOpen, setIsOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [amount, setAmount] = useState<number>();
  const units = minorUnits(currency);
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {text.action}
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={text.title(id)}
          confirmLabel={text.action}
          isDangerous
          isIncomplete={reason.trim() === ''}
          doneText={text.done}
          onClose={() => setIsOpen(false)}
          onConfirm={() =>
            change((header) =>
              api.POST('/v1/payments/{id}/refunds', {
                params: { path: { id }, header },
                body: {
                  reason: reason.trim(),
                  ...(amount !== undefined && { amount: Math.round(amount * units) }),
                },
              }),
            )
          }
        >
          <Text size="sm">{text.effect}</Text>
          <NumberInput
            label={text.amount(currency)}
            description={text.hint}
            allowNegative={false}
            decimalSeparator={decimalSeparator}
            allowedDecimalSeparators={['.', ',']}
            max={(captured - refunded) / units}
            value={amount ?? ''}
            onChange={(value) => setAmount(value === '' ? undefined : Number(value))}
          />
          <TextInput
            label={reasonLabel}
            required
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </ConfirmDialog>
      )}
    </>
  );
}
