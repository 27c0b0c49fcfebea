import type { AdmissionClass } from '@estoque/platform';
import type { FastifyRequest } from 'fastify';

/**
 * Bounds of the queue of orders. 600 are three batches: with the batch in progress there is always work for the database.
 * If the database is slow, 600 would wait for too long, so no order is accepted while another one waits for 2 s.
 */
export const ORDER_QUEUE_LIMITS = { maxPending: 600, maxWaitMs: 2_000 };

/**
 * Requests in progress of one process. Each class has its own limit, so that slow lists hold up no order, and orders no
 * cancellation. An order in progress occupies about 20 kB, a list of large orders about 3 MB.
 */
export const ADMISSION_CLASSES: readonly AdmissionClass[] = [
  {
    name: 'order',
    // Those in the batch in progress (200), and those that wait.
    limit: 200 + ORDER_QUEUE_LIMITS.maxPending,
    matches: (method, path) => method === 'POST' && path === '/v1/orders',
  },
  // A stream stays in progress until its client leaves.
  { name: 'stream', limit: 100, matches: (method, path) => isRead(method) && path === '/v1/stream' },
  { name: 'list', limit: 25, matches: (method, path) => isRead(method) && path === '/v1/orders' },
  { name: 'read', limit: 200, matches: isRead },
  { name: 'change', limit: 200, matches: () => true },
];

/** A HEAD is handled like a GET: only its answer has no body. */
function isRead(method: string) {
  return method === 'GET' || method === 'HEAD';
}

/** An order that has waited longer for its batch is not placed: the caller has probably stopped waiting. */
const MAX_WAIT_MS = 10_000;

/** Returns a function that reports whether the client of a request has disconnected, or has waited too long. */
export function abandonmentOf({ raw: { socket } }: FastifyRequest): () => boolean {
  const deadline = performance.now() + MAX_WAIT_MS;
  return () => !socket.writable || performance.now() > deadline;
}
