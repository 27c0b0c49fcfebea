/**
 * The order state machine, as one table: one row for each status. All code that depends on a status derives from it.
 *
 * - `event`: published in the transaction in which an order enters the status, if any. For a status in progress it starts
 *   the next step; for the others it notifies the customer. An order can enter a status several times, each time with an
 *   event of its own.
 * - `stock`: stock of the order's lines. `reserved`: each line has an active reservation; `sold`: each line has a sale.
 * - `isInProgress`: a worker makes the next transition. Such an order has a time limit, after which the watchdog republishes
 *   the event. In the other statuses an order waits for a request, or for nothing.
 * - `transitions`: name and next status of each transition that is possible. A status without one is final.
 *
 * A transition has the same name and the same next status in every row. The SQL of a transition is conditional on the
 * statuses that have it.
 */
export const ORDER_TRANSITIONS = {
  pending: {
    event: 'order.created',
    stock: 'free',
    isInProgress: true,
    transitions: {
      reserve: 'reserved',
      awaitPayment: 'awaiting_payment',
      reject: 'rejected',
      cancel: 'cancelled',
    },
  },
  awaiting_payment: {
    event: 'payment.requested',
    stock: 'reserved',
    isInProgress: true,
    transitions: { reserve: 'reserved', reject: 'rejected', cancel: 'cancelled' },
  },
  reserved: {
    event: 'stock.reserve',
    stock: 'reserved',
    isInProgress: true,
    transitions: { process: 'processed', cancel: 'cancelled' },
  },
  processed: {
    event: 'order.processed',
    stock: 'sold',
    isInProgress: false,
    transitions: { shipPart: 'partially_shipped', ship: 'shipped', cancel: 'cancelled' },
  },
  partially_shipped: {
    event: 'order.shipped',
    stock: 'sold',
    isInProgress: false,
    transitions: { shipPart: 'partially_shipped', ship: 'shipped' },
  },
  shipped: {
    event: 'order.shipped',
    stock: 'sold',
    isInProgress: false,
    transitions: { complete: 'completed', returnPart: 'partially_returned', return: 'returned' },
  },
  completed: {
    event: 'order.completed',
    stock: 'sold',
    isInProgress: false,
    transitions: { returnPart: 'partially_returned', return: 'returned' },
  },
  rejected: { event: 'order.rejected', stock: 'free', isInProgress: false, transitions: {} },
  cancelled: { event: 'order.cancelled', stock: 'free', isInProgress: false, transitions: {} },
  partially_returned: {
    event: 'order.returned',
    stock: 'sold',
    isInProgress: false,
    transitions: { returnPart: 'partially_returned', return: 'returned' },
  },
  returned: { event: 'order.returned', stock: 'sold', isInProgress: false, transitions: {} },
} as const;

type Table = typeof ORDER_TRANSITIONS;
export type OrderStatus = keyof Table;
export type OrderTransition = { [Status in OrderStatus]: keyof Table[Status]['transitions'] }[OrderStatus];
/** A status in which a worker makes the next transition. */
export type OrderStatusInProgress = {
  [Status in OrderStatus]: Table[Status]['isInProgress'] extends true ? Status : never;
}[OrderStatus];

interface StatusRow {
  event?: Table[OrderStatus]['event'];
  stock: Table[OrderStatus]['stock'];
  isInProgress: boolean;
  transitions: Partial<Record<OrderTransition, OrderStatus>>;
}
const TABLE: Record<OrderStatus, StatusRow> = ORDER_TRANSITIONS;

export const ORDER_STATUSES = Object.keys(ORDER_TRANSITIONS) as OrderStatus[];

/** The status of a new order. */
export const FIRST_ORDER_STATUS = 'pending' satisfies OrderStatus;

export const ORDER_STATUSES_IN_PROGRESS = ORDER_STATUSES.filter(isInProgress);

/** Statuses in which no worker has to make a transition. An order is closed when its events are confirmed, too. */
export const SETTLED_ORDER_STATUSES = ORDER_STATUSES.filter((status) => !isInProgress(status));

export const FINAL_ORDER_STATUSES = ORDER_STATUSES.filter(isFinal);

/** Statuses in which each line of an order has an active reservation. */
export const STATUSES_WITH_STOCK_RESERVED = statusesWithStock('reserved');

