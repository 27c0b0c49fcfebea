import { useQuery } from '@tanstack/react-query';
import { loadLastAudit } from '../../audit.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable } from '../../parts/data-table.js';
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
              { key: 'check', label: text.check, render: ({ check }) => check },
              { key: 'order', label: text.order, render: ({ order_id }) => <OrderLink id={order_id} /> },
              { key: 'expected', label: text.expected, isNumeric: true, render: ({ expected }) => expected },
              { key: 'found', label: text.found, isNumeric: true, render: ({ found }) => found },
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
