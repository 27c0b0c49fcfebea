import { api, dataOf } from '../../api.js';
import { useText, useTexts } from '../../i18n/language.js';
import { PageLink } from '../../parts/links.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { texts } from './texts.js';

export function WebhooksPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  return (
    <Page title={pages.webhooks}>
      <PagedTable
        label={text.list}
        queryKey={['webhook-endpoints']}
        load={(cursor) => dataOf(api.GET('/v1/webhook-endpoints', { params: { query: { cursor } } }))}
        columns={[
          {
            header: text.id,
            cell: ({ row }) => <PageLink to={`/webhooks/${row.original.id}`}>{row.original.id}</PageLink>,
          },
          { accessorKey: 'url', header: text.url },
          { header: text.events, cell: ({ row }) => row.original.events.join(', ') },
          {
            header: text.state,
            cell: ({ row }) => (
              <StatusBadge tone={row.original.state === 'enabled' ? 'good' : 'bad'}>
                {text.states[row.original.state]}
              </StatusBadge>
            ),
          },
          {
            header: text.failingSince,
            cell: ({ row }) =>
              row.original.failing_since === null ? '–' : <Time at={row.original.failing_since} />,
          },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
    </Page>
  );
}
