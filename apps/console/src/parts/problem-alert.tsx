import { Alert, Anchor, Button, Group, List, Text } from '@mantine/core';
import { RequestRefused } from '../api.js';
import { useText } from '../i18n/language.js';

interface Props {
  error: Error;
  onRetry?: () => void;
}

/** Shows why a request failed: the problem document of the API, or that there was no answer. */
export function ProblemAlert({ error, onRetry }: Props) {
  const text = useText();
  const problem = error instanceof RequestRefused ? error.problem : undefined;
  return (
    <Alert role="alert" color="red" title={problem?.title ?? text.failed}>
      <Text size="sm">{problem?.detail ?? text.noAnswer}</Text>
      {problem && problem.errors.length > 0 && (
        <List size="sm" mt="xs">
          {problem.errors.map(({ pointer, parameter, message }) => (
            <List.Item key={`${pointer ?? parameter} ${message}`}>
              <code>{pointer ?? parameter}</code> {message}
            </List.Item>
          ))}
        </List>
      )}
      <Group gap="md" mt="xs">
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {text.retry}
          </Button>
        )}
        {problem && (
          <Anchor size="sm" href={problem.type} target="_blank" underline="always">
            {text.problemCode}: {problem.code}
          </Anchor>
        )}
      </Group>
    </Alert>
  );
}
