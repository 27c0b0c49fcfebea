import { AppError, ENVIRONMENT, Metrics, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 60;

/**
 * What is limited, each within a minute:
 *
 * - `address`: all requests from an address
 * - `caller`: the requests of an API key or user
 * - `customer`: the requests of a customer, instead of `caller`
 * - `costly`: the costly requests of a caller: lists, replays, mails that are sent again, audits
 */
export type PolicyName = 'address' | 'caller' | 'customer' | 'costly';

/** How much of a policy a request has left: the values of the header fields. */
export interface Quota {
  policy: PolicyName;
  limit: number;
  remaining: number;
  /** Seconds until the quota is full again. */
  reset: number;
}

export class RateLimited extends AppError {
  constructor(readonly quota: Quota) {
    super(
      'invalid',
      'rate_limited',
      `More than ${quota.limit} requests within a minute (limit: ${quota.policy}). Repeat the request in ${quota.reset} s.`,
      { httpStatus: 429 },
    );
  }
}

/**
 * Counts requests in the memory of this process. Each replica allows its part of a limit, so that no request waits for a
 * shared counter (docs/adr/0035).
 */
@Injectable()
export class RateLimits {
  private readonly limiters: Record<PolicyName, RateLimiterMemory>;
  private readonly refusals: Counter<'policy'>;

  constructor(@Inject(ENVIRONMENT) environment: Environment, metrics: Metrics) {
    const limiter = (limit: number) =>
      new RateLimiterMemory({
        points: Math.ceil(limit / environment.API_REPLICAS),
        duration: WINDOW_SECONDS,
      });
    this.limiters = {
      address: limiter(environment.RATE_LIMIT_ADDRESS),
      caller: limiter(environment.RATE_LIMIT_CALLER),
      customer: limiter(environment.RATE_LIMIT_CUSTOMER),
      costly: limiter(environment.RATE_LIMIT_COSTLY),
    };
    this.refusals = metrics.counter(
      'estoque_rate_limited_total',
      'Requests that were refused because their address or caller sent too many',
      { policy: Object.keys(this.limiters) },
    );
  }

  /** Counts a request. @param key the address, or the id of the caller @throws RateLimited */
  consume(policy: PolicyName, key: string): Promise<Quota> {
    return this.limiters[policy].consume(key).then(
      (result) => this.quotaOf(policy, result),
      // The limiter rejects with its result, which is not an Error.
      (result: RateLimiterRes) => {
        this.refusals.labels(policy).inc();
        throw new RateLimited(this.quotaOf(policy, result));
      },
    );
  }

  private quotaOf(policy: PolicyName, { remainingPoints, msBeforeNext }: RateLimiterRes): Quota {
    const reset = Math.max(1, Math.ceil(msBeforeNext / 1_000));
    return { policy, limit: this.limiters[policy].points, remaining: Math.max(0, remainingPoints), reset };
  }
}

/** Header fields of draft-ietf-httpapi-ratelimit-headers-10. */
export const quotaHeaders = (quotas: Quota[]) => ({
  'ratelimit-policy': quotas
    .map(({ policy, limit }) => `"${policy}";q=${limit};w=${WINDOW_SECONDS}`)
    .join(', '),
  ratelimit: quotas.map(({ policy, remaining, reset }) => `"${policy}";r=${remaining};t=${reset}`).join(', '),
});
