import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf } from '@estoque/messaging';
import type { FuzzMessage } from './messages.js';

const topology = topologyOf(EXCHANGE, catalogue);
/** No retry queue that the workers of this run use holds a message for longer. */
const SHORT_WAIT_MS = 10_000;
const RETRY_EXCHANGE = topology.retryExchange;
/** Retry queues in which a message can wait for longer than a run. The workers of a run do not use them. */
export const SLOW_QUEUES: readonly string[] = topology.queues
  .filter(({ arguments: args }) => Number(args['x-message-ttl'] ?? 0) > SHORT_WAIT_MS)
  .map(({ name }) => name);

/** Whether the message goes to one of SLOW_QUEUES. */
export function isForSlowQueue({ exchange, routingKey, options }: FuzzMessage): boolean {
  if (exchange === '') return SLOW_QUEUES.includes(routingKey);
  const { retry_step: step } = (options.headers ?? {}) as { retry_step?: unknown };
  return topology.bindings.some(
    (binding) =>
      exchange === RETRY_EXCHANGE &&
      binding.exchange === exchange &&
      SLOW_QUEUES.includes(binding.queue) &&
      binding.arguments?.retry_step === step,
  );
}
