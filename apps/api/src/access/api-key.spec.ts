import { createHash } from 'node:crypto';
import { generateApiKey, hashOf, isApiKey, looksLikeApiKey, shownPartOf } from './api-key.js';

describe('An API key', () => {
  const key = generateApiKey();

  it('has a prefix, 256 random bits and a checksum', () => {
    const [, secret] = /^est_live_([\w-]{43})[\da-f]{8}$/.exec(key)!;
    expect(Buffer.from(secret!, 'base64url')).toHaveLength(32);
    expect(isApiKey(key)).toBe(true);
    expect(new Set(Array.from({ length: 1_000 }, generateApiKey)).size).toBe(1_000);
  });

  it('is recognized as wrong if any of its characters is another one', () => {
    for (let position = 0; position < key.length; position++) {
      const other = key[position] === 'a' ? 'b' : 'a';
      expect(isApiKey(key.slice(0, position) + other + key.slice(position + 1))).toBe(false);
    }
  });

  it.each([
    ['an empty text', ''],
    ['the prefix alone', 'est_live_'],
    ['a longer one', `${key}0`],
    ['a shorter one', key.slice(0, -1)],
    ['a line break at the end', `${key}\n`],
    ['upper case', key.toUpperCase()],
  ])('is not %s', (_name, text) => expect(isApiKey(text)).toBe(false));

  it('is told apart from a token by its prefix', () => {
    expect([
      looksLikeApiKey(key),
      looksLikeApiKey('est_live_x'),
      looksLikeApiKey('eyJhbGciOi.e30.x'),
    ]).toEqual([true, true, false]);
  });

  it('is stored as its SHA-256, with six characters of the secret to recognize it by', () => {
    expect(hashOf(key)).toEqual(createHash('sha256').update(key).digest());
    expect(shownPartOf(key)).toBe(key.slice(0, 15));
  });
});
