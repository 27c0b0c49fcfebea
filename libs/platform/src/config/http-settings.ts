import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

const list = z.string().transform((text) => text.split(',').map((entry) => entry.trim()));

/** An origin as browsers send it: scheme, host, and the port unless it is the default one. */
const isOrigin = (text: string) =>
  /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

function isAddressRange(text: string) {
  const [address, prefix] = text.split(/\/(.*)/) as [string, string?];
  if (isIP(address) === 0 || address.includes('%')) return false;
  return (
    prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (isIPv6(address) ? 128 : 32))
  );
}

/** A comma-separated list of origins, such as `https://shop.example`. A wildcard is not accepted. */
export const origins = list.refine((entries) => entries.every(isOrigin), {
  error: 'must be origins such as https://shop.example, separated by commas',
});

/**
 * A comma-separated list of addresses and address ranges. For proxies, a number of them is not accepted: a client that
 * reaches the api past the proxies would choose its own address.
 */
export const addressRanges = list.refine((entries) => entries.every(isAddressRange), {
  error: 'must be IP addresses or CIDR ranges such as 10.0.0.0/8, separated by commas',
});
