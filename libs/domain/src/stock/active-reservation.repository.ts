import type { EntityManager } from 'typeorm';
import type { Reservation } from './stock.entity.js';

/**
 * The next search starts this long before the end of the last one. A transaction that sets an earlier expiry may not
 * have committed yet.
 */
const UNCOMMITTED_SECONDS = 10;

/** A position in the sequence of expiry. `expires_at` is a timestamp as PostgreSQL prints it. */
export interface ExpiryPosition {
  expires_at: string;
  order_id: number;
}

export interface ExpiredReservations {
  /** Ids of the orders, ascending. */
  orders: number[];
  next: ExpiryPosition;
  /** Whether no more reservations had expired at the time of the search. */
  isLast: boolean;
}

/** Units of a product that are reserved for an order. */
export type ProductReservation = Pick<Reservation, 'order_id' | 'quantity' | 'created_at' | 'expires_at'>;

/** Searches and counts active reservations. It only reads. */
export class ActiveReservationRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Reads expired reservations after a position of the index, so that a search does not read those again that an earlier
   * one has found, nor the index entries of reservations that are no longer active.
   *
   * @param after where the last search ended; undefined: search from the earliest expiry
   * @returns the orders, without duplicates, and where the next search starts
   */
  async findExpired(limit: number, after?: ExpiryPosition): Promise<ExpiredReservations> {
    const [found] = await this.manager.query<
      [{ orders: number[]; count: number; last: ExpiryPosition | null; end: string }]
    >(
      // Timestamps as text, because a Date has no microseconds.
      `WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
       expired AS (
         SELECT order_id, expires_at FROM reservations
         WHERE status = 'active' AND (expires_at, order_id) > ($1::timestamptz, $2::bigint)
           AND expires_at < (SELECT now FROM clock)
         ORDER BY expires_at, order_id LIMIT $3
       )
       SELECT array(SELECT DISTINCT order_id FROM expired ORDER BY order_id) AS orders,
              (SELECT count(*)::integer FROM expired) AS count,
              (SELECT json_build_object('expires_at', expires_at::text, 'order_id', order_id) FROM expired
               ORDER BY expired.expires_at DESC, expired.order_id DESC LIMIT 1) AS last,
              (SELECT (now - make_interval(secs => $4))::text FROM clock) AS "end"`,
      [after?.expires_at ?? '-infinity', after?.order_id ?? 0, limit, UNCOMMITTED_SECONDS],
    );
    const { orders, count, last, end } = found;
    return count === limit
      ? { orders, next: last!, isLast: false }
      : { orders, next: { expires_at: end, order_id: 0 }, isLast: true };
  }

  /** @returns the active reservations of a product, the one that expires first at the beginning */
  ofProduct(productId: number, limit: number): Promise<ProductReservation[]> {
    return this.manager.query<ProductReservation[]>(
      `SELECT order_id, quantity, created_at, expires_at FROM reservations
       WHERE status = 'active' AND product_id = $1 ORDER BY expires_at, order_id LIMIT $2`,
      [productId, limit],
    );
  }

  /** Number of active reservations, one for each order line, counted up to `max`. */
  async count(max: number): Promise<number> {
    const [row] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM (SELECT 1 FROM reservations WHERE status = 'active' LIMIT $1) AS active`,
      [max],
    );
    return row!.count;
  }
}
