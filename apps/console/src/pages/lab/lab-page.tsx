import { Button, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { Section } from '../../parts/section.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { readLab, startDrill, type DrillName, type DrillResult, type DrillRun, type Lab } from './lab.js';
import { texts } from './texts.js';

const REFRESH_MS = 1_000;

const TONES: Record<DrillRun['state'], Tone> = {
  running: 'busy',
  succeeded: 'good',
  violated: 'bad',
  failed: 'warning',
};

export function LabPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  const query = useQuery({ queryKey: ['lab'], queryFn: readLab, refetchInterval: REFRESH_MS });
  return (
    <Page title={pages.lab}>
      <Text>{text.introduction}</Text>
      <Loaded query={query} height={400}>
        {({ drills, runs }) => (
          <Stack>
            <Drills drills={drills} isBusy={runs.some(({ state }) => state === 'running')} />
            <Section title={text.runs}>
              {runs.length === 0 && <EmptyState>{text.noRuns}</EmptyState>}
              {runs.map((run) => (
                <Run key={run.id} run={run} />
              ))}
            </Section>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Drills({ drills, isBusy }: { drills: Lab['drills']; isBusy: boolean }) {
  const text = useTexts(texts);
  const { mayAll } = useSession();
  const [chosen, setChosen] = useState<DrillName>();
  return (
    <Section title={text.drills}>
      <DataTable
        label={text.drills}
        rows={drills}
        rowKey={({ name }) => name}
        empty={text.noRuns}
        columns={[
          { header: text.drill, cell: ({ row }) => <code>{row.original.name}</code> },
          { header: text.effect, cell: ({ row }) => text.effects[row.original.name] },
          {
            header: text.run,
            cell: ({ row }) =>
              mayAll('operations:write') && (
                <Button
                  size="xs"
                  variant="default"
                  disabled={isBusy}
                  aria-label={text.runDrill(row.original.name)}
                  onClick={() => setChosen(row.original.name)}
                >
                  {text.run}
                </Button>
              ),
          },
        ]}
      />
      {chosen && (
        <ConfirmDialog
          title={text.runDrill(chosen)}
          confirmLabel={text.run}
          doneText={text.started}
          onConfirm={() => startDrill(chosen)}
          onClose={() => setChosen(undefined)}
        >
          <Text size="sm">{text.effects[chosen]}</Text>
          <Text size="sm">{text.confirm}</Text>
        </ConfirmDialog>
      )}
    </Section>
  );
}

function Run({ run: { id, drill, state, started_at, steps, result } }: { run: DrillRun }) {
  const text = useTexts(texts);
  return (
    <Section
      title={`${id}. ${drill}`}
      actions={<StatusBadge tone={TONES[state]}>{text.states[state]}</StatusBadge>}
    >
      <Text size="sm" c="dimmed">
        {text.startedAt} <Time at={started_at} />
      </Text>
      {result && <Result result={result} />}
      <List size="sm" type="ordered" aria-label={text.steps}>
        {steps.map(({ at, text: step }) => (
          <List.Item key={`${at} ${step}`}>
            {step} (<Time at={at} />)
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

function Result({ result }: { result: DrillResult }) {
  const text = useTexts(texts);
  const { number } = useFormat();
  const { accepted, refused, unanswered, processed, rejected, unfinished, wrong_notifications } = result;
  return (
    <List size="sm" aria-label={text.result}>
      <List.Item>{text.orders(number(accepted), number(refused), number(unanswered))}</List.Item>
      <List.Item>{text.outcomes(number(processed), number(rejected), number(unfinished))}</List.Item>
      <List.Item>{text.notifications(number(wrong_notifications))}</List.Item>
      <List.Item>{text.ledger[`${result.reconciles}`]}</List.Item>
    </List>
  );
}
