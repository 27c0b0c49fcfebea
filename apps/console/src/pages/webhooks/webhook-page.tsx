import type { components } from '@estoque/client';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable } from '../../parts/data-table.js';
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
            key: 'id',
            label: text.delivery,
            render: (delivery) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={text.deliveryTitle(delivery.id)}
                onClick={() => setShown(delivery.id)}
              >
                {delivery.id}
              </Button>
            ),
          },
          { key: 'event', label: text.event, render: ({ event }) => event },
          {
            key: 'order',
            label: text.order,
            render: ({ order_id }) => (order_id === null ? '–' : <OrderLink id={order_id} />),
          },
          {
            key: 'state',
            label: text.state,
            render: ({ state }) => (
              <StatusBadge tone={TONES[state]}>{text.deliveryStates[state]}</StatusBadge>
            ),
          },
          { key: 'attempts', label: text.attempts, isNumeric: true, render: ({ attempts }) => attempts },
          {
            key: 'next',
            label: text.next,
            render: ({ next_attempt_at }) =>
              next_attempt_at === null ? '–' : format.relative(next_attempt_at),
          },
          { key: 'created', label: text.created, render: ({ created_at }) => <Time at={created_at} /> },
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
                { key: 'at', label: text.at, render: ({ at }) => <Time at={at} /> },
                { key: 'status', label: text.status, render: ({ status }) => status ?? '–' },
                {
                  key: 'took',
                  label: text.took,
                  isNumeric: true,
                  render: ({ duration_ms }) => format.duration(duration_ms),
                },
                { key: 'answer', label: text.answer, render: ({ answer }) => answer ?? '–' },
                { key: 'error', label: text.error, render: ({ error }) => error ?? '–' },
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
