import { RowLocked } from '@estoque/database';
import { AppError, environmentSchema, MAX_ATTEMPTS } from '@estoque/platform';
import type { ConsumeMessage } from 'amqplib';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import {
  attemptOf,
  decideAfterFailure,
  isFirstAttempt,
  previousDeliveriesOf,
  requeueOptions,
} from './failure-policy.js';
import { retryStepFor, topologyOf } from './topology.js';

const topology = topologyOf('samples', sampleEvents);
const delaysMs = environmentSchema.shape.RETRY_DELAYS_MS.parse(undefined);
/** Maximum wait of the retry queue that the header `retry_step` selects. */
const maxWaitOf = (retryStep: number) => {
  const binding = topology.bindings.find(({ arguments: args }) => args?.retry_step === retryStep)!;
  return topology.queues.find(({ name }) => name === binding.queue)!.arguments['x-message-ttl'] as number;
};
const message = (headers: Record<string, unknown>) => ({ properties: { headers } }) as ConsumeMessage;
const decide = (error: unknown, attempt: number) =>
  decideAfterFailure(error, message({ attempt, custom: 'kept' }), 'sample_queue', topology, delaysMs);

describe('decideAfterFailure', () => {
  it('has a delay for each retry, each with another queue, in which the message waits as long as the delay', () => {
    expect(delaysMs).toHaveLength(Math.max(...Object.values(MAX_ATTEMPTS)) - 1);
    const steps = delaysMs.map((delay) => retryStepFor(delay * 1.2));
    expect(new Set(steps).size).toBe(delaysMs.length);
    for (const [index, delay] of delaysMs.entries())
      expect(maxWaitOf(steps[index]!)).toBeGreaterThanOrEqual(delay * 1.2);
  });

  it('has a queue for the longest delay that can be configured', () => {
    expect(maxWaitOf(retryStepFor(9_999_999 * 1.2))).toBeGreaterThanOrEqual(9_999_999 * 1.2);
  });

  it.each([3_000_000_000, 2 ** 53, -1, 0, 1.5, NaN, '3', null, { '!': 'int' }, [2], 6])(
    'treats the header attempt %p, which no worker sets, as missing',
    (attempt) => {
      expect(attemptOf(message({ attempt }))).toBe(1);
    },
  );

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
        expect([decision, exchange]).toEqual(['retried', 'samples.retry.v2']);
        expect(options.headers).toEqual({
          custom: 'kept',
          home_queue: 'sample_queue',
          retry_step: retryStepFor(delaysMs[attempt - 1]! * 1.2),
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
  ])('dead-letters %s at its first attempt, with code, reason and stack', (_, error) => {
    const { decision, options } = decide(error, 1);
    expect(decision).toBe('dead-lettered');
    expect(options.headers).toEqual({
      custom: 'kept',
      attempt: 1,
      dead_letter_from: 'sample_queue',
      dead_letter_code: error.code,
      dead_letter_reason: error.message,
      dead_letter_stack: expect.stringContaining('at ') as string,
    });
  });
});

describe('requeueOptions', () => {
  const outage = new AppError('unavailable', 'database_unavailable', 'no database');

  it('keeps the attempt number, and waits for one second', () => {
    expect(requeueOptions(message({ attempt: 3 }), 'sample_queue', outage)).toMatchObject({
      headers: { home_queue: 'sample_queue', retry_step: 1, attempt: 3 },
      expiration: 1_000,
    });
  });
});

describe('requeueOptions of a message whose row is locked', () => {
  const requeue = (headers: Record<string, unknown>) =>
    requeueOptions(message({ ...headers, custom: 'kept' }), 'sample_queue', new RowLocked(['sample 1']));

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
      const delay = [1_000, 5_000, 30_000][(headers as { retry_step: number }).retry_step - 1]!;
      expect(expiration).toBeGreaterThanOrEqual(delay);
      expect(expiration).toBeLessThanOrEqual(delay * 1.2);
    }
  });

  it.each(['x', -5, 1.5, null, 3_000_000_000])('uses a queue that exists for the step %j', (retry_step) => {
    const { retry_step: step } = requeue({ retry_step }).headers as { retry_step: number };
    expect([1, 2, 3]).toContain(step);
  });
});

describe('isFirstAttempt', () => {
  it('is false for a retry and for a replayed dead letter, and for the retry of the latter', () => {
    expect(isFirstAttempt(message({}))).toBe(true);
    expect(isFirstAttempt(message({ attempt: 2 }))).toBe(false);
    expect(isFirstAttempt(message({ replayed: true }))).toBe(false);
    const copy = requeueOptions(message({ replayed: true }), 'sample_queue', new TypeError('a bug'));
    expect(isFirstAttempt(message(copy.headers as Record<string, unknown>))).toBe(false);
  });
});

describe('previousDeliveriesOf', () => {
  const delivered = (redelivered: boolean, headers: Record<string, unknown>) =>
    previousDeliveriesOf({ properties: { headers }, fields: { redelivered } } as ConsumeMessage);

  it('reads the count of RabbitMQ 4.3 or of earlier versions', () => {
    expect(delivered(true, { 'x-acquired-count': 3, 'x-delivery-count': 1 })).toBe(3);
    expect(delivered(true, { 'x-delivery-count': 2 })).toBe(2);
    expect(delivered(true, {})).toBe(1);
  });

  it('ignores a count that the publisher has set', () => {
    expect(delivered(false, { 'x-delivery-count': 5, 'x-acquired-count': 5 })).toBe(0);
    expect(delivered(true, { 'x-delivery-count': 'many' })).toBe(1);
  });
});
