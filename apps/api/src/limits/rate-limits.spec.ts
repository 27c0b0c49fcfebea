import { Metrics, readEnvironment } from '@estoque/platform';
import { quotaHeaders, RateLimits } from './rate-limits.js';

const limitsWith = (variables: Record<string, string>) =>
  new RateLimits(
    readEnvironment([], { DATABASE_URL: 'postgres://x/x', RABBITMQ_URL: 'amqp://x', ...variables }),
    new Metrics(),
  );

describe('Rate limits', () => {
  it('refuse the request after the last one that is allowed, of the same key only', async () => {
    const limits = limitsWith({ RATE_LIMIT_CALLER: '2' });
    expect(await limits.consume('caller', 'key:1')).toMatchObject({ limit: 2, remaining: 1 });
    expect(await limits.consume('caller', 'key:1')).toMatchObject({ limit: 2, remaining: 0 });
    await expect(limits.consume('caller', 'key:1')).rejects.toMatchObject({
      code: 'rate_limited',
      httpStatus: 429,
      quota: { policy: 'caller', limit: 2, remaining: 0 },
    });
    expect(await limits.consume('caller', 'key:2')).toMatchObject({ remaining: 1 });
    expect(await limits.consume('costly', 'key:1')).toMatchObject({ limit: 300, remaining: 299 });
  });

  it('are divided among the replicas, and allow each of them at least one request', async () => {
    const limits = limitsWith({ API_REPLICAS: '4', RATE_LIMIT_CALLER: '100', RATE_LIMIT_CUSTOMER: '1' });
    expect(await limits.consume('caller', 'key:1')).toMatchObject({ limit: 25 });
    expect(await limits.consume('customer', 'key:1')).toMatchObject({ limit: 1, remaining: 0 });
  });

  it('are announced in header fields', () =>
    expect(
      quotaHeaders([
        { policy: 'caller', limit: 100, remaining: 98, reset: 57 },
        { policy: 'costly', limit: 5, remaining: 0, reset: 3 },
      ]),
    ).toEqual({
      'ratelimit-policy': '"caller";q=100;w=60, "costly";q=5;w=60',
      ratelimit: '"caller";r=98;t=57, "costly";r=0;t=3',
    }));
});
