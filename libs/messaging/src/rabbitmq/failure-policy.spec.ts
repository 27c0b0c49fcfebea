import { AppError, environmentSchema, MAX_ATTEMPTS } from '@estoque/platform';
import type { ConsumeMessage } from 'amqplib';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { decideAfterFailure, requeueOptions, requeueOptionsWhileLocked } from './failure-policy.js';
import { topologyOf } from './topology.js';

const topology = topologyOf('samples', sampleEvents);
const delaysMs = environmentSchema.shape.RETRY_DELAYS_MS.parse(undefined);
const retryQueues = topology.queues.filter(({ name }) => name.startsWith('retry_queue_'));
const message = (headers: Record<string, unknown>) => ({ properties: { headers } }) as ConsumeMessage;
const decide = (error: unknown, attempt: number) =>
  decideAfterFailure(error, message({ attempt, custom: 'kept' }), 'sample_queue', topology, delaysMs);

describe('decideAfterFailure', () => {
  it('has a delay and a queue for each retry, and no more', () => {
    const retries = Math.max(...Object.values(MAX_ATTEMPTS)) - 1;
    expect([delaysMs.length, retryQueues.length]).toEqual([retries, retries]);
  });

  it.each([
    ['missing', new AppError('missing', 'sample_not_found', 'There is no sample 1.'), MAX_ATTEMPTS.missing],
    [
      'conflict',
      new AppError('conflict', 'outdated', 'It changed.', { retryable: true }),
      MAX_ATTEMPTS.conflict,
    ],
    ['bug', new TypeError('undefined is not a function'), MAX_ATTEMPTS.bug],
  ])(
    'retries an error of kind %s, through another queue each time, until the last attempt',
    (_, error, max) => {
      for (let attempt = 1; attempt < max; attempt++) {
        const { decision, exchange, options } = decide(error, attempt);
        expect([decision, exchange]).toEqual(['retried', 'samples.retry']);
        expect(options.headers).toEqual({
          custom: 'kept',
          home_queue: 'sample_queue',
          retry_step: attempt,
          attempt: attempt + 1,
        });
        expect(options.expiration).toBeGreaterThanOrEqual(delaysMs[attempt - 1]!);
        expect(options.expiration).toBeLessThanOrEqual(delaysMs[attempt - 1]! * 1.2);
      }
      expect(decide(error, max)).toMatchObject({ decision: 'dead-lettered', exchange: 'samples.dead' });
    },
  );

  it.each([
    ['an invalid message', new AppError('invalid', 'invalid_json', 'Unexpected end')],
    ['a broken rule', new AppError('conflict', 'sample_mismatch', 'It is another sample.')],
  ])('dead-letters %s at its first attempt, with code and reason', (_, error) => {
    const { decision, options } = decide(error, 1);
    expect(decision).toBe('dead-lettered');
    expect(options.headers).toEqual({
      custom: 'kept',
      attempt: 1,
      dead_letter_from: 'sample_queue',
      dead_letter_code: error.code,
      dead_letter_reason: error.message,
    });
  });
});

describe('requeueOptions', () => {
  it('uses up no attempt', () => {
    expect(requeueOptions(message({ attempt: 3 }), 'sample_queue').headers).toMatchObject({ attempt: 3 });
  });
});

describe('requeueOptionsWhileLocked', () => {
  const requeue = (headers: Record<string, unknown>) =>
    requeueOptionsWhileLocked(message({ ...headers, custom: 'kept' }), 'sample_queue', delaysMs);

  it('keeps the attempt number, and waits in a slower retry queue each time, up to 30 s', () => {
    const steps = [undefined, 1, 2, 3, 4].map((retry_step) => requeue({ attempt: 2, retry_step }));
    expect(steps.map(({ headers }) => headers as unknown)).toEqual(
      [1, 2, 3, 3, 3].map((retry_step) => ({
        custom: 'kept',
        home_queue: 'sample_queue',
        retry_step,
        attempt: 2,
      })),
    );
    for (const { headers, expiration } of steps) {
      const delay = delaysMs[(headers as { retry_step: number }).retry_step - 1]!;
      expect(expiration).toBeGreaterThanOrEqual(delay);
      expect(expiration).toBeLessThanOrEqual(delay * 1.2);
    }
  });

  it.each(['x', -5, 1.5, null, 3_000_000_000])('uses a queue that exists for the step %j', (retry_step) => {
    const { retry_step: step } = requeue({ retry_step }).headers as { retry_step: number };
    expect([1, 2, 3]).toContain(step);
  });
});
