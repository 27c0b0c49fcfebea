import { Alert, Button, Group, List, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { Loaded } from '../../parts/loaded.js';
import { ProblemAlert } from '../../parts/problem-alert.js';
import { Section } from '../../parts/section.js';
import { DryRun } from './dry-run.js';
import { useOperator } from './operator.js';
import { texts } from './texts.js';

const CHECK_DELAY_MS = 300;

/** Replays a dead letter with another body, which is compared with the contract of the event while the user types. */
export function Editor({ id }: { id: number }) {
  const { edit: text } = useTexts(texts);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Section
      title={text.title}
      actions={
        <Button variant="default" size="xs" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? text.close : text.action}
        </Button>
      }
    >
      {isOpen && <LoadedFields id={id} />}
    </Section>
  );
}

/** Reads the whole body: the dead letter contains only its beginning. */
function LoadedFields({ id }: { id: number }) {
  const query = useQuery({
    queryKey: ['dead-letter-body', id],
    queryFn: () =>
      dataOf<string>(api.GET('/v1/dead-letters/{id}/body', { params: { path: { id } }, parseAs: 'text' })),
    staleTime: Infinity,
  });
  return (
    <Loaded query={query} height={300}>
      {(original) => <Fields id={id} original={original} />}
    </Loaded>
  );
}

function Fields({ id, original }: { id: number; original: string }) {
  const { edit: text } = useTexts(texts);
  const [body, setBody] = useState(() => formatted(original));
  const [reason, setReason] = useState('');
  const [isConfirming, setIsConfirming] = useState(false);
  const by = useOperator();
  const [checked] = useDebouncedValue(body, CHECK_DELAY_MS);
  const check = useQuery({
    queryKey: ['check-body', id, checked],
    queryFn: () =>
      dataOf(
        api.POST('/v1/dead-letters/{id}/check-body', { params: { path: { id } }, body: { body: checked } }),
      ),
    enabled: checked !== '',
    placeholderData: keepPreviousData,
  });
  const isValid =
    body !== '' && body === checked && !check.isPlaceholderData && check.data?.is_valid === true;
  return (
    <Stack>
      <Textarea
        className="body-editor"
        label={text.body}
        autosize
        minRows={6}
        maxRows={24}
        maxLength={90_000}
        spellCheck={false}
        value={body}
        onChange={({ currentTarget }) => setBody(currentTarget.value)}
      />
      {check.error && <ProblemAlert error={check.error} onRetry={() => void check.refetch()} />}
      {check.data && <Violations check={check.data} />}
      {isValid && <DryRun id={id} label={text.dryRun} body={body} />}
      <TextInput
        label={text.reason}
        required
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <Group>
        <Button disabled={!isValid || reason.trim() === ''} onClick={() => setIsConfirming(true)}>
          {text.submit}
        </Button>
      </Group>
      {isConfirming && (
        <ConfirmDialog
          title={text.title}
          confirmLabel={text.submit}
          doneText={text.done}
          onClose={() => setIsConfirming(false)}
          onConfirm={() =>
            change((header) =>
              api.POST('/v1/dead-letters/{id}/edit-and-replay', {
                params: { path: { id }, header },
                body: { by, reason: reason.trim(), body },
              }),
            )
          }
        >
          <Text size="sm">{text.effect}</Text>
        </ConfirmDialog>
      )}
    </Stack>
  );
}

function Violations({
  check: { is_valid, violations },
}: {
  check: { is_valid: boolean; violations: { pointer: string; message: string }[] };
}) {
  const { edit: text } = useTexts(texts);
  if (is_valid)
    return (
      <Alert color="green" role="status">
        {text.valid}
      </Alert>
    );
  return (
    <Alert color="red" role="status" title={text.invalid}>
      <List size="sm">
        {violations.map(({ pointer, message }) => (
          <List.Item key={`${pointer} ${message}`}>
            <code>{pointer || text.whole}</code> {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function formatted(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
