import type { FinalOrderStatus } from './order-state-machine.js';

/**
 * Parts of the orders that do not overlap and together contain every order. Each is the condition of two partial indexes:
 * of all customers by creation, and of one customer by creation. The status itself is not indexed, because it changes too
 * often. A processed order is in the part `open` until its events are confirmed.
 */
export const ORDER_PARTS = {
  open: 'closed_at IS NULL AND rejection IS NULL AND cancellation IS NULL',
  processed: 'closed_at IS NOT NULL AND rejection IS NULL AND cancellation IS NULL',
  rejected: 'rejection IS NOT NULL',
  cancelled: 'cancellation IS NOT NULL',
} satisfies Record<FinalOrderStatus | 'open', string>;

/** The time of creation as those indexes have it. No other index has this expression. */
export const CREATION = `created_at AT TIME ZONE 'UTC'`;
