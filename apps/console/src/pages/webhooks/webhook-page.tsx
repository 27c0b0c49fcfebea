import type { components } from '@estoque/client';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Facts } from '../../parts/facts.js';
import { ChoiceFilter, TextFilter } from '../../parts/filter-field.js';
import { numberOf, useFilters } from '../../parts/filters.js';
import { JsonText } from '../../parts/json-text.js';
import { OrderLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { useRouteId } from '../../parts/route-id.js';
import { Section } from '../../parts/section.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { texts } from './texts.js';

type Endpoint = components['schemas']['WebhookEndpointDto'];
type State = components['schemas']['WebhookDeliveryDto']['state'];

const TONES: Record<State, Tone> = { pending: 'busy', delivered: 'good', failed: 'bad' };
const STATES = Object.keys(TONES) as State[];

export function WebhookPage() {
  const id = useRouteId();
  const text = useTexts(texts);
  const query = useQuery({
    queryKey: ['webhook-endpoint', id],
    queryFn: () => dataOf(api.GET('/v1/webhook-endpoints/{id}', { params: { path: { id } } })),
  });
  const endpoint = query.data;
  return (
    <Page
      title={text.endpoint(id)}
      aside={
        endpoint && (
          <StatusBadge tone={endpoint.state === 'enabled' ? 'good' : 'bad'}>
            {text.states[endpoint.state]}
          </StatusBadge>
        )
      }
      actions={endpoint && <StateAction endpoint={endpoint} />}
    >
      <Loaded query={query}>
        {({ url, events, disabled_reason, failing_since, created_at }) => (
          <Facts
            entries={[
              [text.url, url],
              [text.events, events.join(', ')],
              [text.disabledReason, disabled_reason && text.disabledReasons[disabled_reason]],
              [text.failingSince, failing_since && <Time at={failing_since} />],
              [text.created, <Time key="created" at={created_at} />],
            ]}
          />
        )}
      </Loaded>
      <Deliveries id={id} />
    </Page>
  );
}

const STATE_PATHS = {
  enable: '/v1/webhook-endpoints/{id}/enable',
  disable: '/v1/webhook-endpoints/{id}/disable',
} as const;

function StateAction({ endpoint: { id, state } }: { endpoint: Endpoint }) {
  const action = state === 'enabled' ? 'disable' : 'enable';
  const text = useTexts(texts)[action];
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {text.action}
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={text.title(id)}
          confirmLabel={text.action}
          doneText={text.done}
          onClose={() => setIsOpen(false)}
          onConfirm={() =>
            change((header) => api.POST(STATE_PATHS[action], { params: { path: { id }, header } }))
          }
        >
          <Text size="sm">{text.effect}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}

function Deliveries({ id }: { id: number }) {
  const text = useTexts(texts);
  const format = useFormat();
  const { filters } = useFilters();
  const [shown, setShown] = useState<number>();
  const query = {
    state: STATES.find((state) => state === filters.state),
    order_id: numberOf(filters.order_id),
  };
  return (
    <Section title={text.deliveries}>
      <Group align="flex-end" gap="sm">
        <ChoiceFilter
          name="state"
          label={text.state}
          all={text.all}
          choices={STATES.map((value) => ({ value, label: text.deliveryStates[value] }))}
        />
        <TextFilter name="order_id" label={text.order} />
      </Group>
      <PagedTable
        label={text.deliveries}
        queryKey={['deliveries', id, query]}
        load={(cursor) =>
          dataOf(
            api.GET('/v1/webhook-endpoints/{id}/deliveries', {
              params: { path: { id }, query: { ...query, cursor } },
            }),
          )
        }
        columns={[
          {
            header: text.delivery,
            cell: ({ row }) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={text.deliveryTitle(row.original.id)}
                onClick={() => setShown(row.original.id)}
              >
                {row.original.id}
              </Button>
            ),
          },
          { accessorKey: 'event', header: text.event },
          {
            header: text.order,
            cell: ({ row }) =>
              row.original.order_id === null ? '–' : <OrderLink id={row.original.order_id} />,
          },
          {
            header: text.state,
            cell: ({ row }) => (
              <StatusBadge tone={TONES[row.original.state]}>
                {text.deliveryStates[row.original.state]}
              </StatusBadge>
            ),
          },
          { accessorKey: 'attempts', header: text.attempts, meta: NUMERIC },
          {
            header: text.next,
            cell: ({ row }) =>
              row.original.next_attempt_at === null ? '–' : format.relative(row.original.next_attempt_at),
          },
          { header: text.created, cell: ({ row }) => <Time at={row.original.created_at} /> },
        ]}
        rowKey={(delivery) => delivery.id}
        empty={text.noDeliveries}
      />
      {shown !== undefined && (
        <DeliveryDialog endpoint={id} delivery={shown} onClose={() => setShown(undefined)} />
      )}
    </Section>
  );
}

interface DeliveryDialogProps {
  endpoint: number;
  delivery: number;
  onClose: () => void;
}

function DeliveryDialog({ endpoint, delivery, onClose }: DeliveryDialogProps) {
  const text = useTexts(texts);
  const { close } = useText();
  const format = useFormat();
  const [isReplaying, setIsReplaying] = useState(false);
  const path = { id: endpoint, delivery_id: delivery };
  const query = useQuery({
    queryKey: ['delivery', endpoint, delivery],
    queryFn: () =>
      dataOf(api.GET('/v1/webhook-endpoints/{id}/deliveries/{delivery_id}', { params: { path } })),
  });
  if (isReplaying)
    return (
      <ConfirmDialog
        title={text.replay.title(delivery)}
        confirmLabel={text.replay.action}
        doneText={text.replay.done}
        onClose={onClose}
        onConfirm={() =>
          change((header) =>
            api.POST('/v1/webhook-endpoints/{id}/deliveries/{delivery_id}/replay', {
              params: { path, header },
            }),
          )
        }
      >
        <Text size="sm">{text.replay.effect}</Text>
      </ConfirmDialog>
    );
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={text.deliveryTitle(delivery)}
      closeButtonProps={{ 'aria-label': close }}
    >
      <Loaded query={query} height={300}>
        {({ body, log, state }) => (
          <Stack>
            <DataTable
              label={text.attempts}
              columns={[
                { header: text.at, cell: ({ row }) => <Time at={row.original.at} /> },
                { accessorKey: 'status', header: text.status },
                {
                  header: text.took,
                  meta: NUMERIC,
                  cell: ({ row }) => format.duration(row.original.duration_ms),
                },
                { accessorKey: 'answer', header: text.answer },
                { accessorKey: 'error', header: text.error },
              ]}
              rows={log}
              rowKey={({ at }) => at}
              empty={text.noAttempts}
            />
            <JsonText label={text.body} text={body} />
            {state !== 'pending' && (
              <Group justify="flex-end">
                <Button onClick={() => setIsReplaying(true)}>{text.replay.action}</Button>
              </Group>
            )}
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
