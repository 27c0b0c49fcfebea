import { isPublicAddress } from '@estoque/domain';
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';

/** Part of an answer that is read and stored. */
const MAX_ANSWER_BYTES = 1_024;
/** Maximum size of the headers of an answer. */
const MAX_HEADER_BYTES = 8_192;

export interface WebhookRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface WebhookAnswer {
  status: number;
  /** The beginning of the body. */
  body: string;
  /** Seconds of the header `Retry-After`, if it has them. */
  retryAfterSeconds?: number;
}

export interface WebhookRequestOptions {
  /** Whether an address may be used although it is not public. */
  isAllowed: (address: string) => boolean;
  /** Maximum duration, from the DNS query to the last byte of the answer. */
  timeoutMs: number;
  /** Returns the addresses of a name. Default: those in DNS; the file of host names is not read. */
  resolve?: (host: string) => Promise<LookupAddress[]>;
}

/** Not `dns.lookup`: its queries occupy the thread pool, and a slow name server would delay mails and files. */
const resolver = new Resolver({ timeout: 2_000, tries: 2 });

async function resolveName(host: string): Promise<LookupAddress[]> {
  const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  if (ipv4.status === 'rejected' && ipv6.status === 'rejected') throw ipv4.reason;
  return [
    ...addressesIn(ipv4).map((address) => ({ address, family: 4 })),
    ...addressesIn(ipv6).map((address) => ({ address, family: 6 })),
  ];
}

const addressesIn = (answer: PromiseSettledResult<string[]>) =>
  answer.status === 'fulfilled' ? answer.value : [];

/**
 * Sends one request on a connection of its own. No redirect is followed.
 *
 * The name of the host is resolved once, and the connection is made to one of the addresses that were checked: a name
 * server cannot give another address after the check.
 *
 * @throws Error if the address may not be used, and any error of DNS, connection and TLS
 */
export async function sendWebhook(
  { url, headers, body }: WebhookRequest,
  { isAllowed, timeoutMs, resolve = resolveName }: WebhookRequestOptions,
): Promise<WebhookAnswer> {
  const target = new URL(url);
  const signal = AbortSignal.timeout(timeoutMs);
  const addresses = await addressesOf(target, resolve, signal);
  const isUsable = ({ address }: LookupAddress) =>
    isAllowed(address) || (target.protocol === 'https:' && isPublicAddress(address));
  if (addresses.length === 0 || !addresses.every(isUsable))
    throw new Error('the address of the host is not allowed');
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolveAnswer, reject) => {
    const fail = (error: Error) =>
      reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
    const request = send(target, {
      method: 'POST',
      // An agent could use a connection to an address that another name had.
      agent: false,
      // Called for a name only, not for an address.
      lookup: (_host, { all }, callback) =>
        all ? callback(null, addresses) : callback(null, addresses[0]!.address, addresses[0]!.family),
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
    });
    request.on('error', fail);
    request.on('response', (response) => {
      readBeginning(response)
        .then((beginning) =>
          resolveAnswer({
            status: response.statusCode!,
            body: beginning,
            retryAfterSeconds: secondsOf(response.headers['retry-after']),
          }),
        )
        .catch(fail)
        .finally(() => request.destroy());
    });
    request.end(body);
  });
}

/** @returns the addresses of the host. A DNS query cannot be cancelled, so the time limit ends the waiting only */
function addressesOf(
  { hostname }: URL,
  resolve: (host: string) => Promise<LookupAddress[]>,
  signal: AbortSignal,
): Promise<LookupAddress[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family !== 0) return Promise.resolve([{ address: host, family }]);
  return new Promise((resolveAddresses, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the name was not resolved in time')), {
      once: true,
    });
    resolve(host).then(resolveAddresses, reject);
  });
}

/** Reads the beginning of a body. The rest is not read. */
async function readBeginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  // PostgreSQL cannot store NUL.
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').replaceAll('\0', '');
}

const secondsOf = (value: string | undefined) =>
  value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
