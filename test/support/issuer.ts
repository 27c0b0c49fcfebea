import {
  CompactSign,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const AUDIENCE = 'https://api.estoque.example';
const ALGORITHM = 'RS256';
/** The public client of the console. */
export const CONSOLE_CLIENT_ID = 'console';
const CLIENT = { client_id: 'shop', client_secret: 'secret of the shop' };

interface SigningKey {
  kid: string;
  pair: Awaited<ReturnType<typeof generateKeyPair>>;
}

/** An OpenID Connect provider: oidc-provider, which is certified for OpenID Connect. */
export class Issuer {
  /** Number of requests that the provider got, by path. */
  readonly requests = new Map<string, number>();
  /** How long the access tokens of the next sign-ins are valid. */
  accessTokenSeconds = 3_600;
  /** Claims of the next token, in addition to those of the provider. */
  private claims: JWTPayload = {};
  private handle: RequestListener = () => undefined;
  private port = 0;
  private keys: SigningKey[] = [];
  private consoleUrl?: string;
  private readonly server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    this.requests.set(path, (this.requests.get(path) ?? 0) + 1);
    this.handle(request, response);
  });

  static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    await issuer.resume();
    await issuer.rotateKeys();
    return issuer;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The environment variables with which an api accepts the tokens. */
  get environment() {
    return { AUTH_ISSUER: this.url, AUTH_AUDIENCE: AUDIENCE };
  }

  /** Lets users of the console sign in. Any name and password are right. @param claims of their tokens */
  async acceptConsole(consoleUrl: string, claims: JWTPayload) {
    this.consoleUrl = consoleUrl;
    this.claims = claims;
    await this.createProvider();
  }

  /** Signs with a new key from now on. @param options.keepOld whether the previous key is still published */
  async rotateKeys({ keepOld = true } = {}) {
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    this.keys = [{ kid: crypto.randomUUID(), pair }, ...(keepOld ? this.keys : [])];
    await this.createProvider();
  }

  private async createProvider() {
    const published = this.keys.map(async ({ kid, pair: { privateKey } }) => ({
      ...(await exportJWK(privateKey)),
      kid,
      alg: ALGORITHM,
      use: 'sig',
    }));
    const provider = new Provider(this.url, {
      jwks: { keys: await Promise.all(published) },
      ttl: { ClientCredentials: 600 },
      clients: [
        { ...CLIENT, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
        ...(this.consoleUrl === undefined ? [] : [consoleClient(this.consoleUrl)]),
      ],
      clientBasedCORS: (_context: unknown, origin: string) => origin === this.consoleUrl,
      findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
      // As many providers do, also without the scope offline_access.
      issueRefreshToken: (_context: unknown, client: { grantTypeAllowed: (type: string) => boolean }) =>
        client.grantTypeAllowed('refresh_token'),
      features: {
        devInteractions: { enabled: this.consoleUrl !== undefined },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => AUDIENCE,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: '',
            audience: AUDIENCE,
            accessTokenFormat: 'jwt',
            accessTokenTTL: this.accessTokenSeconds,
            jwt: { sign: { alg: ALGORITHM } },
          }),
        },
      },
      formats: {
        customizers: {
          jwt: (_context: unknown, _token: unknown, { payload }: { payload: JWTPayload }) => {
            Object.assign(payload, this.claims);
          },
        },
      },
    });
    this.handle = provider.callback();
  }

  /** Gets an access token from the provider. @param claims replace those of the provider */
  async issue(claims: JWTPayload): Promise<string> {
    this.claims = claims;
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...CLIENT, grant_type: 'client_credentials' }),
    });
    const { access_token } = (await response.json()) as { access_token?: string };
    if (!access_token) throw new Error(`the provider issued no token: ${response.status}`);
    return access_token;
  }

  /** Claims of a token that is valid for ten minutes. */
  validClaims(): JWTPayload {
    const now = Math.trunc(Date.now() / 1_000);
    return { iss: this.url, aud: AUDIENCE, sub: 'ana', iat: now, exp: now + 600 };
  }

  /** Signs a token that the provider would not issue. @param claims replace the valid ones; undefined removes one */
  sign(
    claims: JWTPayload,
    { header = {}, key = this.keys[0]!.pair.privateKey }: SignOptions = {},
  ): Promise<string> {
    return new SignJWT({ ...this.validClaims(), ...claims })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.keys[0]!.kid, ...header })
      .sign(key);
  }

  /** Signs a text as the payload of a token, whatever it contains. */
  signText(payload: string): Promise<string> {
    const { kid, pair } = this.keys[0]!;
    return new CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg: ALGORITHM, kid })
      .sign(pair.privateKey);
  }

  /** The public key in the form in which providers publish it for humans. */
  publicKeyAsPem(): Promise<string> {
    return exportSPKI(this.keys[0]!.pair.publicKey);
  }

  /** Ends the provider; `resume` starts it again, at the same address. */
  async stop() {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  async resume() {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }
}

interface SignOptions {
  header?: Partial<JWTHeaderParameters>;
  key?: SigningKey['pair']['privateKey'] | Uint8Array;
}

const consoleClient = (url: string) => ({
  client_id: CONSOLE_CLIENT_ID,
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: [`${url}/signed-in`],
});
