import { Group, Stack, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useText } from '../i18n/language.js';

interface Props {
  title: string;
  /** Shown beside the title, such as a badge with the state. */
  aside?: ReactNode;
  /** Buttons of the page. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page with its title, which is also the title of the document. */
export function Page({ title, aside, actions, children }: Props) {
  const { product } = useText();
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
  return (
    <Stack>
      <Group justify="space-between" align="center" mih={36}>
        <Group gap="sm">
          <Title order={1} size="h2">
            {title}
          </Title>
          {aside}
        </Group>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
