import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isIPv6 } from 'node:net';
import { isPublic } from '../access/access.hook.js';
import type { AccessConfig } from '../access/requires.decorator.js';
import { quotaHeaders, RateLimited, type Quota, type RateLimits } from './rate-limits.js';

/** Limits the requests of an address, with and without a valid credential. Call it before `restrictAccess`. */
export function limitAddresses(server: FastifyInstance, limits: RateLimits) {
  server.addHook('onRequest', async (request, reply) => {
    if (!isUnlimited(request)) await announcing(reply, limits.consume('address', networkOf(request.ip)));
  });
}

/** Limits the requests of a caller. Call it after `restrictAccess`, which identifies the caller. */
export function limitCallers(server: FastifyInstance, limits: RateLimits) {
  server.addHook('onRequest', async (request, reply) => {
    const { caller, owner, routeOptions } = request;
    if (!caller) return;
    const quotas = [
      await announcing(reply, limits.consume(owner === undefined ? 'caller' : 'customer', caller.id)),
    ];
    if ((routeOptions.config as AccessConfig).isCostly)
      quotas.push(await announcing(reply, limits.consume('costly', caller.id)));
    reply.headers(quotaHeaders(quotas));
  });
}

/** Sets the header fields of a refusal. */
async function announcing(reply: FastifyReply, consuming: Promise<Quota>): Promise<Quota> {
  try {
    return await consuming;
  } catch (error) {
    if (error instanceof RateLimited)
      reply.headers({ ...quotaHeaders([error.quota]), 'retry-after': error.quota.reset });
    throw error;
  }
}

/** Probes, metrics and the documentation are not limited. */
const isUnlimited = ({ is404, routeOptions }: FastifyRequest) => !is404 && isPublic(routeOptions.url!);

/** The network of an IPv6 address: one client has all addresses of a /64. */
const networkOf = (address: string) =>
  isIPv6(address) && !address.startsWith('::ffff:') ? expand(address).slice(0, 4).join(':') : address;

function expand(address: string): string[] {
  const [head = '', tail = ''] = address.split('%')[0]!.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail.split(':').filter(Boolean);
  return [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last].map((part) =>
    part.replace(/^0+(?=.)/, '').toLowerCase(),
  );
}