/** Statuses of orders that have ended without a sale. */
export const STATUSES_UNSOLD = ORDER_STATUSES.filter(hasEndedUnsold);

/** Statuses in which the stock of each line is deducted. */
export const STATUSES_WITH_STOCK_SOLD = statusesWithStock('sold');

/** Statuses of an order of which something was shipped. */
export const STATUSES_SINCE_SHIPMENT = STATUSES_WITH_STOCK_SOLD.filter((status) =>
  canFollow(status, 'processed'),
);

/** The event that is published when an order enters a status, if any. Republishing it requests the next step again. */
export const EVENT_OF_STATUS = Object.fromEntries(
  Object.entries(TABLE).map(([status, { event }]) => [status, event]),
) as { readonly [Status in OrderStatus]: Table[Status]['event'] };

const TRANSITIONS = ORDER_STATUSES.flatMap((from) =>
  (Object.entries(TABLE[from].transitions) as [OrderTransition, OrderStatus][]).map(([name, to]) => ({
    name,
    from,
    to,
  })),
);

/** Each transition with the statuses in which it is possible, and the status after it. */
export const TRANSITION_STATUSES = Object.fromEntries(
  TRANSITIONS.map(({ name, to }) => [
    name,
    { from: TRANSITIONS.filter((transition) => transition.name === name).map(({ from }) => from), to },
  ]),
) as Record<OrderTransition, { from: OrderStatus[]; to: OrderStatus }>;

/** Whether a worker makes the next transition of an order in the status. */
export function isInProgress(status: OrderStatus): status is OrderStatusInProgress {
  return TABLE[status].isInProgress;
}

/** Whether no transition leads out of the status. */
export function isFinal(status: OrderStatus): boolean {
  return statusesAfter(status).length === 0;
}

/** Whether each line of an order in the status has an active reservation. */
export function hasReservedStock(status: OrderStatus): boolean {
  return TABLE[status].stock === 'reserved';
}

/** Whether the stock of each line of an order in the status is deducted. */
export function hasSoldStock(status: OrderStatus): boolean {
  return TABLE[status].stock === 'sold';
}

/** Whether an order in the status has ended without a sale. Money that was captured for it goes back. */
export function hasEndedUnsold(status: OrderStatus): boolean {
  return isFinal(status) && TABLE[status].stock === 'free';
}

export function mayTransition(transition: OrderTransition, status: OrderStatus): boolean {
  return transition in TABLE[status].transitions;
}

/** The statuses that an order in the status can have next. */
export function statusesAfter(status: OrderStatus): OrderStatus[] {
  return Object.values(TABLE[status].transitions);
}

/**
 * Whether the transition isn't possible yet, but can become possible after another transition. If it is neither
 * possible nor too early, it was made before, or another transition has ruled it out.
 */
export function isTooEarlyFor(transition: OrderTransition, status: OrderStatus): boolean {
  return (
    !mayTransition(transition, status) &&
    statusesReachableFrom(status).some((later) => mayTransition(transition, later))
  );
}

/** Whether an order in the status can have had another status before. */
export function canFollow(status: OrderStatus, earlier: OrderStatus): boolean {
  return statusesReachableFrom(earlier).includes(status);
}

/** Whether an order in the status has, or can have had before, a status with the event. */
export function canHaveHad(event: string, status: OrderStatus): boolean {
  return ORDER_STATUSES.some(
    (earlier) => TABLE[earlier].event === event && (status === earlier || canFollow(status, earlier)),
  );
}

/** Selects the orders in which the transition is possible, from a list of orders and errors. */
export const isReadyFor =
  (transition: OrderTransition) =>
  <Item extends { status: OrderStatus } | Error>(order: Item): order is Exclude<Item, Error> =>
    !(order instanceof Error) && mayTransition(transition, order.status);

/** The statuses that an order in the status can have later. */
function statusesReachableFrom(status: OrderStatus): OrderStatus[] {
  const reached = new Set(statusesAfter(status));
  // A Set also iterates over the values that are added meanwhile.
  for (const later of reached) for (const next of statusesAfter(later)) reached.add(next);
  return [...reached];
}

function statusesWithStock(stock: StatusRow['stock']): OrderStatus[] {
  return ORDER_STATUSES.filter((status) => TABLE[status].stock === stock);
}
