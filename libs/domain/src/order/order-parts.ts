import {
  isInProgress,
  ORDER_STATUSES,
  STATUSES_SINCE_SHIPMENT,
  type OrderStatus,
} from './order-state-machine.js';

/** A part of the orders, as a condition in SQL. */
export interface OrderPart {
  condition: string;
  /** The statuses of the orders in it. */
  statuses: readonly OrderStatus[];
}

/** Parts with a column of their own. */
const MARKED_PARTS: OrderPart[] = [
  { condition: 'rejection IS NOT NULL', statuses: ['rejected'] },
  { condition: 'cancellation IS NOT NULL', statuses: ['cancelled'] },
  ...STATUSES_SINCE_SHIPMENT.map((status) => ({
    condition: `shipment_status = '${status}'`,
    statuses: [status],
  })),
];
const UNMARKED = 'rejection IS NULL AND cancellation IS NULL AND shipment_status IS NULL';
const UNMARKED_STATUSES = ORDER_STATUSES.filter(
  (status) => !MARKED_PARTS.some(({ statuses }) => statuses.includes(status)),
);

/** Orders until no worker has to make a transition and their events are confirmed. */
export const OPEN_PART: OrderPart = {
  condition: `closed_at IS NULL AND ${UNMARKED}`,
  statuses: UNMARKED_STATUSES,
};

/**
 * Parts of the orders that do not overlap and together contain every order. An order only moves to a part further down the
 * list. Each part is read from two indexes: of all customers by creation, and of one customer by creation.
 *
 * The status itself is not indexed, because it changes too often. `shipment_status` is null until something of the order is
 * shipped, so reserving and processing an order writes no index entry.
 */
export const ORDER_PARTS: readonly OrderPart[] = [
  OPEN_PART,
  {
    condition: `closed_at IS NOT NULL AND ${UNMARKED}`,
    statuses: UNMARKED_STATUSES.filter((status) => !isInProgress(status)),
  },
  ...MARKED_PARTS,
];

/** The parts that contain orders with the status; all parts if it is undefined. */
export const partsWith = (status: OrderStatus | undefined) =>
  ORDER_PARTS.filter(({ statuses }) => status === undefined || statuses.includes(status));

/** Formats statuses as a list of SQL literals. */
export const quoted = (statuses: readonly OrderStatus[]) =>
  statuses.map((status) => `'${status}'`).join(', ');

/** The time of creation as those indexes have it. No other index has this expression. */
export const CREATION = `created_at AT TIME ZONE 'UTC'`;
