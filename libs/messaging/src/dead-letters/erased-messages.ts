import { ERASED } from './dead-letter.entity.js';
import type { NewDeadLetter } from './new-dead-letter.js';

export const ERASED_ERROR = 'the message contained personal data that was erased';

/** @returns whether one of the addresses belongs to a customer whose personal data was erased */
export type FindErased = (addresses: string[]) => Promise<boolean>;

/** An address is searched in this many characters before and after the @. */
const MAX_LOCAL_PART = 64;
const MAX_DOMAIN = 255;
const LOCAL_PART = /[^\s"'<>()[\],;:\\/=&?]+$/u;
const DOMAIN = /^[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?/u;
/** Further ones are not read: a message can consist of nothing else. */
const MAX_AT_SIGNS = 1_000;

/** @returns the e-mail addresses that a message contains, at the first 1,000 @ */
export function addressesIn({ properties, headers, body, ...texts }: NewDeadLetter): string[] {
  const { queue, routingKey, reason, error, stack } = texts;
  const fields = [
    queue,
    routingKey,
    reason,
    error,
    stack,
    JSON.stringify(properties),
    JSON.stringify(headers),
  ];
  return addressesInText([...fields, body.toString()].join('\n'));
}

/** @returns the e-mail addresses at the first 1,000 @ of a text */
export function addressesInText(text: string): string[] {
  const addresses = new Set<string>();
  let at = text.indexOf('@');
  for (let count = 0; at !== -1 && count < MAX_AT_SIGNS; count++, at = text.indexOf('@', at + 1)) {
    const [localPart] = LOCAL_PART.exec(text.slice(Math.max(0, at - MAX_LOCAL_PART), at)) ?? [];
    const [domain] = DOMAIN.exec(text.slice(at + 1, at + 1 + MAX_DOMAIN)) ?? [];
    // PostgreSQL can't store NUL.
    if (localPart && domain && !localPart.includes('\0')) addresses.add(`${localPart}@${domain}`);
  }
  return [...addresses];
}

const unlessAddress = (text: string) => (text.includes('@') ? ERASED : text);

/** @returns the dead letter without its content */
export const withoutContent = (deadLetter: NewDeadLetter): NewDeadLetter => ({
  ...deadLetter,
  queue: unlessAddress(deadLetter.queue),
  routingKey: unlessAddress(deadLetter.routingKey),
  reason: ERASED,
  error: ERASED_ERROR,
  stack: undefined,
  properties: {},
  headers: {},
  body: Buffer.alloc(0),
});
