import { CompactEncrypt, exportJWK, generateKeyPair, type JWTPayload } from 'jose';
import { createPublicKey } from 'node:crypto';
import type { Issuer } from '../support/issuer.js';

/** What a forged token claims. */
const ADMIN = { sub: 'eve', roles: ['admin'], email: 'ana@example.com', email_verified: true };
/** No server answers here. A token must not make the api read keys from an address that it contains. */
const OWN_KEYS = 'http://127.0.0.1:1/keys';
/** Above the maximum length of a token, and below that of all headers. */
const LARGE_CHARACTERS = 8_000;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Tokens of an admin that the api must not accept, by what is wrong with them. */
export async function hostileTokens(issuer: Issuer): Promise<Record<string, string>> {
  return {
    ...(await tokensWithClaims(issuer)),
    ...(await tokensWithSignatures(issuer)),
    ...(await malformedTokens(issuer)),
  };
}

async function tokensWithClaims(issuer: Issuer): Promise<Record<string, string>> {
  const now = Math.trunc(Date.now() / 1_000);
  const claims: Record<string, JWTPayload> = {
    'expired token': { exp: now - 3_600 },
    'token that is not valid yet': { nbf: now + 3_600 },
    'token of the future': { iat: now + 3_600 },
    'token without an end': { exp: undefined },
    'token without a subject': { sub: undefined },
    'token for another audience': { aud: 'elsewhere' },
    'token without an audience': { aud: undefined },
    'token of another issuer': { iss: 'https://elsewhere.example' },
    'token without an issuer': { iss: undefined },
    'token whose end is text': { exp: '9999999999' as unknown as number },
    'large token': { padding: 'x'.repeat(LARGE_CHARACTERS) },
  };
  const tokens: Record<string, string> = {};
  for (const [name, claim] of Object.entries(claims))
    tokens[name] = await issuer.sign({ ...ADMIN, ...claim });
  return tokens;
}

async function tokensWithSignatures(issuer: Issuer): Promise<Record<string, string>> {
  const own = await generateKeyPair('RS256');
  const jwk = await exportJWK(own.publicKey);
  const pem = await issuer.publicKeyAsPem();
  const key = own.privateKey;
  const hmac = (secret: string) => ({ key: utf8(secret), header: { alg: 'HS256' } });
  const [header, payload, signature] = (await issuer.sign(ADMIN)).split('.');
  const ofCustomer = (await issuer.sign({ ...ADMIN, roles: ['customer'] })).split('.');
  return {
    'token with another key': await issuer.sign(ADMIN, { key }),
    'token with an unknown key': await issuer.sign(ADMIN, { key, header: { kid: 'other' } }),
    'token with its own key': await issuer.sign(ADMIN, { key, header: { jwk } }),
    'token with the address of its key': await issuer.sign(ADMIN, { key, header: { jku: OWN_KEYS } }),
    'token with the address of its certificate': await issuer.sign(ADMIN, { key, header: { x5u: OWN_KEYS } }),
    'token with the public key as HMAC key': await issuer.sign(ADMIN, hmac(pem)),
    'token with the JWK as HMAC key': await issuer.sign(
      ADMIN,
      hmac(JSON.stringify(createPublicKey(pem).export({ format: 'jwk' }))),
    ),
    'token with another payload': [ofCustomer[0], payload, ofCustomer[2]].join('.'),
    'unsigned token': `${encode({ alg: 'none' })}.${payload}.`,
    'unsigned token in other case': `${encode({ alg: 'nOnE' })}.${payload}.`,
    'unsigned token with a signature': `${encode({ alg: 'none' })}.${payload}.${signature}`,
    'token without its signature': `${header}.${payload}.`,
    'token with a signature of zeros': `${header}.${payload}.${Buffer.alloc(256).toString('base64url')}`,
  };
}

async function malformedTokens(issuer: Issuer): Promise<Record<string, string>> {
  const encryption = await generateKeyPair('ECDH-ES');
  const [header, payload] = (await issuer.sign(ADMIN)).split('.');
  return {
    dots: '..',
    'many dots': '.'.repeat(4_000),
    'token with four parts': `${await issuer.sign(ADMIN)}.`,
    'token whose header is no JSON': `x.${payload}.x`,
    'token whose header is null': `${encode(null)}.${payload}.x`,
    'token with a nested header': `${Buffer.from('['.repeat(3_000)).toString('base64url')}.${payload}.x`,
    'token with a header of prototypes': `${encode({ alg: '__proto__', kid: 'constructor' })}.${payload}.x`,
    'token whose key id is an object': `${encode({ alg: 'RS256', kid: {} })}.${payload}.x`,
    'token that needs an unknown extension': `${encode({ alg: 'RS256', kid: 'test', crit: ['x'], x: 1 })}.${payload}.x`,
    'token whose signature is no base64': `${header}.${payload}.~~~~`,
    'token with text as payload': await issuer.signText('"admin"'),
    'token with a list as payload': await issuer.signText('[]'),
    'token with null as payload': await issuer.signText('null'),
    'token with a nested payload': await issuer.signText('{"a":'.repeat(800)),
    'token without a payload': await issuer.signText(''),
    'encrypted token': await new CompactEncrypt(utf8(JSON.stringify(ADMIN)))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', kid: 'test' })
      .encrypt(encryption.publicKey),
  };
}

const unverified = { roles: ['customer'], email: 'ana@example.com' };

/** Claims of valid tokens that give no rights. */
export const POWERLESS_CLAIMS: Record<string, JWTPayload> = {
  'token without roles': {},
  'token with unknown roles': {
    roles: ['root', 'Admin', 'ADMIN', ' admin', '__proto__', 'constructor', 'toString'],
  },
  'token with roles that are no text': { roles: [1, null, true, {}, ['admin'], { admin: true }] },
  'token with an object of roles': { roles: { admin: true, 0: 'admin', length: 1 } },
  'token with a list as text': { roles: 'customer,admin' },
  'token of a customer without an address': { roles: ['customer'], email_verified: true },
  'token of a customer with an unverified address': { ...unverified, email_verified: false },
  'token of a customer with an address verified by text': { ...unverified, email_verified: 'true' },
  'token of a customer with a list of addresses': {
    roles: ['customer'],
    email: ['ana@example.com'],
    email_verified: true,
  },
};
