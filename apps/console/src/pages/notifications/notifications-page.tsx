import type { components } from '@estoque/client';
import { Button, Group, Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { ChoiceFilter, TextFilter } from '../../parts/filter-field.js';
import { numberOf, useFilters } from '../../parts/filters.js';
import { OrderLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { MailSettings } from './mail-settings.js';
import { texts } from './texts.js';

type Notification = components['schemas']['NotificationDto'];
type State = Notification['state'];

const TONES: Record<State, Tone> = { pending: 'busy', sent: 'good', failed: 'bad', withheld: 'warning' };
const STATES = Object.keys(TONES) as State[];

export function NotificationsPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  const { filters } = useFilters();
  const { may, mayAll } = useSession();
  const [shown, setShown] = useState<Notification>();
  const [resent, setResent] = useState<Notification>();
  const query = {
    state: STATES.find((state) => state === filters.state),
    order_id: numberOf(filters.order_id),
  };
  return (
    <Page title={pages.notifications} actions={mayAll('notifications:read') && <MailSettings />}>
      <Group align="flex-end" gap="sm">
        <ChoiceFilter
          name="state"
          label={text.state}
          all={text.all}
          choices={STATES.map((value) => ({ value, label: text.states[value] }))}
        />
        <TextFilter name="order_id" label={text.order} />
      </Group>
      <PagedTable
        label={text.list}
        queryKey={['notifications', query]}
        load={(cursor) => dataOf(api.GET('/v1/notifications', { params: { query: { ...query, cursor } } }))}
        columns={[
          { accessorKey: 'id', header: text.id },
          { header: text.kind, cell: ({ row }) => text.kinds[row.original.kind] },
          {
            header: text.order,
            cell: ({ row }) =>
              row.original.order_id === null ? '–' : <OrderLink id={row.original.order_id} />,
          },
          { accessorKey: 'recipient', header: text.recipient },
          {
            header: text.state,
            cell: ({ row }) => (
              <StatusBadge tone={TONES[row.original.state]}>{text.states[row.original.state]}</StatusBadge>
            ),
          },
          { accessorKey: 'last_error', header: text.lastError },
          { header: text.created, cell: ({ row }) => <Time at={row.original.created_at} /> },
          {
            header: text.actions,
            cell: ({ row }) => (
              <Group gap="xs">
                {mayAll('notifications:read') && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={text.showMail(row.original.id)}
                    onClick={() => setShown(row.original)}
                  >
                    {text.show}
                  </Button>
                )}
                {may('operations:write') && row.original.state !== 'pending' && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={text.resend.label(row.original.id)}
                    onClick={() => setResent(row.original)}
                  >
                    {text.resend.action}
                  </Button>
                )}
              </Group>
            ),
          },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
      {shown && <MailDialog notification={shown} onClose={() => setShown(undefined)} />}
      {resent && (
        <ConfirmDialog
          title={text.resend.title(resent.id)}
          confirmLabel={text.resend.action}
          doneText={text.resend.done}
          onClose={() => setResent(undefined)}
          onConfirm={() =>
            change((header) =>
              api.POST('/v1/notifications/{id}/resend', { params: { path: { id: resent.id }, header } }),
            )
          }
        >
          <Text size="sm">{text.resend.effect(resent.recipient)}</Text>
        </ConfirmDialog>
      )}
    </Page>
  );
}

/** Shows the mail as the recipient reads it. The frame runs no script and opens nothing. */
function MailDialog({ notification: { id }, onClose }: { notification: Notification; onClose: () => void }) {
  const text = useTexts(texts);
  const { close } = useText();
  const query = useQuery({
    queryKey: ['mail', id],
    queryFn: () => dataOf(api.GET('/v1/notifications/{id}/mail', { params: { path: { id } } })),
  });
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={query.data?.subject ?? `${text.id} ${id}`}
      closeButtonProps={{ 'aria-label': close }}
    >
      <Loaded query={query} height={480}>
        {({ html }) => <iframe className="mail-frame" sandbox="" title={text.frame} srcDoc={html} />}
      </Loaded>
    </Modal>
  );
}
