import { Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useText } from '../i18n/language.js';
import { useAnnouncement } from './announcements.js';
import { ProblemAlert } from './problem-alert.js';

interface Props {
  title: string;
  /** What will happen, and fields for what the change needs. */
  children: ReactNode;
  confirmLabel: string;
  /** The change cannot be undone. */
  isDangerous?: boolean;
  /** The fields are not filled in yet. */
  isIncomplete?: boolean;
  /** Sends the change. What it throws is shown in the dialog. */
  onConfirm: () => Promise<unknown>;
  /** Announced when the change was made. */
  doneText: string;
  onClose: () => void;
}

/** Asks before a change, sends it, and reads everything that is shown again. */
export function ConfirmDialog({
  title,
  children,
  confirmLabel,
  doneText,
  onConfirm,
  onClose,
  ...props
}: Props) {
  const text = useText();
  const queries = useQueryClient();
  const announce = useAnnouncement();
  const mutation = useMutation({
    mutationFn: onConfirm,
    onSuccess() {
      announce(doneText);
      onClose();
      return queries.invalidateQueries();
    },
  });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': text.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!props.isIncomplete) mutation.mutate();
        }}
      >
        <Stack>
          {children}
          {mutation.error && <ProblemAlert error={mutation.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {text.cancel}
            </Button>
            <Button
              type="submit"
              color={props.isDangerous ? 'red.9' : undefined}
              loading={mutation.isPending}
              disabled={props.isIncomplete}
            >
              {confirmLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
