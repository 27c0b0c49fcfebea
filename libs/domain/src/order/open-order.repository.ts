import type { EntityManager } from 'typeorm';
import type { PendingConfirmation } from '../events/confirmations.js';
import type { OrderStatus } from './order-state-machine.js';
import type { Cancellation, LineRejection } from './order.entity.js';

/** An order that is not closed: it is in progress, or consumers still have to confirm its events. */
export interface OpenOrder {
  id: number;
  status: OrderStatus;
  /** How often the watchdog has republished its events; a claim counts as one. */
  republish_count: number;
  /** When the status last changed. */
  updated_at: Date;
  rejection: LineRejection[] | null;
  cancellation: Cancellation | null;
  /** Consumers that have not confirmed an event of this order. */
  unconfirmed: PendingConfirmation[];
}

/** Time limits in seconds: for the statuses that are not final, and for the confirmations of a final status. */
export interface OrderTimeLimits {
  pending: number;
  reserved: number;
  unconfirmed: number;
}

/** An order that has not progressed after this many republications needs an operator. */
const STUCK_AFTER_REPUBLISHES = 3;

const OPEN_ORDER_COLUMNS = 'id, status, republish_count, updated_at, rejection, cancellation, unconfirmed';

/** Reads open orders; writes only `republish_count` and `republished_at`. */
export class OpenOrderRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Claims orders that exceed their time limit and increments the republish count of each. The limit doubles with every
   * republication. Concurrent watchdogs claim different orders.
   */
  async claimOverdue(
    { pending, reserved, unconfirmed }: OrderTimeLimits,
    maxOrders: number,
  ): Promise<OpenOrder[]> {
    const [claimed] = await this.manager.query<[OpenOrder[], number]>(
      `UPDATE orders SET republish_count = least(republish_count + 1, 1000), republished_at = clock_timestamp()
       WHERE id = ANY(ARRAY(
         SELECT id FROM orders
         WHERE closed_at IS NULL AND coalesce(republished_at, updated_at) < clock_timestamp() - make_interval(secs =>
           (CASE status WHEN 'pending' THEN $1 WHEN 'reserved' THEN $2 ELSE $3 END)::float8
             * 2 ^ least(republish_count, 8))
         ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED))
       RETURNING ${OPEN_ORDER_COLUMNS}`,
      [pending, reserved, unconfirmed, maxOrders],
    );
    return claimed;
  }

  /** Orders that have not progressed although their events were republished three times or more, longest stuck first. */
  stuck(maxOrders: number): Promise<OpenOrder[]> {
    return this.manager.query<OpenOrder[]>(
      `SELECT ${OPEN_ORDER_COLUMNS} FROM orders
       WHERE closed_at IS NULL AND republish_count >= $1 ORDER BY updated_at LIMIT $2`,
      [STUCK_AFTER_REPUBLISHES, maxOrders],
    );
  }

  /** Number of orders in progress by status. */
  async countInProgress(): Promise<Record<'pending' | 'reserved', number>> {
    const rows = await this.manager.query<{ status: OrderStatus; count: number }[]>(
      'SELECT status, count(*)::int AS count FROM orders WHERE closed_at IS NULL GROUP BY status',
    );
    const countOf = (status: OrderStatus) => rows.find((row) => row.status === status)?.count ?? 0;
    return { pending: countOf('pending'), reserved: countOf('reserved') };
  }
}
