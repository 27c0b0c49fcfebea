import { AppError, createLogger, HealthChecks, type Environment } from '@estoque/platform';
import { generateKeyPair, exportJWK, type JWTPayload } from 'jose';
import { AUDIENCE, Issuer } from '../../../../test/support/issuer.js';
import { until } from '../../../../test/support/until.js';
import { Tokens } from './tokens.js';

const logger = createLogger('test', { LOG_LEVEL: 'silent' });
const now = () => Math.trunc(Date.now() / 1_000);
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('Tokens of an OpenID Connect provider', () => {
  let issuer: Issuer;
  beforeAll(async () => void (issuer = await Issuer.start()));
  afterAll(() => issuer.stop());

  /** The tokens as a newly started api accepts them. */
  function accept(environment: Partial<Environment> = {}) {
    const health = new HealthChecks();
    const tokens = new Tokens(
      {
        ...issuer.environment,
        AUTH_ROLES_CLAIM: 'roles',
        AUTH_EMAIL_CLAIM: 'email',
        AUTH_EMAIL_VERIFIED_CLAIM: 'email_verified',
        ...environment,
      } as Environment,
      logger,
      health,
    );
    const identify = async (token: string) => tokens.identify(token);
    return { tokens, identify, health };
  }
  const outcomeOf = (caller: Promise<unknown>) =>
    caller.then(
      () => 'accepted',
      (error: unknown) => (error instanceof AppError ? error.code : error),
    );
  const keyRequests = () => issuer.requests.get('/jwks') ?? 0;

  it('identify their user, with roles and verified e-mail address', async () => {
    const claims = {
      sub: 'u-1',
      roles: ['customer', 'janitor'],
      email: 'Ana@example.com',
      email_verified: true,
    };
    const caller = await accept().identify(await issuer.issue(claims));
    expect(caller).toEqual({
      id: `user:${issuer.url} u-1`,
      grants: new Map([
        ['orders:read', 'own'],
        ['orders:write', 'own'],
        ['notifications:read', 'own'],
        ['notifications:write', 'own'],
      ]),
      email: 'Ana@example.com',
    });
  });

  it('are verified once within a minute', async () => {
    const { tokens, identify } = accept();
    const token = await issuer.issue({ roles: 'clerk' });
    const caller = await identify(token);
    expect(tokens.identify(token)).toBe(caller);
  });

  it('are not accepted without AUTH_ISSUER', async () => {
    const { tokens, identify } = accept({ AUTH_ISSUER: undefined });
    expect(tokens.isConfigured).toBe(false);
    expect(await outcomeOf(identify(await issuer.issue({})))).toBe('invalid_credential');
  });

  const sign: Issuer['sign'] = (claims, options) => issuer.sign(claims, options);

  it.each<[string, () => JWTPayload]>([
    ['', () => ({})],
    [' that expired 20 s ago', () => ({ exp: now() - 20 })],
    [' that is issued in 20 s', () => ({ iat: now() + 20 })],
    [' that is valid from in 20 s', () => ({ nbf: now() + 20 })],
    [' for several audiences', () => ({ aud: ['other', AUDIENCE] })],
  ])('are accepted if they are signed by the provider: one%s', async (_name, claims) => {
    expect(await outcomeOf(accept().identify(await sign(claims())))).toBe('accepted');
  });

  it.each<[string, () => Promise<string> | string]>([
    ['one without a signature', () => `${encode({ alg: 'none' })}.${encode(issuer.validClaims())}.`],
    [
      'one with the public key as an HMAC secret',
      async () => sign({}, { header: { alg: 'HS256' }, key: Buffer.from(await issuer.publicKeyAsPem()) }),
    ],
    ['one with another key under the same name', async () => sign({}, { key: await anotherKey() })],
    [
      'one with its own key in the header',
      async () => {
        const { publicKey, privateKey } = await generateKeyPair('RS256');
        return sign({}, { header: { jwk: await exportJWK(publicKey), kid: undefined }, key: privateKey });
      },
    ],
    [
      'one with the address of another key set in the header',
      async () => sign({}, { header: { jku: `${issuer.url}/other` }, key: await anotherKey() }),
    ],
    ['an expired one', () => sign({ exp: now() - 31 })],
    ['one that never expires', () => sign({ exp: undefined })],
    ['one that is issued in the future', () => sign({ iat: now() + 60 })],
    ['one that is not valid yet', () => sign({ nbf: now() + 60 })],
    ['one for another audience', () => sign({ aud: 'other' })],
    ['one for no audience', () => sign({ aud: undefined })],
    ['one of another issuer', () => sign({ iss: 'https://other.example' })],
    ['one without an issuer', () => sign({ iss: undefined })],
    ['one without a subject', () => sign({ sub: undefined })],
    ['one with a subject of 256 characters', () => sign({ sub: 'x'.repeat(256) })],
    ['one with a control character in the subject', () => sign({ sub: 'ana\u0000' })],
    ['one of 9,000 characters', () => sign({ padding: 'x'.repeat(9_000) })],
    ['one with other claims than the signed ones', async () => alter(await sign({ roles: ['customer'] }))],
    ['a text', () => 'token'],
    ['a text of three parts', () => 'a.b.c'],
    ['three parts of JSON', () => `${encode({ alg: 'RS256' })}.${encode({})}.${encode({})}`],
  ])('are refused: %s', async (_name, create) => {
    expect(await outcomeOf(accept().identify(await create()))).toBe('invalid_credential');
  });

  const anotherKey = async () => (await generateKeyPair('RS256')).privateKey;

  function alter(token: string): string {
    const [header, , signature] = token.split('.');
    return `${header}.${encode({ ...issuer.validClaims(), roles: ['admin'] })}.${signature}`;
  }

  it('are refused when they expire, although they were verified before', async () => {
    const { identify } = accept();
    const token = await sign({ exp: now() - 27 });
    expect(await outcomeOf(identify(token))).toBe('accepted');
    await until(
      'the token to expire',
      async () => (await outcomeOf(identify(token))) === 'invalid_credential',
    );
  });

  it.each([
    ['realm_access.roles', { realm_access: { roles: ['warehouse'] } }],
    ['https://shop.example/roles', { 'https://shop.example/roles': ['warehouse', 5, null] }],
    ['role', { role: 'warehouse' }],
  ])('have their roles in the claim %s', async (AUTH_ROLES_CLAIM, claims) => {
    const { grants } = await accept({ AUTH_ROLES_CLAIM }).identify(await issuer.issue(claims));
    expect([...grants.keys()]).toEqual([
      'orders:read',
      'shipments:write',
      'stock:read',
      'stock:write',
      'products:write',
    ]);
  });

  it.each([
    ['no roles', {}],
    ['roles of another form', { roles: { admin: true } }],
    ['unknown roles', { roles: ['Admin', 'constructor', '__proto__', ['admin']] }],
  ])('permit nothing with %s', async (_name, claims) => {
    const { grants } = await accept().identify(
      await issuer.issue({ realm_access: { roles: ['admin'] }, ...claims }),
    );
    expect(grants.size).toBe(0);
  });

  it.each([
    ['verified', { email: 'ana@example.com', email_verified: true }, 'ana@example.com'],
    ['not verified', { email: 'ana@example.com', email_verified: false }, undefined],
    ['verified as a text', { email: 'ana@example.com', email_verified: 'true' }, undefined],
    ['of unknown state', { email: 'ana@example.com' }, undefined],
    ['no text', { email: ['ana@example.com'], email_verified: true }, undefined],
    ['no address', { email: 'ana', email_verified: true }, undefined],
    [
      'that becomes another one in lower case',
      { email: '\u212Aim@example.com', email_verified: true },
      undefined,
    ],
  ])('have an e-mail address only if it is verified: one that is %s', async (_name, claims, email) => {
    expect((await accept().identify(await issuer.issue(claims))).email).toBe(email);
  });

  it('are accepted with a new key of the provider, without a restart, and not with a removed one', async () => {
    const { identify } = accept();
    await identify(await issuer.issue({ sub: 'before' }));
    const ofOldKey = await issuer.issue({ sub: 'later' });
    await issuer.rotateKeys({ keepOld: false });
    const ofNewKey = await issuer.issue({ sub: 'after' });
    await until('the new key to be read', async () => (await outcomeOf(identify(ofNewKey))) === 'accepted');
    expect(await outcomeOf(identify(ofOldKey))).toBe('invalid_credential');
  });

  it('with unknown keys make the provider answer once', async () => {
    const { identify } = accept();
    await identify(await issuer.issue({}));
    const requests = keyRequests();
    for (let i = 0; i < 50; i++)
      expect(await outcomeOf(identify(await sign({}, { header: { kid: `unknown ${i}` } })))).toBe(
        'invalid_credential',
      );
    expect(keyRequests() - requests).toBeLessThanOrEqual(1);
  });

  it('are verified with the known keys while the provider is unavailable', async () => {
    const { identify } = accept();
    await identify(await issuer.issue({}));
    const token = await issuer.issue({ sub: 'during' });
    await issuer.stop();
    try {
      expect(await outcomeOf(identify(token))).toBe('accepted');
    } finally {
      await issuer.resume();
    }
  });

  it('get 503 while their keys cannot be read, with few attempts, and are accepted after that', async () => {
    const { identify, health } = accept();
    const token = await issuer.issue({});
    await issuer.stop();
    try {
      const [first, ...others] = await Promise.all(
        Array.from({ length: 20 }, () => outcomeOf(identify(token))),
      );
      expect([first, ...others]).toEqual(Array(20).fill('identity_provider_unavailable'));
      expect(health.entries().map(([name, probe]) => [name, probe()])).toEqual([
        ['identity_provider', expect.stringContaining('ECONNREFUSED')],
      ]);
    } finally {
      await issuer.resume();
    }
    const requests = keyRequests();
    expect(await outcomeOf(identify(token))).toBe('identity_provider_unavailable');
    await until('the token to be accepted', async () => (await outcomeOf(identify(token))) === 'accepted');
    expect(keyRequests() - requests).toBe(1);
    expect(health.entries().map(([, probe]) => probe())).toEqual([undefined]);
  });

  it('get 503 if the metadata are about another issuer', async () => {
    const AUTH_ISSUER = issuer.url.replace('127.0.0.1', 'localhost');
    const { identify } = accept({ AUTH_ISSUER });
    expect(await outcomeOf(identify(await sign({ iss: AUTH_ISSUER })))).toBe('identity_provider_unavailable');
  });

  it('are verified with the keys at AUTH_JWKS_URL, without discovery', async () => {
    const metadata = '/.well-known/openid-configuration';
    const requests = issuer.requests.get(metadata);
    const { identify } = accept({ AUTH_JWKS_URL: `${issuer.url}/jwks` });
    expect(await outcomeOf(identify(await issuer.issue({})))).toBe('accepted');
    expect(issuer.requests.get(metadata)).toBe(requests);
  });

  it('are verified with the keys at AUTH_JWKS_URL alone, of every issuer, for the audience only', async () => {
    const { identify, tokens } = accept({ AUTH_ISSUER: undefined, AUTH_JWKS_URL: `${issuer.url}/jwks` });
    expect(tokens.isConfigured).toBe(true);
    const outcome = async (claims: JWTPayload) => outcomeOf(identify(await sign(claims)));
    expect(await outcome({ iss: 'https://other.example' })).toBe('accepted');
    expect(await outcome({ iss: undefined })).toBe('invalid_credential');
    expect(await outcome({ aud: 'other' })).toBe('invalid_credential');
  });
});
