import type { EntityManager } from 'typeorm';
import { CREATION, ORDER_PARTS } from '../order/order-parts.js';
import type { Pruned } from './prune-in-batches.js';

/** Range of order ids, both inclusive, and the maximum number of rows to delete. The position of a row is its order id. */
export interface PruneRange {
  from: number;
  to: number;
  limit: number;
}

/** Deletes old rows that no longer change and are not part of the stock ledger (docs/adr/0012). */
export class RetentionRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns id of the newest order older than `days`. Ids ascend with time, up to the duration of a transaction. */
  async newestOrderIdOlderThan(days: number): Promise<number | undefined> {
    const newestOfEachPart = ORDER_PARTS.map(
      ({ condition }) => `(SELECT id, created_at FROM orders
         WHERE ${condition} AND ${CREATION} < (now() - make_interval(days => $1)) AT TIME ZONE 'UTC'
         ORDER BY ${CREATION} DESC, id DESC LIMIT 1)`,
    );
    const [order] = await this.manager.query<{ id: number }[]>(
      `SELECT id FROM (${newestOfEachPart.join(' UNION ALL ')}) AS newest ORDER BY created_at DESC LIMIT 1`,
      [days],
    );
    return order?.id;
  }

  /** Deletes timeline entries of orders that were closed more than `days` ago. Concurrent calls delete different rows. */
  async pruneTimeline(days: number, { from, to, limit }: PruneRange): Promise<Pruned<number>> {
    // By ctid, which is stable because entries are never updated. The subquery makes the planner look up each order by
    // its key. For a join it might choose to scan all orders, including those pruned before.
    const [pruned] = await this.manager.query<[Pruned<number>]>(
      `WITH pruned AS (
         DELETE FROM order_timeline WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM order_timeline AS entry
           WHERE order_id BETWEEN $2 AND $3
             AND (SELECT closed_at FROM orders WHERE id = entry.order_id) < now() - make_interval(days => $1)
           ORDER BY order_id, id LIMIT $4 FOR UPDATE SKIP LOCKED))
         RETURNING order_id
       )
       SELECT count(*)::integer AS count, max(order_id) AS last FROM pruned`,
      [days, from, to, limit],
    );
    return pruned;
  }

  /**
   * Deletes mails about orders that were sent more than `days` ago, or recorded more than `days` ago and withheld.
   * Low-stock alerts are kept: there are few, and they are the only record that a movement's alert was sent. Concurrent
   * calls delete different rows.
   */
  async pruneMails(days: number, { from, to, limit }: PruneRange): Promise<Pruned<number>> {
    const [pruned] = await this.manager.query<[Pruned<number>]>(
      `WITH pruned AS (
         DELETE FROM notifications WHERE id = ANY(ARRAY(
           SELECT id FROM notifications
           WHERE order_id BETWEEN $2 AND $3 AND state IN ('sent', 'withheld')
             AND coalesce(sent_at, created_at) < now() - make_interval(days => $1)
           ORDER BY order_id LIMIT $4 FOR UPDATE SKIP LOCKED))
         RETURNING order_id
       )
       SELECT count(*)::integer AS count, max(order_id) AS last FROM pruned`,
      [days, from, to, limit],
    );
    return pruned;
  }
}
