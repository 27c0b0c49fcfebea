import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Shown in place of a list without entries: says why it is empty, or what to do next. */
export function EmptyState({ children }: { children: ReactNode }) {
  return (
    <Paper withBorder p="lg">
      <Text c="dimmed">{children}</Text>
    </Paper>
  );
}
