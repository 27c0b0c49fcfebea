import { Center, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';
import type { components } from '@estoque/client';
import { api, dataOf, RequestRefused } from '../api.js';
import { useText } from '../i18n/language.js';
import { credential, deleteCredential, storeCredential } from './credential.js';
import { CALLBACK_PATH } from './paths.js';
import { loadSettings, type Settings } from './settings.js';
import { SignInPage } from './sign-in-page.js';

type SessionDto = components['schemas']['SessionDto'];
export type Scope = SessionDto['grants'][number]['scope'];

interface Session extends SessionDto {
  /** Whether the user has the scope, for everything or only for what is their own. */
  may: (scope: Scope) => boolean;
  /** Whether the user has the scope for everything. */
  mayAll: (scope: Scope) => boolean;
  hasLab: boolean;
  signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** @returns who is signed in, and what they may do */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('The component is not inside the session.');
  return session;
}

/** Shows the page to sign in until the user has a valid credential. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const text = useText();
  const queries = useQueryClient();
  const [token, setToken] = useState(credential);
  const [hasEnded, setHasEnded] = useState(false);
  const settings = useQuery({ queryKey: ['settings'], queryFn: loadSettings, staleTime: Infinity });
  const signIn = useFinishedSignIn(settings.data, setToken);
  const session = useQuery({
    queryKey: ['session', token],
    queryFn: () => dataOf(api.GET('/v1/session')),
    enabled: token !== '' && signIn.isOver,
    staleTime: Infinity,
  });

  useRenewedTokens(settings.data, token);

  const forget = useCallback(() => {
    deleteCredential();
    setToken('');
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'settings' });
  }, [queries]);
  useEndOfSession(
    useCallback(() => {
      setHasEnded(true);
      forget();
    }, [forget]),
  );

  if (settings.isPending || !signIn.isOver || (token !== '' && session.isPending))
    return (
      <Center h="100vh">
        <Loader aria-label={text.loading} />
      </Center>
    );
  if (token === '' || !session.data)
    return (
      <SignInPage
        settings={settings.data}
        error={settings.error ?? signIn.error ?? session.error}
        hasEnded={hasEnded}
        onSignIn={(value) => {
          setHasEnded(false);
          storeCredential(value);
          setToken(value);
        }}
      />
    );
  const reaches = new Map(session.data.grants.map(({ scope, reach }) => [scope, reach]));
  return (
    <SessionContext
      value={{
        ...session.data,
        may: (scope) => reaches.has(scope),
        mayAll: (scope) => reaches.get(scope) === 'all',
        hasLab: settings.data?.has_lab ?? false,
        signOut: () => {
          setHasEnded(false);
          forget();
          const provider = settings.data?.identity_provider;
          if (provider) void import('./identity-provider.js').then(({ forgetUser }) => forgetUser(provider));
        },
      }}
    >
      {children}
    </SessionContext>
  );
}

/** Ends the sign-in at the identity provider if the provider has just sent the user back. */
function useFinishedSignIn(settings: Settings | undefined, setToken: (token: string) => void) {
  const [isOver, setIsOver] = useState(window.location.pathname !== CALLBACK_PATH);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!settings || isOver) return;
    const finish = async () => {
      const { finishSignIn } = await import('./identity-provider.js');
      return settings.identity_provider ? finishSignIn(settings.identity_provider) : '/';
    };
    void finish()
      .catch((failure: Error) => {
        setError(failure);
        return '/';
      })
      .then((path) => {
        window.history.replaceState(null, '', path);
        setToken(credential());
        setIsOver(true);
      });
  }, [settings, isOver, setToken]);
  return { isOver, error };
}

/** Renews the tokens of a user who has signed in at the identity provider. */
function useRenewedTokens(settings: Settings | undefined, token: string) {
  const provider = settings?.identity_provider;
  // An API key does not expire within the session.
  const isToken = token.split('.').length === 3;
  useEffect(() => {
    if (provider && isToken)
      void import('./identity-provider.js').then(({ renewTokens }) => renewTokens(provider));
  }, [provider, isToken]);
}

/** Calls the function when the API has refused the credential of the session. */
function useEndOfSession(onEnd: () => void) {
  const queries = useQueryClient();
  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query }) => {
        const error: unknown = query.state.error;
        // A failure of the sign-in itself is shown there.
        if ((query.queryKey as readonly unknown[])[0] === 'session') return;
        if (error instanceof RequestRefused && error.problem.status === 401 && credential() !== '') onEnd();
      }),
    [queries, onEnd],
  );
}
