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
          { key: 'id', label: text.id, render: ({ id }) => <PageLink to={`/webhooks/${id}`}>{id}</PageLink> },
          { key: 'url', label: text.url, render: ({ url }) => url },
          { key: 'events', label: text.events, render: ({ events }) => events.join(', ') },
          {
            key: 'state',
            label: text.state,
            render: ({ state }) => (
              <StatusBadge tone={state === 'enabled' ? 'good' : 'bad'}>{text.states[state]}</StatusBadge>
            ),
          },
          {
            key: 'failing',
            label: text.failingSince,
            render: ({ failing_since }) => (failing_since === null ? '–' : <Time at={failing_since} />),
          },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
    </Page>
  );
}
