import {
  canFollow,
  canHaveHad,
  EVENT_OF_STATUS,
  isInProgress,
  ORDER_STATUSES,
  type OrderStatus,
} from './order-state-machine.js';

/** Events that are not published when an order enters a status, with the event that must be handled before them. */
const EARLIER_EVENT: Record<string, string> = {
  'payment.captured': 'payment.requested',
  'payment.failed': 'payment.requested',
};

/**
 * Whether a message with the event can be handled while its order has the status. If not, it is refused and retried: an
 * earlier event must be handled first. If so, the handler makes the transition or records the mail, or finds that this was
 * done or ruled out (docs/adr/0042).
 */
export function canBeHandled(event: string, status: OrderStatus): boolean {
  const required = EARLIER_EVENT[event] ?? event;
  const statuses = ORDER_STATUSES.filter((candidate) => EVENT_OF_STATUS[candidate] === required);
  if (statuses.length === 0) return true;
  // The handler of an event of a status in progress makes a transition. It refuses the event while the status can follow.
  if (statuses.every(isInProgress))
    return statuses.every((candidate) => candidate === status || !canFollow(candidate, status));
  return canHaveHad(required, status);
}
