/**
 * The order state machine, as one table. The code derives the allowed transitions, the final statuses and the event of
 * each status from it.
 *
 * - `from`: statuses in which the transition is possible, none for a new order. The SQL is conditional on them.
 * - `to`: status of the order after the transition. No two transitions lead to the same status.
 * - `event`: published in the same transaction. It starts the next step; for a final status it notifies the customer.
 * - `stock`: stock of the order's lines after the transition.
 */
export const ORDER_TRANSITIONS = {
  place: { from: [], to: 'pending', event: 'order.created', stock: 'free' },
  reserve: { from: ['pending'], to: 'reserved', event: 'stock.reserve', stock: 'reserved' },
  process: { from: ['reserved'], to: 'processed', event: 'order.processed', stock: 'sold' },
  reject: { from: ['pending'], to: 'rejected', event: 'order.rejected', stock: 'free' },
  cancel: { from: ['pending', 'reserved'], to: 'cancelled', event: 'order.cancelled', stock: 'free' },
} as const;

type Transitions = typeof ORDER_TRANSITIONS;
export type OrderTransition = keyof Transitions;
export type OrderStatus = Transitions[OrderTransition]['to'];
/** A status that no transition leads out of. */
export type FinalOrderStatus = Exclude<OrderStatus, Transitions[OrderTransition]['from'][number]>;

interface Transition {
  from: readonly OrderStatus[];
  to: OrderStatus;
  event: Transitions[OrderTransition]['event'];
  stock: Transitions[OrderTransition]['stock'];
}
const TRANSITIONS: readonly Transition[] = Object.values(ORDER_TRANSITIONS);

export const ORDER_STATUSES: readonly OrderStatus[] = TRANSITIONS.map(({ to }) => to);

export const FINAL_ORDER_STATUSES = ORDER_STATUSES.filter(isFinal);

/** Statuses in which each line of an order has an active reservation. */
export const STATUSES_WITH_STOCK_RESERVED = statusesWithStock('reserved');

/** Statuses in which the stock of each line is deducted. */
export const STATUSES_WITH_STOCK_SOLD = statusesWithStock('sold');

/** Whether each line of an order in the status has an active reservation. */
export function hasReservedStock(status: OrderStatus): boolean {
  return STATUSES_WITH_STOCK_RESERVED.includes(status);
}

/** The event that is published when an order enters a status. Republishing it requests the next step again. */
export const EVENT_OF_STATUS = Object.fromEntries(TRANSITIONS.map(({ to, event }) => [to, event])) as {
  readonly [Name in OrderTransition as Transitions[Name]['to']]: Transitions[Name]['event'];
};

export function isFinal(status: OrderStatus): status is FinalOrderStatus {
  return !TRANSITIONS.some(({ from }) => from.includes(status));
}

export function mayTransition(transition: OrderTransition, status: OrderStatus): boolean {
  const { from }: Transition = ORDER_TRANSITIONS[transition];
  return from.includes(status);
}

/**
 * Whether the transition isn't possible yet, but can become possible after another transition. If it is neither
 * possible nor too early, it was made before, or another transition has ruled it out.
 */
export function isTooEarlyFor(transition: OrderTransition, status: OrderStatus): boolean {
  if (mayTransition(transition, status)) return false;
  return [...statusesReachableFrom(status)].some((later) => mayTransition(transition, later));
}

/** Selects the orders in which the transition is possible, from a list of orders and errors. */
export const isReadyFor =
  (transition: OrderTransition) =>
  <Item extends { status: OrderStatus } | Error>(order: Item): order is Exclude<Item, Error> =>
    !(order instanceof Error) && mayTransition(transition, order.status);

function statusesReachableFrom(status: OrderStatus, reached = new Set<OrderStatus>()): Set<OrderStatus> {
  for (const { from, to } of TRANSITIONS) {
    if (!from.includes(status) || reached.has(to)) continue;
    reached.add(to);
    statusesReachableFrom(to, reached);
  }
  return reached;
}

function statusesWithStock(stock: Transition['stock']): OrderStatus[] {
  return TRANSITIONS.filter((transition) => transition.stock === stock).map(({ to }) => to);
}
