import type { EntityManager } from 'typeorm';
import type { PendingConfirmation } from '../events/confirmations.js';
import type { OrderStatus } from './order-state-machine.js';
import type { Cancellation, LineRejection } from './order.entity.js';

/** An order that has not progressed within its time limit. */
export interface OpenOrder {
  id: number;
  status: OrderStatus;
  /** How often the watchdog has republished its events, including this time. */
  republish_count: number;
  /** When it got its present status. */
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

/** After this many republications without progress, an operator has to look at the order. */
const STUCK_AFTER_REPUBLISHES = 3;

const OVERDUE_COLUMNS = 'id, status, republish_count, updated_at, rejection, cancellation, unconfirmed';

/** Read model of open orders for the watchdog. Of the table `orders`, it writes the republications only. */
export class OpenOrderRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Claims orders beyond their time limit and counts one more republication for each. The limit doubles with every
   * republication. Concurrent watchdogs claim different orders.
   */
  async claimOverdue(
    { pending, reserved, unconfirmed }: OrderTimeLimits,
    limit: number,
  ): Promise<OpenOrder[]> {
    const [claimed] = await this.manager.query<[OpenOrder[], number]>(
      `UPDATE orders SET republish_count = least(republish_count + 1, 1000), republished_at = clock_timestamp()
       WHERE id = ANY(ARRAY(
         SELECT id FROM orders
         WHERE closed_at IS NULL AND coalesce(republished_at, updated_at) < clock_timestamp() - make_interval(secs =>
           (CASE status WHEN 'pending' THEN $1 WHEN 'reserved' THEN $2 ELSE $3 END)::float8
             * 2 ^ least(republish_count, 8))
         ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED))
       RETURNING ${OVERDUE_COLUMNS}`,
      [pending, reserved, unconfirmed, limit],
    );
    return claimed;
  }

  /** Orders that do not progress although their events were republished, the oldest first. */
  stuck(limit: number): Promise<OpenOrder[]> {
    return this.manager.query<OpenOrder[]>(
      `SELECT ${OVERDUE_COLUMNS} FROM orders
       WHERE closed_at IS NULL AND republish_count >= $1 ORDER BY updated_at LIMIT $2`,
      [STUCK_AFTER_REPUBLISHES, limit],
    );
  }

  /** Number of orders in progress by status. */
  async countOpen(): Promise<Record<'pending' | 'reserved', number>> {
    const rows = await this.manager.query<{ status: OrderStatus; count: number }[]>(
      'SELECT status, count(*)::int AS count FROM orders WHERE closed_at IS NULL GROUP BY status',
    );
    const countOf = (status: OrderStatus) => rows.find((row) => row.status === status)?.count ?? 0;
    return { pending: countOf('pending'), reserved: countOf('reserved') };
  }
}
