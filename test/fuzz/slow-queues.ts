import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf } from '@estoque/messaging';
import type { FuzzMessage } from './messages.js';

const topology = topologyOf(EXCHANGE, catalogue);
/** Time in which a retry queue that the workers of this run use delivers a message. */
const SHORT_WAIT_MS = 10_000;
const RETRY_EXCHANGE = topology.retryExchange;
/**
 * Retry queues in which a message that is published to them, by whatever client, may wait for longer than a run. The
 * workers of a run do not use them.
 */
export const SLOW_QUEUES: readonly string[] = topology.queues
  .filter(({ arguments: args }) => Number(args['x-message-ttl'] ?? 0) > SHORT_WAIT_MS)
  .map(({ name }) => name);

/** Whether the message may wait in one of SLOW_QUEUES. */
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
