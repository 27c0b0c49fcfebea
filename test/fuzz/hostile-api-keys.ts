import { createHash, randomBytes } from 'node:crypto';
import { generateApiKey } from '../../apps/api/src/access/api-key.js';
import type { Database } from '../faults/injector/database.js';
import { apiKeyOf } from '../support/credentials.js';

const admin = apiKeyOf('admin');
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Values of the header `Authorization` that contain no credential, although some of them contain a valid key. */
export const hostileHeaders = (): Record<string, string> => ({
  'empty header': '',
  'scheme only': 'Bearer',
  'scheme and a space': 'Bearer ',
  'key without a scheme': admin,
  'key with another scheme': `Token ${admin}`,
  'key as a user name': `Basic ${base64(`${admin}:`)}`,
  'two keys': `Bearer ${admin} ${apiKeyOf('clerk')}`,
  'two keys and a comma': `Bearer ${admin}, Bearer ${apiKeyOf('clerk')}`,
  'key in quotation marks': `Bearer "${admin}"`,
  'key after a tab': `Bearer\t${admin}`,
  'SQL as a key': `Bearer est_live_' OR 1=1 --`,
  'JSON as a key': `Bearer {"key":"${admin}"}`,
});

/** Texts that look like API keys, and are none. */
export const hostileApiKeys = (): Record<string, string> => ({
  'key that is unknown': generateApiKey(),
  'key with a wrong checksum': admin.replace(/.$/, (character) => (character === '0' ? '1' : '0')),
  'key without its last character': admin.slice(0, -1),
  'key with one more character': `${admin}0`,
  'key in upper case': admin.toUpperCase(),
  'key with another prefix': admin.replace('est_live_', 'est_test_'),
  'prefix only': 'est_live_',
  'hash of a key': createHash('sha256').update(admin).digest('hex'),
  'key of 8 kB': `est_live_${'A'.repeat(8_000)}`,
  'key of 12 kB': `est_live_${'A'.repeat(12_000)}`,
  'random bytes': randomBytes(48).toString('base64url'),
  'the text null': 'null',
  'the text undefined': 'undefined',
  'the text __proto__': '__proto__',
  'the text constructor': 'constructor',
});

/** Stores a key that is expired and one that is revoked. @returns the keys */
export async function storeInvalidApiKeys(database: Database): Promise<Record<string, string>> {
  const keys = { 'expired key': generateApiKey(), 'revoked key': generateApiKey() };
  for (const [name, key] of Object.entries(keys)) {
    const column = name === 'expired key' ? 'expires_at' : 'revoked_at';
    await database.query(
      `INSERT INTO api_keys (hash, prefix, name, scopes, created_by, ${column})
       SELECT $1, 'est_live_', $2, scopes, 'test', now() - interval '1 second' FROM api_keys WHERE name = 'admin'`,
      [createHash('sha256').update(key).digest(), name],
    );
  }
  return keys;
}
