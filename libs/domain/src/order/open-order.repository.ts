import type { EntityManager } from 'typeorm';
import type { Cancellation, LineRejection, OrderStatus } from './order.entity.js';

/** An order that has stayed too long where it is. */
export interface OverdueOrder {
  id: number;
  status: OrderStatus;
  /** How often its event has been published again, this time included. */
  republish_count: number;
  /** Since when it is in this state. */
  updated_at: Date;
  rejection: LineRejection[] | null;
  cancellation: Cancellation | null;
}

/** How long, in seconds, an order may stay in a state; `untold` is a final one whose mail isn't recorded. */
export interface OrderTimeLimits {
  pending: number;
  reserved: number;
  unnotified: number;
}

/** So many republish_count without effect, and people are to look at it. */
const STUCK_AFTER_REPUBLISHES = 3;

/** Orders that aren't closed, as those see them who watch over them. Of what `OrderRepository` writes, it writes the republish_count. */
export class OpenOrderRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Orders beyond their time, counted as nudged once more; the time doubles with each nudge. Two watchdogs at once
   * share the work.
   */
  async claimOverdue(
    { pending, reserved, unnotified: untold }: OrderTimeLimits,
    limit: number,
  ): Promise<OverdueOrder[]> {
    const [taken] = await this.manager.query<[OverdueOrder[], number]>(
      `UPDATE orders SET republish_count = least(republish_count + 1, 1000), republished_at = clock_timestamp()
       WHERE id = ANY(ARRAY(
         SELECT id FROM orders
         WHERE closed_at IS NULL AND coalesce(republished_at, updated_at) < clock_timestamp() - make_interval(secs =>
           (CASE status WHEN 'pending' THEN $1 WHEN 'reserved' THEN $2 ELSE $3 END)::float8 * 2 ^ least(republish_count, 8))
         ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED))
       RETURNING id, status, republish_count, updated_at, rejection, cancellation`,
      [pending, reserved, untold, limit],
    );
    return taken;
  }

  /** Those that nudging has not helped, the longest first. */
  stuck(limit: number): Promise<OverdueOrder[]> {
    return this.manager.query<OverdueOrder[]>(
      `SELECT id, status, republish_count, updated_at, rejection, cancellation FROM orders
       WHERE closed_at IS NULL AND republish_count >= $1 ORDER BY updated_at LIMIT $2`,
      [STUCK_AFTER_REPUBLISHES, limit],
    );
  }

  /** How many orders are on their way, by state. */
  async countOpen(): Promise<Record<'pending' | 'reserved', number>> {
    const rows = await this.manager.query<{ status: OrderStatus; count: number }[]>(
      'SELECT status, count(*)::int AS count FROM orders WHERE closed_at IS NULL GROUP BY status',
    );
    const of = (status: OrderStatus) => rows.find((row) => row.status === status)?.count ?? 0;
    return { pending: of('pending'), reserved: of('reserved') };
  }
}
