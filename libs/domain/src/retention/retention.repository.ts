import type { EntityManager } from 'typeorm';

/** Orders from one id to another, both included, and how many rows of theirs at most. */
export interface PrunedRange {
  from: number;
  to: number;
  limit: number;
}

/** What was deleted: so many rows, the last of them this order's. */
export interface Pruned {
  count: number;
  last: number | null;
}

/** Deletes what was written long ago and is in no book (docs/adr/0012); nobody writes to those rows any more. */
export class RetentionRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns the id of the newest order that is older than `days`; ids ascend as orders are placed */
  async lastPlacedBefore(days: number): Promise<number | undefined> {
    const [order] = await this.manager.query<{ id: number }[]>(
      `SELECT id FROM orders WHERE created_at < now() - make_interval(days => $1)
       ORDER BY created_at DESC LIMIT 1`,
      [days],
    );
    return order?.id;
  }

  /** Deletes entries of orders that have been closed for more than `days`. Several at once share the work. */
  async pruneTimeline(days: number, { from, to, limit }: PrunedRange): Promise<Pruned> {
    // By ctid: an entry is never updated, so it stays where it was found. The subquery looks up each order by its key
    // whatever the planner believes of the table; a join might begin with all orders that were pruned before.
    const [pruned] = await this.manager.query<[Pruned]>(
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
   * Deletes mails of orders that were sent more than `days` ago. Those to the shop, about stock, stay: there are few,
   * and nothing else remembers that a movement was told. Several at once share the work.
   */
  async pruneMails(days: number, { from, to, limit }: PrunedRange): Promise<Pruned> {
    const [pruned] = await this.manager.query<[Pruned]>(
      `WITH pruned AS (
         DELETE FROM notifications WHERE id = ANY(ARRAY(
           SELECT id FROM notifications
           WHERE order_id BETWEEN $2 AND $3 AND state = 'sent' AND sent_at < now() - make_interval(days => $1)
           ORDER BY order_id LIMIT $4 FOR UPDATE SKIP LOCKED))
         RETURNING order_id
       )
       SELECT count(*)::integer AS count, max(order_id) AS last FROM pruned`,
      [days, from, to, limit],
    );
    return pruned;
  }
}
