import type { components } from '@estoque/client';
import { Button, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { minorUnits, useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable } from '../../parts/data-table.js';
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
            { key: 'started', label: text.started, render: ({ started_at }) => <Time at={started_at} /> },
            {
              key: 'took',
              label: text.took,
              isNumeric: true,
              render: ({ started_at, finished_at }) =>
                finished_at === null
                  ? '–'
                  : format.duration(Date.parse(finished_at) - Date.parse(started_at)),
            },
            {
              key: 'outcome',
              label: text.outcome,
              render: ({ outcome }) => (outcome === null ? text.inProgress : text.outcomes[outcome]),
            },
            { key: 'detail', label: text.detail, render: ({ detail }) => detail ?? '–' },
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
            { key: 'at', label: text.created, render: ({ created_at }) => <Time at={created_at} /> },
            { key: 'amount', label: text.amount, isNumeric: true, render: ({ amount }) => money(amount) },
            { key: 'status', label: text.status, render: ({ status }) => text.refundStatuses[status] },
            { key: 'cause', label: text.cause, render: ({ cause }) => cause },
            { key: 'reason', label: reason, render: (refund) => refund.reason ?? '–' },
            { key: 'failure', label: text.failure, render: ({ failure }) => failure ?? '–' },
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
