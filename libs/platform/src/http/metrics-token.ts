import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { CredentialMissing, InvalidCredential } from '../errors/credential.errors.js';

/** Equally long for all texts, so that the comparison takes the same time for all of them. */
const digestOf = (text: string) => createHash('sha256').update(text).digest();

/**
 * @param token METRICS_TOKEN
 * @throws CredentialMissing, InvalidCredential if a token is configured and the request does not have it
 */
export function requireMetricsToken({ authorization }: IncomingHttpHeaders, token: string | undefined) {
  if (token === undefined) return;
  if (authorization === undefined) throw new CredentialMissing();
  const sent = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1] ?? '';
  if (!timingSafeEqual(digestOf(sent), digestOf(token))) throw new InvalidCredential();
}

/** Like `requireMetricsToken`, without an error. */
export function hasMetricsToken(headers: IncomingHttpHeaders, token: string | undefined): boolean {
  try {
    requireMetricsToken(headers, token);
    return true;
  } catch {
    return false;
  }
}
