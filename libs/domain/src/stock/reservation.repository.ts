import type { EntityManager } from 'typeorm';
import { MAX_ON_HAND } from '../limits.js';
import type { LockedOrder, OrderItem } from '../order/locked-order.js';
import type { StockLevel } from './allocation.js';
import { currentStock, isCurrentStock, lockCurrentStock, SET_CHANGE_GROUP } from './current-stock.js';
import type { MovementKind, ReservationStatus } from './stock.entity.js';
import { StockTooLarge } from './stock.errors.js';
import type { StockChange } from './stock.repository.js';

/** Time limits of each wait for a lock in a transaction that releases stock. */
const RELEASE_LOCK_TIMEOUT = { briefly: '1s', never: '100ms' };

/**
 * Reservations from the first step to the last: reserved, then deducted or released, and for a cancelled order restored.
 * Writes `reservations`, and the changes of `stock` and `movements` that orders make.
 *
 * Rows of several products are always locked sorted by product id, so that two transactions cannot deadlock. `reserve`
 * changes a row only if enough stock is available. `deduct` and `release` change it by the quantities of the active
 * reservations.
 */
export class ReservationRepository {
  constructor(private readonly manager: EntityManager) {}

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
      lockCurrentStock(this.manager, products),
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
   * Locks the stock of the orders' products for `release`.
   *
   * @param wait `briefly`: at most a second for each product; `never`: stock that another transaction has locked stays
   * unlocked
   * @throws an error with SQLSTATE 55P03 (lock_not_available) after that time; also if the transaction waits for any other
   * lock, with `never` after 100 ms
   * @returns the orders whose stock is all locked
   */
  async lockForRelease(orders: LockedOrder[], wait: 'briefly' | 'never'): Promise<LockedOrder[]> {
    const [, rows] = await Promise.all([
      this.manager.query(`SELECT set_config('lock_timeout', $1, true)`, [RELEASE_LOCK_TIMEOUT[wait]]),
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

  /** Makes the stock of the orders' active reservations available again. Does nothing if there are none. */
  async release(
    orders: LockedOrder | LockedOrder[],
    status: Extract<ReservationStatus, 'released' | 'expired'> = 'released',
  ) {
    const all = [orders].flat();
    if (all.length === 0) return;
    const products = productsOf(all);
    await lockCurrentStock(this.manager, products);
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
   * Undoes `deduct` for an order that is cancelled: its stock is on hand again, and a movement of the kind `cancellation`
   * is recorded for each of its lines.
   *
   * @returns stock changes, sorted by product id
   * @throws StockTooLarge if more of a product would be on hand than the maximum
   */
  async restore(order: LockedOrder): Promise<StockChange[]> {
    const products = productsOf([order]);
    await lockCurrentStock(this.manager, products);
    const changes = await this.manager.query<StockChange[]>(
      `WITH released AS (
         UPDATE reservations SET status = 'released' WHERE order_id = $1 AND status = 'committed'
         RETURNING product_id, quantity
       ), ${addToStock('released', 'cancellation', `'order ' || $1::bigint || ' cancelled'`)}`,
      [order.id, products],
    );
    // Each line has a committed reservation, so the missing ones are those that exceed the maximum.
    if (changes.length !== order.items.length) throw new StockTooLarge();
    return changes;
  }

  /**
   * Makes returned items of an order available again, with a movement of the kind `return` for each product.
   *
   * @param items one for each product
   * @returns stock changes, sorted by product id
   * @throws StockTooLarge if more of a product would be on hand than the maximum
   */
  async restock(order: LockedOrder, returnId: number, items: OrderItem[]): Promise<StockChange[]> {
    const sorted = items.toSorted((a, b) => a.product_id - b.product_id);
    const products = sorted.map(({ product_id }) => product_id);
    await lockCurrentStock(this.manager, products);
    const changes = await this.manager.query<StockChange[]>(
      `WITH returned AS (
         SELECT * FROM unnest($2::bigint[], $3::integer[]) AS item (product_id, quantity)
       ), ${addToStock('returned', 'return', `'return ' || $4::bigint || ' of order ' || $1::bigint`)}`,
      [order.id, products, sorted.map(({ quantity }) => quantity), returnId],
    );
    if (changes.length !== products.length) throw new StockTooLarge('/restock');
    return changes;
  }
}

/**
 * The end of a statement that adds units to the stock of the order `$1`, except where more would be on hand than the
 * maximum. The products are `$2`; the caller has locked their stock.
 *
 * @param units name of a query for `product_id` and `quantity`
 * @param reason SQL of the movements' reason
 */
const addToStock = (units: string, kind: MovementKind, reason: string) => `added AS (
     UPDATE stock SET on_hand = stock.on_hand + units.quantity, ${SET_CHANGE_GROUP}
     FROM ${units} AS units
     WHERE ${isCurrentStock('$2')} AND stock.product_id + 0 = units.product_id
       AND stock.on_hand <= ${MAX_ON_HAND} - units.quantity
     RETURNING stock.product_id, units.quantity, stock.on_hand, stock.reserved
   ), written AS (
     INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
     SELECT product_id, $1, '${kind}', quantity, on_hand, ${reason} FROM added
     ORDER BY product_id
     RETURNING id, product_id
   )
   SELECT product_id, written.id AS movement_id, quantity, on_hand, reserved, on_hand - reserved AS available
   FROM added JOIN written USING (product_id) ORDER BY product_id`;

/** Ids of the products of the orders, ascending, without duplicates. */
const productsOf = (orders: LockedOrder[]) =>
  [...new Set(orders.flatMap(({ items }) => items.map(({ product_id }) => product_id)))].sort(
    (a, b) => a - b,
  );
