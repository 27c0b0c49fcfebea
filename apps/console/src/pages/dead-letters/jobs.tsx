import type { components } from '@estoque/client';
import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/loaded.js';
import { Section } from '../../parts/section.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { useOperator } from './operator.js';
import { texts } from './texts.js';

type Job = components['schemas']['DeadLetterJobDto'];

const SHOWN_JOBS = 10;
const REFRESH_MS = 1_000;
const TONES: Record<Job['state'], Tone> = {
  pending: 'neutral',
  running: 'busy',
  finished: 'good',
  cancelled: 'warning',
};
const isUnfinished = ({ state }: Job) => state === 'pending' || state === 'running';

/** The latest jobs with their progress. */
export function Jobs() {
  const { jobs: text } = useTexts(texts);
  const { may } = useSession();
  const [stopped, setStopped] = useState<Job>();
  const by = useOperator();
  const query = useQuery({
    queryKey: ['dead-letter-jobs'],
    queryFn: () =>
      dataOf(api.GET('/v1/operations/dead-letter-jobs', { params: { query: { limit: SHOWN_JOBS } } })),
    refetchInterval: ({ state }) => (state.data?.data.some(isUnfinished) ? REFRESH_MS : 5 * REFRESH_MS),
  });
  return (
    <Section title={text.title}>
      <Loaded query={query}>
        {({ data }) => (
          <DataTable
            label={text.list}
            columns={[
              { accessorKey: 'id', header: text.job },
              { header: text.action, cell: ({ row }) => text.actions[row.original.action] },
              {
                header: text.filter,
                cell: ({ row }) =>
                  Object.entries(row.original.filter)
                    .map(
                      ([name, value]) =>
                        `${name}: ${String(value).slice(0, name === 'group' ? 8 : undefined)}`,
                    )
                    .join(', ') || '–',
              },
              { accessorKey: 'by', header: text.by },
              { accessorKey: 'reason', header: text.why },
              {
                header: text.progress,
                cell: ({ row }) => <JobProgress job={row.original} />,
              },
              {
                header: text.created,
                cell: ({ row }) => <Time at={row.original.created_at} />,
              },
              {
                header: text.stop,
                cell: ({ row }) =>
                  may('operations:write') && isUnfinished(row.original) ? (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={text.stopJob(row.original.id)}
                      onClick={() => setStopped(row.original)}
                    >
                      {text.stop}
                    </Button>
                  ) : (
                    '–'
                  ),
              },
            ]}
            rows={data}
            rowKey={({ id }) => id}
            empty={text.empty}
          />
        )}
      </Loaded>
      {stopped && (
        <ConfirmDialog
          title={text.stopTitle(stopped.id)}
          confirmLabel={text.stop}
          doneText={text.stopped}
          onClose={() => setStopped(undefined)}
          onConfirm={() =>
            dataOf(
              api.POST('/v1/operations/dead-letter-jobs/{id}/cancel', {
                params: { path: { id: stopped.id } },
                body: { by },
              }),
            )
          }
        >
          <Text size="sm">{text.stopEffect}</Text>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function JobProgress({ job: { state, total, done, failed, last_error } }: { job: Job }) {
  const { jobs: text } = useTexts(texts);
  const format = useFormat();
  const percent = total === 0 ? 100 : Math.round((100 * (done + failed)) / total);
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <StatusBadge tone={TONES[state]}>{text.states[state]}</StatusBadge>
        <Text size="sm">{text.progressOf(format.number(done), format.number(total))}</Text>
        {failed > 0 && (
          <Text size="sm" title={last_error ?? undefined}>
            {text.failed(format.number(failed))}
          </Text>
        )}
      </Group>
      {(state === 'pending' || state === 'running') && (
        <Progress value={percent} aria-label={text.progress} />
      )}
    </Stack>
  );
}
