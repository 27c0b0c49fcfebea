import type { components } from '@estoque/client';
import { Button, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable } from '../../parts/data-table.js';
import { Facts } from '../../parts/facts.js';
import { JsonText } from '../../parts/json-text.js';
import { PageLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { useRouteId } from '../../parts/route-id.js';
import { Section } from '../../parts/section.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { DryRun } from './dry-run.js';
import { Editor } from './editor.js';
import { MAX_REASON_LENGTH, useOperator } from './operator.js';
import { OrderEvents } from './order-events.js';
import { TONES } from './states.js';
import { texts } from './texts.js';

type DeadLetter = components['schemas']['DeadLetterDetailsDto'];

const REFRESH_MS = 5_000;

export function DeadLetterPage() {
  const id = useRouteId();
  const text = useTexts(texts);
  const query = useQuery({
    queryKey: ['dead-letter', id],
    queryFn: () => dataOf(api.GET('/v1/dead-letters/{id}', { params: { path: { id } } })),
    refetchInterval: REFRESH_MS,
  });
  const deadLetter = query.data;
  return (
    <Page
      title={text.deadLetter(id)}
      aside={
        deadLetter && (
          <StatusBadge tone={TONES[deadLetter.state]}>{text.states[deadLetter.state]}</StatusBadge>
        )
      }
      actions={deadLetter && <Actions deadLetter={deadLetter} />}
    >
      <Loaded query={query} height={600}>
        {(loaded) => <Details deadLetter={loaded} />}
      </Loaded>
    </Page>
  );
}

function Actions({ deadLetter: { id, state } }: { deadLetter: DeadLetter }) {
  const { may } = useSession();
  if (state !== 'open' || !may('operations:write')) return null;
  return (
    <>
      <CloseAction id={id} action="replay" />
      <CloseAction id={id} action="discard" />
    </>
  );
}

const PATHS = { replay: '/v1/dead-letters/{id}/replay', discard: '/v1/dead-letters/{id}/discard' } as const;

function CloseAction({ id, action }: { id: number; action: keyof typeof PATHS }) {
  const { why, ...common } = useTexts(texts);
  const text = common[action];
  const by = useOperator();
  const [isOpen, setIsOpen] = useState(false);
  const [reason, setReason] = useState('');
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {text.action}
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={text.title(id)}
          confirmLabel={text.action}
          isDangerous={action === 'discard'}
          doneText={text.done}
          onClose={() => setIsOpen(false)}
          onConfirm={() =>
            change((header) =>
              api.POST(PATHS[action], {
                params: { path: { id }, header },
                body: { by, reason: reason.trim() || undefined },
              }),
            )
          }
        >
          <Text size="sm">{text.effect}</Text>
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

function Details({ deadLetter }: { deadLetter: DeadLetter }) {
  const text = useTexts(texts);
  const format = useFormat();
  const { may } = useSession();
  const { id, state, edits, edited_from } = deadLetter;
  return (
    <>
      <Facts
        entries={[
          [text.event, <code key="event">{deadLetter.event}</code>],
          [text.queue, <code key="queue">{deadLetter.queue}</code>],
          [text.reason, <code key="reason">{deadLetter.reason}</code>],
          [text.error, deadLetter.error],
          [text.attempts, format.number(deadLetter.attempts)],
          [text.times, format.number(deadLetter.dead_letter_count)],
          [text.firstSeen, <Time key="first" at={deadLetter.first_seen} />],
          [text.lastSeen, <Time key="last" at={deadLetter.last_seen} />],
          [
            text.editedFrom,
            edited_from && (
              <PageLink key="from" to={`/dead-letters/${edited_from}`}>
                {edited_from}
              </PageLink>
            ),
          ],
          [text.editReason, deadLetter.edit_reason],
        ]}
      />
      <Message deadLetter={deadLetter} />
      {deadLetter.stack && (
        <Section title={text.stack}>
          <pre className="code" role="region" aria-label={text.stack} tabIndex={0}>
            {deadLetter.stack}
          </pre>
        </Section>
      )}
      <Section title={text.dryRun.title}>
        <DryRun id={id} label={text.dryRun.action} />
      </Section>
      {state === 'open' && may('operations:write') && <Editor id={id} />}
      <OrderEvents id={id} />
      <History deadLetter={deadLetter} />
      {edits.length > 0 && (
        <Section title={text.edits}>
          <DataTable
            label={text.edits}
            columns={[
              {
                header: text.id,
                cell: ({ row }) => (
                  <PageLink to={`/dead-letters/${row.original.id}`}>{row.original.id}</PageLink>
                ),
              },
              { accessorKey: 'reason', header: text.editReason },
              { header: text.at, cell: ({ row }) => <Time at={row.original.at} /> },
            ]}
            rows={edits}
            rowKey={(edit) => edit.id}
            empty="–"
          />
        </Section>
      )}
    </>
  );
}

/** The message as it was received. It is text of another system: it is shown and never interpreted. */
function Message({ deadLetter }: { deadLetter: DeadLetter }) {
  const text = useTexts(texts);
  const format = useFormat();
  const [form, setForm] = useState<'pretty' | 'raw'>('pretty');
  const { body_text, body_bytes, headers, properties } = deadLetter;
  const isPart = deadLetter.body_truncated || new TextEncoder().encode(body_text).length < body_bytes;
  return (
    <>
      <Section
        title={text.body}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={text.body}
            value={form}
            onChange={setForm}
            data={[
              { value: 'pretty', label: text.pretty },
              { value: 'raw', label: text.raw },
            ]}
          />
        }
      >
        {isPart && <Text size="sm">{text.truncated(format.number(body_bytes))}</Text>}
        {form === 'pretty' ? (
          <JsonText label={text.body} text={body_text} />
        ) : (
          <pre className="code" role="region" aria-label={text.body} tabIndex={0}>
            {body_text}
          </pre>
        )}
      </Section>
      <Section title={text.headers}>
        <JsonText label={text.headers} text={JSON.stringify(headers)} />
      </Section>
      <Section title={text.properties}>
        <JsonText label={text.properties} text={JSON.stringify(properties)} />
      </Section>
    </>
  );
}

function History({ deadLetter: { actions } }: { deadLetter: DeadLetter }) {
  const text = useTexts(texts);
  return (
    <Section title={text.history}>
      <DataTable
        label={text.history}
        columns={[
          {
            header: text.jobs.action,
            cell: ({ row }) => text.actionNames[row.original.action],
          },
          { accessorKey: 'by', header: text.jobs.by },
          { accessorKey: 'reason', header: text.jobs.why },
          { header: text.at, cell: ({ row }) => <Time at={row.original.at} /> },
        ]}
        rows={actions}
        rowKey={({ at, action }) => `${at} ${action}`}
        empty={text.historyEmpty}
      />
    </Section>
  );
}
