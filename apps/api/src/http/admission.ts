import type { AdmissionClass } from '@estoque/platform';
import type { FastifyRequest } from 'fastify';

/**
 * Maximum number of orders that wait for a batch: three batches. With the batch in progress there is always work for the
 * database, and even at 200 orders/s the last one waits for 4 s only.
 */
export const MAX_PENDING_ORDERS = 600;

/**
 * Requests in progress of one process. Each class has its own limit, so that slow lists hold up no order, and orders no
 * cancellation. An order in progress occupies about 20 kB, a list at most 3 MB.
 */
export const ADMISSION_CLASSES: readonly AdmissionClass[] = [
  {
    name: 'order',
    // Those in the batch in progress (200), and those that wait.
    limit: 200 + MAX_PENDING_ORDERS,
    matches: (method, url) => method === 'POST' && (url === '/v1/orders' || url.startsWith('/v1/orders?')),
  },
  { name: 'read', limit: 200, matches: (method) => method === 'GET' || method === 'HEAD' },
  { name: 'change', limit: 200, matches: () => true },
];

/** An order that has waited longer for its batch is not placed: the caller has probably stopped waiting. */
const MAX_WAIT_MS = 10_000;

/** Returns a function that reports whether the client of a request has disconnected, or has waited too long. */
export function abandonmentOf({ raw: { socket } }: FastifyRequest): () => boolean {
  const deadline = performance.now() + MAX_WAIT_MS;
  return () => !socket.writable || performance.now() > deadline;
}
