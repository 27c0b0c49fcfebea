import type { components } from '@estoque/client';
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RowSelectionState } from '@tanstack/react-table';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { ChoiceFilter, TextFilter } from '../../parts/filter-field.js';
import { numberOf, useFilters, type Filters } from '../../parts/filters.js';
import { PageLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { ProblemAlert } from '../../parts/problem-alert.js';
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
                header: text.number,
                meta: NUMERIC,
                cell: ({ row }) => format.number(row.original.count),
              },
              { header: common.event, cell: ({ row }) => <Name>{row.original.event}</Name> },
              { header: common.reason, cell: ({ row }) => <Name>{row.original.reason}</Name> },
              { accessorKey: 'error_pattern', header: text.error },
              {
                header: common.firstSeen,
                cell: ({ row }) => <Time at={row.original.first_seen} />,
              },
              {
                header: common.lastSeen,
                cell: ({ row }) => <Time at={row.original.last_seen} />,
              },
              {
                header: text.show,
                cell: ({ row }) => (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={text.showGroup(row.original.error_pattern)}
                    onClick={() => setFilters({ group: row.original.key, state: 'open' })}
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

type JobFilter = components['schemas']['DeadLetterFilterDto'];

/** The filters of the address that a job can have, too. */
const filterOf = ({ queue, event, reason, group, order_id, text }: Filters): JobFilter => ({
  queue: queue || undefined,
  event: event || undefined,
  reason: reason || undefined,
  group: group && /^[0-9a-f]{32}$/.test(group) ? group : undefined,
  order_id: numberOf(order_id),
  text: text || undefined,
});

function DeadLetterList() {
  const text = useTexts(texts);
  const { filters, setFilters } = useFilters();
  const { may } = useSession();
  const query = {
    ...filterOf(filters),
    state: STATES.find((state) => state === filters.state),
  };
  const [selected, setSelected] = useState<RowSelectionState>({});
  const ids = Object.keys(selected).map(Number);
  const bulk = {
    filter: ids.length > 0 ? { ids } : filterOf(filters),
    onCreated: () => setSelected({}),
  };
  return (
    <Section
      title={text.list}
      actions={
        may('operations:write') && (
          <>
            {ids.length > 0 && (
              <Button variant="subtle" size="xs" onClick={() => setSelected({})}>
                {text.selection.clear}
              </Button>
            )}
            <BulkAction action="replay" {...bulk} />
            <BulkAction action="discard" {...bulk} />
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
        selection={
          may('operations:write')
            ? {
                selected,
                onChange: setSelected,
                isSelectable: ({ state }) => state === 'open',
                label: text.selection.label,
                labelOf: ({ id }) => text.selection.labelOf(id),
              }
            : undefined
        }
        columns={[
          {
            header: text.id,
            cell: ({ row }) => <PageLink to={`/dead-letters/${row.original.id}`}>{row.original.id}</PageLink>,
          },
          {
            header: text.state,
            cell: ({ row }) => (
              <StatusBadge tone={TONES[row.original.state]}>{text.states[row.original.state]}</StatusBadge>
            ),
          },
          { header: text.event, cell: ({ row }) => <Name>{row.original.event}</Name> },
          { header: text.reason, cell: ({ row }) => <Name>{row.original.reason}</Name> },
          {
            header: text.error,
            cell: ({ row }) => (
              <Text size="sm" lineClamp={2}>
                {row.original.error}
              </Text>
            ),
          },
          { header: text.lastSeen, cell: ({ row }) => <Time at={row.original.last_seen} /> },
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

interface BulkProps {
  action: keyof typeof BULK_PATHS;
  filter: JobFilter;
  onCreated: () => void;
}

/** Replays or discards the selected dead letters, or all open ones that match the filters of the list. */
function BulkAction(props: BulkProps) {
  const { bulk: text } = useTexts(texts);
  const format = useFormat();
  const [isOpen, setIsOpen] = useState(false);
  const { action, filter } = props;
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setIsOpen(true)}>
        {filter.ids ? text[`${action}Selected`](format.number(filter.ids.length)) : text[action]}
      </Button>
      {isOpen && <BulkDialog {...props} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function BulkDialog({ action, filter, onCreated, onClose }: BulkProps & { onClose: () => void }) {
  const { bulk: text, why } = useTexts(texts);
  const format = useFormat();
  const by = useOperator();
  const [reason, setReason] = useState('');
  const { ids, ...query } = filter;
  const counted = useQuery({
    queryKey: ['dead-letter-count', query],
    queryFn: () => dataOf(api.GET('/v1/dead-letters/count', { params: { query } })),
    enabled: ids === undefined,
    gcTime: 0,
  });
  const count = ids?.length ?? counted.data?.count;
  const group = useGroups().data?.data.find(({ key }) => key === filter.group);
  const shown = Object.entries({ ...filter, group: group?.error_pattern ?? filter.group }).filter(
    ([, value]) => value !== undefined,
  );
  return (
    <ConfirmDialog
      title={text[`${action}Title`]}
      confirmLabel={ids ? text[`${action}Selected`](format.number(ids.length)) : text[action]}
      isDangerous
      isIncomplete={count === undefined}
      doneText={text.done}
      onClose={onClose}
      onConfirm={async () => {
        await change((header) =>
          api.POST(BULK_PATHS[action], {
            params: { header },
            body: { by, filter, reason: reason.trim() || undefined },
          }),
        );
        onCreated();
      }}
    >
      <Text size="sm">{text[`${action}Effect`]}</Text>
      {shown.map(([name, value]) => (
        <code key={name}>{`${name}: ${Array.isArray(value) ? value.join(', ') : value}`}</code>
      ))}
      {counted.error ? (
        <ProblemAlert error={counted.error} />
      ) : (
        <Text size="sm" fw={600} role="status">
          {count === undefined ? text.counting : text.count(count, format.number(count))}
        </Text>
      )}
      <TextInput
        label={why}
        maxLength={MAX_REASON_LENGTH}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
