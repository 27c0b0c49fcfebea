import type { components } from '@estoque/client';
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable } from '../../parts/data-table.js';
import { ChoiceFilter, TextFilter } from '../../parts/filter-field.js';
import { numberOf, useFilters, type Filters } from '../../parts/filters.js';
import { PageLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { Jobs } from './jobs.js';
import { MAX_REASON_LENGTH, useOperator } from './operator.js';
import { STATES, TONES } from './states.js';
import { texts } from './texts.js';

type DeadLetter = components['schemas']['DeadLetterDto'];

const REFRESH_MS = 5_000;

export function DeadLettersPage() {
  const { pages } = useText();
  return (
    <Page title={pages.deadLetters}>
      <Groups />
      <DeadLetterList />
      <Jobs />
    </Page>
  );
}

const useGroups = () =>
  useQuery({
    queryKey: ['dead-letter-groups'],
    queryFn: () => dataOf(api.GET('/v1/dead-letters/groups')),
    refetchInterval: REFRESH_MS,
  });

/** A name that another system has chosen. A long one is shown in part. */
const Name = ({ children }: { children: string }) => (
  <code className="name" title={children}>
    {children}
  </code>
);

function Groups() {
  const { groups: text, ...common } = useTexts(texts);
  const format = useFormat();
  const { setFilters } = useFilters();
  const query = useGroups();
  return (
    <Section title={text.title}>
      <Loaded query={query}>
        {({ data }) => (
          <DataTable
            label={text.list}
            columns={[
              {
                key: 'count',
                label: text.number,
                isNumeric: true,
                render: ({ count }) => format.number(count),
              },
              { key: 'event', label: common.event, render: ({ event }) => <Name>{event}</Name> },
              { key: 'reason', label: common.reason, render: ({ reason }) => <Name>{reason}</Name> },
              { key: 'error', label: text.error, render: ({ error_pattern }) => error_pattern },
              { key: 'first', label: common.firstSeen, render: ({ first_seen }) => <Time at={first_seen} /> },
              { key: 'last', label: common.lastSeen, render: ({ last_seen }) => <Time at={last_seen} /> },
              {
                key: 'show',
                label: text.show,
                render: ({ key, error_pattern }) => (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={text.showGroup(error_pattern)}
                    onClick={() => setFilters({ group: key, state: 'open' })}
                  >
                    {text.show}
                  </Button>
                ),
              },
            ]}
            rows={data}
            rowKey={({ key }) => key}
            empty={text.empty}
          />
        )}
      </Loaded>
    </Section>
  );
}

/** The filters of the address that a job can have, too. */
const filterOf = ({ queue, event, reason, group, order_id }: Filters) => ({
  queue: queue || undefined,
  event: event || undefined,
  reason: reason || undefined,
  group: group && /^[0-9a-f]{32}$/.test(group) ? group : undefined,
  order_id: numberOf(order_id),
});

function DeadLetterList() {
  const text = useTexts(texts);
  const { filters, setFilters } = useFilters();
  const { may } = useSession();
  const query = {
    ...filterOf(filters),
    state: STATES.find((state) => state === filters.state),
    text: filters.text || undefined,
  };
  return (
    <Section
      title={text.list}
      actions={
        may('operations:write') && (
          <>
            <BulkAction action="replay" />
            <BulkAction action="discard" />
          </>
        )
      }
    >
      {filters.group && (
        <Group gap="sm">
          <Text size="sm">{text.groups.shown}</Text>
          <Button size="compact-sm" variant="default" onClick={() => setFilters({ group: undefined })}>
            {text.groups.showAll}
          </Button>
        </Group>
      )}
      <Group align="flex-end" gap="sm">
        <TextFilter name="text" label={text.search} />
        <ChoiceFilter
          name="state"
          label={text.state}
          all={text.all}
          choices={STATES.map((value) => ({ value, label: text.states[value] }))}
        />
        <TextFilter name="event" label={text.event} />
        <TextFilter name="queue" label={text.queue} />
        <TextFilter name="reason" label={text.reason} />
        <TextFilter name="order_id" label={text.order} />
      </Group>
      <PagedTable<DeadLetter>
        label={text.list}
        columns={[
          {
            key: 'id',
            label: text.id,
            render: ({ id }) => <PageLink to={`/dead-letters/${id}`}>{id}</PageLink>,
          },
          {
            key: 'state',
            label: text.state,
            render: ({ state }) => <StatusBadge tone={TONES[state]}>{text.states[state]}</StatusBadge>,
          },
          { key: 'event', label: text.event, render: ({ event }) => <Name>{event}</Name> },
          { key: 'reason', label: text.reason, render: ({ reason }) => <Name>{reason}</Name> },
          {
            key: 'error',
            label: text.error,
            render: ({ error }) => (
              <Text size="sm" lineClamp={2}>
                {error}
              </Text>
            ),
          },
          { key: 'last', label: text.lastSeen, render: ({ last_seen }) => <Time at={last_seen} /> },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
        queryKey={['dead-letters', query]}
        refreshMs={query.text === undefined ? REFRESH_MS : undefined}
        load={(cursor) => dataOf(api.GET('/v1/dead-letters', { params: { query: { ...query, cursor } } }))}
      />
    </Section>
  );
}

const BULK_PATHS = { replay: '/v1/dead-letters/replay', discard: '/v1/dead-letters/discard' } as const;

/** Replays or discards all open dead letters that match the filters of the list. */
function BulkAction({ action }: { action: keyof typeof BULK_PATHS }) {
  const { bulk: text, why } = useTexts(texts);
  const { filters } = useFilters();
  const by = useOperator();
  const [isOpen, setIsOpen] = useState(false);
  const [reason, setReason] = useState('');
  const filter = filterOf(filters);
  const group = useGroups().data?.data.find(({ key }) => key === filter.group);
  const shown = Object.entries({ ...filter, group: group?.error_pattern ?? filter.group }).filter(
    ([, value]) => value !== undefined,
  );
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setIsOpen(true)}>
        {text[action]}
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={text[`${action}Title`]}
          confirmLabel={text[action]}
          isDangerous
          doneText={text.done}
          onClose={() => setIsOpen(false)}
          onConfirm={() =>
            change((header) =>
              api.POST(BULK_PATHS[action], {
                params: { header },
                body: { by, filter, reason: reason.trim() || undefined },
              }),
            )
          }
        >
          <Text size="sm">{text[`${action}Effect`]}</Text>
          {shown.map(([name, value]) => (
            <code key={name}>{`${name}: ${value}`}</code>
          ))}
          {filters.text && <Text size="sm">{text.withoutText}</Text>}
          <TextInput
            label={why}
            maxLength={MAX_REASON_LENGTH}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </ConfirmDialog>
      )}
    </>
  );
}
