import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api.js';
import { useText, useTexts } from '../../i18n/language.js';
import { useAnnouncement } from '../../parts/announcements.js';
import { Facts } from '../../parts/facts.js';
import { Loaded } from '../../parts/loaded.js';
import { ProblemAlert } from '../../parts/problem-alert.js';
import { Time } from '../../parts/time.js';
import { useSession } from '../../session/session.js';
import { texts } from './texts.js';

/** Which mails an address gets, and whether all are suppressed. */
export function MailSettings() {
  const { settings: text } = useTexts(texts);
  const { close } = useText();
  const [isOpen, setIsOpen] = useState(false);
  const [email, setEmail] = useState('');
  const [shown, setShown] = useState('');
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {text.action}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={text.title}
        closeButtonProps={{ 'aria-label': close }}
      >
        <Stack>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              setShown(email.trim());
            }}
          >
            <Group align="flex-end" gap="xs" wrap="nowrap">
              <TextInput
                type="email"
                flex={1}
                label={text.email}
                value={email}
                onChange={({ currentTarget }) => setEmail(currentTarget.value)}
              />
              <Button type="submit" disabled={email.trim() === ''}>
                {text.show}
              </Button>
            </Group>
          </form>
          {shown !== '' && <SettingsOf key={shown} email={shown} />}
        </Stack>
      </Modal>
    </>
  );
}

function SettingsOf({ email }: { email: string }) {
  const { settings: text, kinds } = useTexts(texts);
  const { reason: reasonLabel, none } = useText();
  const { may } = useSession();
  const announce = useAnnouncement();
  const [reason, setReason] = useState('');
  const params = { path: { email } };
  const query = useQuery({
    queryKey: ['mail-settings', email],
    queryFn: () => dataOf(api.GET('/v1/customers/{email}/mail-settings', { params })),
  });
  const mutation = useMutation({
    mutationFn: (isSuppressed: boolean) =>
      dataOf(
        isSuppressed
          ? api.DELETE('/v1/customers/{email}/mail-settings/suppression', { params })
          : api.POST('/v1/customers/{email}/mail-settings/suppression', {
              params,
              body: { reason: reason.trim() },
            }),
      ),
    onSuccess(_data, isSuppressed) {
      announce(isSuppressed ? text.releasedDone : text.suppressedDone);
      return query.refetch();
    },
  });
  return (
    <Loaded query={query} height={120}>
      {({ opted_out, suppressed_at, suppression }) => (
        <Stack gap="sm">
          <Facts
            entries={[
              [text.optedOut, opted_out.map((kind) => kinds[kind]).join(', ') || none],
              [text.suppressed, suppressed_at && <Time at={suppressed_at} />],
              [text.reason, suppression],
            ]}
          />
          {!suppressed_at && <Text size="sm">{text.notSuppressed}</Text>}
          {mutation.error && <ProblemAlert error={mutation.error} />}
          {may('operations:write') && !suppressed_at && (
            <TextInput
              label={reasonLabel}
              required
              maxLength={500}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
          )}
          {may('operations:write') && (
            <Button
              variant="default"
              loading={mutation.isPending}
              disabled={!suppressed_at && reason.trim() === ''}
              onClick={() => mutation.mutate(Boolean(suppressed_at))}
            >
              {suppressed_at ? text.release : text.suppress}
            </Button>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
