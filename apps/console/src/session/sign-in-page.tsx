import { Alert, Button, Card, Center, Divider, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { RequestRefused } from '../api.js';
import { useText } from '../i18n/language.js';
import { Preferences } from '../parts/preferences.js';
import type { Settings } from './settings.js';

interface Props {
  /** Undefined: the server did not answer. */
  settings: Settings | undefined;
  error: Error | null;
  hasEnded: boolean;
  onSignIn: (credential: string) => void;
}

export function SignInPage({ settings, error, hasEnded, onSignIn }: Props) {
  const { signIn: text, product, failed } = useText();
  const [key, setKey] = useState('');
  const provider = settings?.identity_provider;
  const roles = Object.entries(settings?.development_keys ?? {});
  return (
    <Center mih="100vh" p="md">
      <Card component="main" withBorder w="100%" maw={420} padding="lg">
        <Stack>
          <Title order={1} size="h2">
            {product}
          </Title>
          {hasEnded && <Alert role="status">{text.ended}</Alert>}
          {error && (
            <Alert role="alert" color="red" title={text.failed}>
              {error instanceof RequestRefused ? error.problem.detail : settings ? failed : text.unavailable}
            </Alert>
          )}
          {roles.length > 0 && (
            <>
              <Text>{text.development}</Text>
              {roles.map(([role, value]) => (
                <Button key={role} variant="default" onClick={() => onSignIn(value)}>
                  {text.as(role in text.roles ? text.roles[role as keyof typeof text.roles] : role)}
                </Button>
              ))}
            </>
          )}
          {provider && (
            <Button
              onClick={() =>
                void import('./identity-provider.js').then(({ signInAtProvider }) =>
                  signInAtProvider(provider),
                )
              }
            >
              {text.provider}
            </Button>
          )}
          <Divider />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (key.trim() !== '') onSignIn(key.trim());
            }}
          >
            <Stack gap="sm">
              <PasswordInput
                label={text.withKey}
                description={text.keyHint}
                value={key}
                onChange={({ currentTarget }) => setKey(currentTarget.value)}
                autoComplete="off"
                visibilityToggleButtonProps={{ 'aria-label': text.showKey }}
              />
              <Button type="submit" variant="default" disabled={key.trim() === ''}>
                {text.submit}
              </Button>
            </Stack>
          </form>
          <Preferences />
        </Stack>
      </Card>
    </Center>
  );
}
