import { Badge } from '@mantine/core';

/** What a state means to the reader. */
export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'neutral';

const COLORS: Record<Tone, string> = {
  good: 'green',
  busy: 'indigo',
  warning: 'yellow',
  bad: 'red',
  neutral: 'gray',
};

/** A state with a dot in its colour. The text is legible without the colour. */
export function StatusBadge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <Badge variant="dot" color={COLORS[tone]} tt="none" fw={500} data-tone={tone}>
      {children}
    </Badge>
  );
}
