import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'est_live_';
/** Shown in lists, so that people recognize a key: the prefix and the first characters of the secret. */
const SHOWN_CHARACTERS = 6;
const FORMAT = new RegExp(`^${PREFIX}([\\w-]{43})([\\da-f]{8})$`);

/** Creates a key: prefix, 256 random bits as base64url, and a checksum, by which tools and the API recognize a key. */
export function generateApiKey(): string {
  const secret = randomBytes(32).toString('base64url');
  return `${PREFIX}${secret}${checksumOf(secret)}`;
}

/** @returns whether the text has the form of a key and the right checksum: others need no query */
export function isApiKey(text: string): boolean {
  const [, secret, checksum] = FORMAT.exec(text) ?? [];
  return secret !== undefined && checksumOf(secret) === checksum;
}

export const looksLikeApiKey = (text: string) => text.startsWith(PREFIX);

/** @returns the SHA-256 of the key. The key has 256 random bits, so a slow hash would add nothing. */
export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** @returns the part of the key that is not secret */
export const shownPartOf = (key: string): string => key.slice(0, PREFIX.length + SHOWN_CHARACTERS);

const checksumOf = (secret: string) => crc32(secret).toString(16).padStart(8, '0');
