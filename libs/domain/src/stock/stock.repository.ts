import type { EntityManager } from 'typeorm';
import { MAX_ON_HAND } from '../limits.js';
import type { LockedOrder } from '../order/order.repository.js';
import { ProductNotFound } from '../product/product.errors.js';
import type { StockLevel } from './allocation.js';
import { currentStock, isCurrentStock, SET_CHANGE_GROUP } from './current-stock.js';
import { Movement, Stock, type MovementKind, type ReservationStatus } from './stock.entity.js';
import { MovementNotFound, StockBelowReserved, StockTooLarge } from './stock.errors.js';

/** A recorded movement with the stock after it. `quantity` is signed. */
export interface StockChange {
  product_id: number;
  movement_id: number;
  quantity: number;
  on_hand: number;
  reserved: number;
  available: number;
}

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

/**
 * Writes `stock`, `reservations` and `movements`.
 *
 * Rows of several products are always locked sorted by product id, so that two transactions cannot deadlock. `reserve`
 * changes a row only if enough stock is available. `deduct` and `release` change it by the quantities of the active
 * reservations. `recordMovement` locks the row, reads and checks it, and then changes it.
 */
export class StockRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Creates the stock of a new product, with nothing on hand. */
  async create(productId: number) {
    await this.manager.insert(Stock, { product_id: productId });
  }

  /** @throws ProductNotFound */
  async get(productId: number): Promise<Stock> {
    const stock = await this.manager.findOneBy(Stock, { product_id: productId });
    if (!stock) throw new ProductNotFound(productId);
    return stock;
  }

  /**
   * @returns those of the movements that exist and lowered the stock of their product from above its reorder point to the
   *   reorder point or below, sorted
   */
  async reorderPointCrossings(movementIds: number[]): Promise<number[]> {
    if (movementIds.length === 0) return [];
    const rows = await this.manager.query<{ id: number }[]>(
      `SELECT id FROM (
         SELECT id, quantity, balance_after,
                (SELECT reorder_point FROM products WHERE id = movements.product_id) AS reorder_point
         FROM movements WHERE id = ANY($1)) AS movement
       WHERE balance_after <= reorder_point AND balance_after - quantity > reorder_point ORDER BY id`,
      [movementIds],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Locks the stock of all products of the orders until the end of the transaction: no other transaction can reserve it.
   *
   * @returns the levels of those products that exist
   */
  async lockLevels(orders: LockedOrder[]): Promise<StockLevel[]> {
    if (orders.length === 0) return [];
    return this.manager.query<StockLevel[]>(
      // A subquery instead of a join: the planner might choose to scan all products for the join.
      currentStock(
        '$1',
        `product_id, on_hand - reserved AS available,
         (SELECT active FROM products WHERE id = stock.product_id) AS active`,
        'FOR NO KEY UPDATE',
      ),
      [productsOf(orders)],
    );
  }

  /**
   * Reserves all items of the orders for `seconds`.
   *
   * @throws Error if too little of a product is available. This is a bug: the caller has not locked and allocated the
   * stock. The transaction must be rolled back.
   */
  async reserve(orders: LockedOrder[], seconds: number) {
    if (orders.length === 0) return;
    const products = productsOf(orders);
    const items = orders.flatMap(({ id, items }) => items.map((item) => ({ order_id: id, ...item })));
    const [updated] = await this.manager.query<[{ count: number }]>(
      `WITH item AS (
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS item (order_id, product_id, quantity)
       ), updated AS (
         UPDATE stock SET reserved = reserved + total.quantity, ${SET_CHANGE_GROUP}
         FROM (SELECT product_id, sum(quantity)::integer AS quantity FROM item GROUP BY product_id) AS total
         WHERE ${isCurrentStock('$5')} AND stock.product_id + 0 = total.product_id
           AND on_hand - reserved >= total.quantity
         RETURNING stock.product_id
       ), reservation AS (
         INSERT INTO reservations (order_id, product_id, quantity, expires_at)
         SELECT order_id, product_id, quantity, clock_timestamp() + make_interval(secs => $4) FROM item
       )
       SELECT count(*)::integer AS count FROM updated`,
      [
        items.map(({ order_id }) => order_id),
        items.map(({ product_id }) => product_id),
        items.map(({ quantity }) => quantity),
        seconds,
        products,
      ],
    );
    if (updated.count !== products.length)
      throw new Error(
        `only ${updated.count} of the ${products.length} products ${products.join(', ')} have enough stock available`,
      );
  }

  /**
   * Fulfils the active reservations of the orders: deducts their stock and records a sale for each, with the stock
   * after it.
   *
   * @returns stock changes by order id, sorted by product id
   * @throws Error if an order does not have an active reservation for each of its lines
   */
  async deduct(orders: LockedOrder[]): Promise<Map<number, StockChange[]>> {
    if (orders.length === 0) return new Map();
    const products = productsOf(orders);
    const [, changes] = await Promise.all([
      this.lock(products),
      this.manager.query<(StockChange & { order_id: number })[]>(
        // `|| ''`: the index of active reservations contains those of all orders that were processed since the oldest
        // snapshot, so it must not be used here.
        `WITH committed AS (
           UPDATE reservations SET status = 'committed' WHERE order_id = ANY($1) AND status || '' = 'active'
           RETURNING order_id, product_id, quantity
         ), deducted AS (
           UPDATE stock SET on_hand = stock.on_hand - sold.quantity, reserved = stock.reserved - sold.quantity,
                  ${SET_CHANGE_GROUP}
           FROM (SELECT product_id, sum(quantity)::integer AS quantity FROM committed GROUP BY product_id) AS sold
           WHERE ${isCurrentStock('$2')} AND stock.product_id + 0 = sold.product_id
           RETURNING stock.product_id, stock.on_hand + sold.quantity AS on_hand, stock.reserved + sold.quantity AS reserved
         ), change AS (
           SELECT order_id, product_id, -quantity AS quantity,
                  (on_hand - sum(quantity) OVER earlier)::integer AS on_hand,
                  (reserved - sum(quantity) OVER earlier)::integer AS reserved
           FROM committed JOIN deducted USING (product_id)
           WINDOW earlier AS (PARTITION BY product_id ORDER BY order_id)
         ), written AS (
           INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
           SELECT product_id, order_id, 'sale', quantity, on_hand, 'order ' || order_id FROM change
           ORDER BY order_id, product_id
           RETURNING id, order_id, product_id
         )
         SELECT order_id, product_id, written.id AS movement_id, quantity, on_hand, reserved,
                on_hand - reserved AS available
         FROM change JOIN written USING (order_id, product_id) ORDER BY order_id, product_id`,
        [orders.map(({ id }) => id), products],
      ),
    ]);
    const changesOf = new Map<number, StockChange[]>(orders.map(({ id }) => [id, []]));
    for (const { order_id, ...change } of changes) changesOf.get(order_id)!.push(change);
    for (const { id, items } of orders) {
      const count = changesOf.get(id)!.length;
      if (count !== items.length)
        throw new Error(`order ${id}: ${count} reservations for ${items.length} lines`);
    }
    return changesOf;
  }

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

  /**
   * Locks the stock of the orders' products for `release`.
   *
   * @param wait `briefly`: at most a second, then an error with SQLSTATE 55P03 (lock_not_available); `never`: stock that
   * another transaction has locked stays unlocked
   * @returns the orders whose stock is all locked
   */
  async lockForRelease(orders: LockedOrder[], wait: 'briefly' | 'never'): Promise<LockedOrder[]> {
    const [, rows] = await Promise.all([
      this.manager.query(`SELECT set_config('lock_timeout', '1s', true)`),
      this.manager.query<{ product_id: number }[]>(
        currentStock(
          '$1',
          'product_id',
          wait === 'never' ? 'FOR NO KEY UPDATE SKIP LOCKED' : 'FOR NO KEY UPDATE',
        ),
        [productsOf(orders)],
      ),
    ]);
    const locked = new Set(rows.map(({ product_id }) => product_id));
    return orders.filter(({ items }) => items.every(({ product_id }) => locked.has(product_id)));
  }

  /** Number of active reservations, one for each order line, counted up to `max`. */
  async countActiveReservations(max: number): Promise<number> {
    const [row] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM (SELECT 1 FROM reservations WHERE status = 'active' LIMIT $1) AS active`,
      [max],
    );
    return row!.count;
  }

  /** Makes the stock of the orders' active reservations available again. Does nothing if there are none. */
  async release(
    orders: LockedOrder | LockedOrder[],
    status: Extract<ReservationStatus, 'released' | 'expired'> = 'released',
  ) {
    const all = [orders].flat();
    if (all.length === 0) return;
    const products = productsOf(all);
    await this.lock(products);
    await this.manager.query(
      // `|| ''`: as in `deduct`.
      `WITH released AS (
         UPDATE reservations SET status = $2 WHERE order_id = ANY($1) AND status || '' = 'active'
         RETURNING product_id, quantity
       )
       UPDATE stock SET reserved = stock.reserved - released.quantity, ${SET_CHANGE_GROUP}
       FROM (SELECT product_id, sum(quantity)::integer AS quantity FROM released GROUP BY product_id) AS released
       WHERE ${isCurrentStock('$3')} AND stock.product_id + 0 = released.product_id`,
      [all.map(({ id }) => id), status, products],
    );
  }

  /**
   * Records a receipt or an adjustment that an operator enters.
   *
   * @param quantity change of the units on hand, signed
   * @throws ProductNotFound, StockBelowReserved, StockTooLarge
   */
  async recordMovement(
    productId: number,
    kind: Exclude<MovementKind, 'sale'>,
    quantity: number,
    reason: string,
  ): Promise<StockChange> {
    await this.lock([productId]);
    const { on_hand, reserved } = await this.get(productId);
    if (on_hand + quantity < reserved) throw new StockBelowReserved(on_hand, reserved);
    if (on_hand + quantity > MAX_ON_HAND) throw new StockTooLarge();
    const [change] = await this.manager.query<StockChange[]>(
      `WITH moved AS (
         UPDATE stock SET on_hand = on_hand + $2 WHERE product_id = $1 RETURNING on_hand, reserved
       ), written AS (
         INSERT INTO movements (product_id, kind, quantity, balance_after, reason)
         SELECT $1, $3, $2, on_hand, $4 FROM moved RETURNING id
       )
       SELECT $1::bigint AS product_id, id AS movement_id, $2::integer AS quantity, on_hand, reserved,
              on_hand - reserved AS available
       FROM moved, written`,
      [productId, quantity, kind, reason],
    );
    return change!;
  }

  /**
   * Sales of orders as stock changes by order id, sorted by product id. Movements do not store `reserved`: it is the
   * current value, at most `on_hand`.
   */
  async salesOf(orders: number[]): Promise<Map<number, StockChange[]>> {
    const sales = await this.manager.query<(StockChange & { order_id: number })[]>(
      `SELECT order_id, movements.product_id, movements.id AS movement_id, movements.quantity, balance_after AS on_hand,
              least(reserved, balance_after) AS reserved, greatest(balance_after - reserved, 0) AS available
       FROM movements JOIN stock USING (product_id) WHERE order_id = ANY($1) ORDER BY order_id, product_id`,
      [orders],
    );
    const salesOf = new Map<number, StockChange[]>(orders.map((id) => [id, []]));
    for (const { order_id, ...change } of sales) salesOf.get(order_id)!.push(change);
    return salesOf;
  }

  /** @throws EntityNotFoundError */
  async movement(id: number): Promise<Movement> {
    return this.manager.findOneByOrFail(Movement, { id });
  }

  /** @throws MovementNotFound also if the movement is one of another product */
  async movementOf(productId: number, id: number): Promise<Movement> {
    const movement = await this.manager.findOneBy(Movement, { id, product_id: productId });
    if (!movement) throw new MovementNotFound(productId, id);
    return movement;
  }

  /** @returns movements of the product with ids below `before`, newest first */
  movements({
    productId,
    before,
    limit,
  }: {
    productId: number;
    before?: number;
    limit: number;
  }): Promise<Movement[]> {
    // From position to position of the index by product. With an equality condition, the planner could choose to read
    // the movements of all products, newest first.
    return this.manager.query<Movement[]>(
      `SELECT id, product_id, order_id, kind, quantity, balance_after, reason, created_at FROM movements
       WHERE (product_id, id) < ($1, $2) AND product_id >= $1 ORDER BY product_id DESC, id DESC LIMIT $3`,
      [productId, before ?? Number.MAX_SAFE_INTEGER, limit],
    );
  }

  private async lock(products: number[]) {
    await this.manager.query(currentStock('$1', '1', 'FOR NO KEY UPDATE'), [products]);
  }
}

/** Ids of the products of the orders, ascending, without duplicates. */
const productsOf = (orders: LockedOrder[]) =>
  [...new Set(orders.flatMap(({ items }) => items.map(({ product_id }) => product_id)))].sort(
    (a, b) => a - b,
  );
