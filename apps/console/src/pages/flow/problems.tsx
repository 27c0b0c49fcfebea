import type { components } from '@estoque/client';
import { Alert, Anchor, List, Text } from '@mantine/core';
import { useTexts } from '../../i18n/language.js';
import { Section } from '../../parts/section.js';
import { texts } from './texts.js';

type Problem = components['schemas']['FlowProblemDto'];

/** What is wrong, each with a link to the chapter of the runbook that names the next step. */
export function Problems({ problems }: { problems: Problem[] }) {
  const { problems: text } = useTexts(texts);
  return (
    <Section title={text.title}>
      <div role="status">
        {problems.length === 0 ? (
          <Text c="dimmed">{text.none}</Text>
        ) : (
          <Alert color="red">
            <List size="sm" spacing="xs">
              {problems.map(({ code, subject, runbook }) => (
                <List.Item key={`${code} ${subject}`}>
                  {text[code](subject)}{' '}
                  <Anchor size="sm" underline="always" href={`/runbook#${runbook}`} target="_blank">
                    {text.runbook}
                  </Anchor>
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
      </div>
    </Section>
  );
}
