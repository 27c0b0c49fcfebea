import { Affix, Paper, Text } from '@mantine/core';
import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';

const SHOWN_MS = 6_000;

const AnnouncementContext = createContext<(text: string) => void>(() => undefined);

/** @returns a function that shows a text for some seconds, which screen readers read */
export const useAnnouncement = () => use(AnnouncementContext);

export function AnnouncementProvider({ children }: { children: ReactNode }) {
  const [announcement, setAnnouncement] = useState<{ text: string }>();
  useEffect(() => {
    if (!announcement) return;
    const timer = setTimeout(() => setAnnouncement(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [announcement]);
  const announce = useCallback((text: string) => setAnnouncement({ text }), []);
  return (
    <AnnouncementContext value={announce}>
      {children}
      <Affix position={{ bottom: 16, right: 16 }} role="status">
        {announcement && (
          <Paper withBorder shadow="md" p="sm">
            <Text size="sm">{announcement.text}</Text>
          </Paper>
        )}
      </Affix>
    </AnnouncementContext>
  );
}
