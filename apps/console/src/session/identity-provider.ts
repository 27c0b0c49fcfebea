import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { storeCredential } from './credential.js';
import { CALLBACK_PATH } from './paths.js';
import type { Settings } from './settings.js';

type Provider = NonNullable<Settings['identity_provider']>;

/** Signs in by the authorization code flow with PKCE. The tokens are kept until the tab is closed. */
function createManager({ issuer, client_id, audience }: Provider): UserManager {
  const store = new WebStorageStateStore({ store: window.sessionStorage });
  return new UserManager({
    authority: issuer,
    client_id,
    redirect_uri: window.location.origin + CALLBACK_PATH,
    response_type: 'code',
    scope: 'openid email offline_access',
    // RFC 8707 requires a URI. Other providers name the audience by a parameter of their own.
    ...(URL.canParse(audience) ? { resource: audience } : { extraQueryParams: { audience } }),
    userStore: store,
    stateStore: store,
    // Would use a frame of the provider where it issues no refresh token. The policy of the page permits none.
    automaticSilentRenew: false,
  });
}

/** Sends the user to the identity provider. */
export async function signInAtProvider(provider: Provider): Promise<void> {
  const state = window.location.pathname + window.location.search;
  await createManager(provider).signinRedirect({ state });
}

/** Ends the sign-in when the identity provider has sent the user back. @returns the path at which they began */
export async function finishSignIn(provider: Provider): Promise<string> {
  const user = await createManager(provider).signinRedirectCallback();
  storeCredential(user.access_token);
  return typeof user.state === 'string' && user.state.startsWith('/') ? user.state : '/';
}

/** Renews the access token before it expires, if the provider has issued a refresh token. */
export async function renewTokens(provider: Provider): Promise<void> {
  const manager = createManager(provider);
  manager.events.addUserLoaded((user) => storeCredential(user.access_token));
  manager.events.addAccessTokenExpiring(async () => {
    const user = await manager.getUser();
    // A failure shows itself by an answer 401 when the token has expired.
    if (user?.refresh_token) await manager.signinSilent().catch(() => null);
  });
  await manager.getUser();
}

export async function forgetUser(provider: Provider): Promise<void> {
  await createManager(provider).removeUser();
}
