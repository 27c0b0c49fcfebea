import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isIPv6 } from 'node:net';
import { isPublic } from '../access/access.hook.js';
import type { AccessConfig } from '../access/requires.decorator.js';
import { quotaHeaders, RateLimited, type Quota, type RateLimits } from './rate-limits.js';

/** Limits the requests of an address, with and without a valid credential. Call it before `restrictAccess`. */
export function limitAddresses(server: FastifyInstance, limits: RateLimits) {
  server.addHook('onRequest', (request, reply, done) => {
    if (isUnlimited(request)) return done();
    limits.consume('address', networkOf(request.ip)).then(() => done(), refusing(reply, done));
  });
}

/** Limits the requests of a caller. Call it after `restrictAccess`, which identifies the caller. */
export function limitCallers(server: FastifyInstance, limits: RateLimits) {
  server.addHook('onRequest', (request, reply, done) => {
    const { caller, owner } = request;
    if (!caller) return done();
    const accept = (quotas: Quota[]) => {
      void reply.headers(quotaHeaders(quotas));
      done();
    };
    const refuse = refusing(reply, done);
    const { isCostly } = request.routeOptions.config as AccessConfig;
    limits.consume(owner === undefined ? 'caller' : 'customer', caller.id).then((quota) => {
      if (!isCostly) return accept([quota]);
      limits.consume('costly', caller.id).then((costly) => accept([quota, costly]), refuse);
    }, refuse);
  });
}

/** @returns a function that sets the header fields of a refusal and ends the hook */
const refusing = (reply: FastifyReply, done: (error: Error) => void) => (error: Error) => {
  if (error instanceof RateLimited)
    void reply.headers({ ...quotaHeaders([error.quota]), 'retry-after': error.quota.reset });
  done(error);
};

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
