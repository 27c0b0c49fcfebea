import { readFileSync } from 'node:fs';
import { problemsOf } from './flow-problems.js';
import type { FlowDto, FlowProcessDto, FlowQueueDto } from './flow.dto.js';

const queue: FlowQueueDto = {
  name: 'order_queue',
  kind: 'work',
  app: 'order-worker',
  events: ['order.created'],
  messages: 0,
  consumers: 1,
  in_flight: 0,
  rate_in: 0,
  rate_out: 0,
  oldest_message_seconds: null,
};
const retryQueue = { ...queue, name: 'retry_queue_2s', kind: 'retry' as const, consumers: 0, messages: 9 };
const process: FlowProcessDto = {
  instance: 'order-worker-1',
  app: 'order-worker',
  version: '1',
  state: 'consuming',
  is_silent: false,
  started_at: '2026-01-15T12:00:00.000Z',
  reported_at: '2026-01-15T12:00:00.000Z',
  queue: 'order_queue',
  in_flight: 0,
  events: [],
};
const healthy: Omit<FlowDto, 'problems' | 'at'> = {
  queues: [queue, retryQueue],
  processes: [process],
  outbox: { depth: 3, lag_seconds: 0.5 },
  open_dead_letters: 0,
};
const withQueue = (changes: Partial<FlowQueueDto>) => ({ queues: [{ ...queue, ...changes }, retryQueue] });
const withProcess = (changes: Partial<FlowProcessDto>) => ({ processes: [{ ...process, ...changes }] });

describe('The problems of the flow', () => {
  it('are none while it is healthy', () => expect(problemsOf(healthy)).toEqual([]));

  const cases: [string, string, Partial<typeof healthy>][] = [
    [
      'broker_unavailable',
      'RabbitMQ',
      { queues: [queue, retryQueue].map((each) => ({ ...each, messages: null })) },
    ],
    ['queue_missing', 'order_queue', withQueue({ messages: null })],
    ['queue_without_consumer', 'order_queue', withQueue({ consumers: 0 })],
    ['queue_waiting', 'order_queue', withQueue({ messages: 5, oldest_message_seconds: 61 })],
    ['process_silent', 'order-worker-1', withProcess({ is_silent: true, state: 'circuit_open' })],
    ['process_connecting', 'order-worker-1', withProcess({ state: 'connecting' })],
    ['process_isolated', 'order-worker-1', withProcess({ state: 'isolated' })],
    ['circuit_open', 'order-worker-1', withProcess({ state: 'circuit_open' })],
    ['outbox_lag', 'outbox', { outbox: { depth: 3, lag_seconds: 31 } }],
    ['dead_letters_open', 'dead letters', { open_dead_letters: 1 }],
  ];

  it.each(cases)('contain %s of %s, with a chapter of the runbook', (code, subject, changes) => {
    const problems = problemsOf({ ...healthy, ...changes });
    expect(problems).toMatchObject([{ code, subject }]);
    const chapters = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^### (\w+)$/gm)].map(
      ([, name]) => name!.toLowerCase(),
    );
    expect(chapters).toContain(problems[0]!.runbook);
  });

  it('contain no queue whose messages were delivered within a minute', () => {
    expect(problemsOf({ ...healthy, ...withQueue({ messages: 5, oldest_message_seconds: 60 }) })).toEqual([]);
    expect(problemsOf({ ...healthy, ...withQueue({ messages: 0, oldest_message_seconds: 90 }) })).toEqual([]);
  });
});
