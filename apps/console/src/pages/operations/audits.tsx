import type { components } from '@estoque/client';
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { OrderLink, ProductLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Section } from '../../parts/section.js';
import { Sparkline } from '../../parts/sparkline.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { Repair } from './repair.js';
import { texts as textsOfRepair } from './repair-texts.js';
import { texts } from './texts.js';

type Audit = components['schemas']['AuditDto'];

const SHOWN_AUDITS = 10;
const REFRESH_MS = 5_000;

const discrepanciesOf = ({ discrepancies, payment_discrepancies }: Audit) =>
  (discrepancies?.length ?? 0) + (payment_discrepancies?.length ?? 0);

/** The last audits with their results, and what the last one found. */
export function Audits() {
  const text = useTexts(texts);
  const format = useFormat();
  const { may } = useSession();
  const query = useQuery({
    queryKey: ['audits'],
    queryFn: () => dataOf(api.GET('/v1/operations/audits', { params: { query: { limit: SHOWN_AUDITS } } })),
    refetchInterval: REFRESH_MS,
  });
  const audits = query.data?.data ?? [];
  const counts = audits.filter(({ state }) => state === 'succeeded').map(discrepanciesOf);
  return (
    <Section title={text.audits} actions={may('operations:write') && <RequestAudit />}>
      {counts.length > 1 && <Sparkline label={text.trend} values={counts.reverse()} />}
      <Loaded query={query}>
        {({ data }) => (
          <DataTable
            label={text.audits}
            columns={[
              { accessorKey: 'id', header: text.audit },
              { header: text.state, cell: ({ row }) => text.states[row.original.state] },
              { header: text.result, cell: ({ row }) => <Result audit={row.original} /> },
              {
                header: text.movements,
                meta: NUMERIC,
                cell: ({ row }) => (row.original.totals ? format.number(row.original.totals.movements) : '–'),
              },
              {
                header: text.requested,
                cell: ({ row }) => <Time at={row.original.requested_at} />,
              },
              {
                header: text.took,
                meta: NUMERIC,
                cell: ({ row }) =>
                  row.original.started_at === null || row.original.finished_at === null
                    ? '–'
                    : format.duration(
                        Date.parse(row.original.finished_at) - Date.parse(row.original.started_at),
                      ),
              },
            ]}
            rows={data}
            rowKey={({ id }) => id}
            empty={text.noAudits}
          />
        )}
      </Loaded>
      <Discrepancies audit={audits.find(({ state }) => state === 'succeeded')} />
    </Section>
  );
}

function Result({ audit }: { audit: Audit }) {
  const text = useTexts(texts);
  const format = useFormat();
  if (audit.state === 'failed')
    return <StatusBadge tone="bad">{audit.error ?? text.states.failed}</StatusBadge>;
  if (audit.state !== 'succeeded') return '–';
  return audit.reconciles ? (
    <StatusBadge tone="good">{text.reconciles}</StatusBadge>
  ) : (
    <StatusBadge tone="bad">{text.discrepancies(format.number(discrepanciesOf(audit)))}</StatusBadge>
  );
}

function Discrepancies({ audit }: { audit: Audit | undefined }) {
  const text = useTexts(texts);
  const repairTexts = useTexts(textsOfRepair);
  const format = useFormat();
  const { discrepancies } = audit ?? {};
  if (!discrepancies || discrepancies.length === 0) return null;
  return (
    <DataTable
      label={text.latest}
      columns={[
        { accessorKey: 'check', header: text.check },
        {
          header: text.product,
          cell: ({ row }) =>
            row.original.product_id === null ? '–' : <ProductLink id={row.original.product_id} />,
        },
        {
          header: text.order,
          cell: ({ row }) =>
            row.original.order_id === null ? '–' : <OrderLink id={row.original.order_id} />,
        },
        {
          header: text.expected,
          meta: NUMERIC,
          cell: ({ row }) => format.number(row.original.expected),
        },
        {
          header: text.found,
          meta: NUMERIC,
          cell: ({ row }) => format.number(row.original.found),
        },
        {
          header: repairTexts.column,
          cell: ({ row }) =>
            row.original.check === 'on_hand' ? <Repair productId={row.original.product_id} /> : '–',
        },
      ]}
      rows={discrepancies}
      rowKey={({ check, product_id, order_id }) => `${check} ${product_id} ${order_id}`}
      empty="–"
    />
  );
}

function RequestAudit() {
  const { request: text } = useTexts(texts);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {text.action}
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={text.action}
          confirmLabel={text.action}
          doneText={text.done}
          onClose={() => setIsOpen(false)}
          onConfirm={() => dataOf(api.POST('/v1/operations/audit'))}
        >
          <Text size="sm">{text.effect}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}
