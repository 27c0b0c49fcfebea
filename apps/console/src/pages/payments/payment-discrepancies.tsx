import { useQuery } from '@tanstack/react-query';
import { loadLastAudit } from '../../audit.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { OrderLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Section } from '../../parts/section.js';
import { texts } from './texts.js';

/** What the last audit found when it compared the payments with the orders. */
export function PaymentDiscrepancies() {
  const text = useTexts(texts);
  const query = useQuery({ queryKey: ['audit'], queryFn: loadLastAudit });
  return (
    <Section title={text.discrepancies}>
      <Loaded query={query}>
        {(audit) => (
          <DataTable
            label={text.discrepancies}
            columns={[
              { accessorKey: 'check', header: text.check },
              {
                header: text.order,
                cell: ({ row }) => <OrderLink id={row.original.order_id} />,
              },
              { accessorKey: 'expected', header: text.expected, meta: NUMERIC },
              { accessorKey: 'found', header: text.found, meta: NUMERIC },
            ]}
            rows={audit?.payment_discrepancies ?? []}
            rowKey={({ check, order_id }) => `${check} ${order_id}`}
            empty={text.noDiscrepancies}
          />
        )}
      </Loaded>
    </Section>
  );
}
