import type { EntityManager } from 'typeorm';
import { MAX_ON_HAND } from '../limits.js';
import type { LockedOrder } from '../order/order.repository.js';
import { ProductNotFound } from '../product/product.errors.js';
import type { StockLevel } from './allocation.js';
import { currentStock, isCurrentStock, SET_CHANGE_GROUP } from './current-stock.js';
import { Movement, Stock, type MovementKind, type ReservationStatus } from './stock.entity.js';
import { StockBelowReserved, StockTooLarge } from './stock.errors.js';

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

  /** @returns at most `limit` ids of orders with expired reservations, earliest expiry first */
  async ordersWithExpiredReservations(limit: number): Promise<number[]> {
    const rows = await this.manager.query<{ order_id: number }[]>(
      `SELECT order_id FROM reservations WHERE status = 'active' AND expires_at < clock_timestamp()
       GROUP BY order_id ORDER BY min(expires_at) LIMIT $1`,
      [limit],
    );
    return rows.map(({ order_id }) => order_id);
  }

  /** Number of active reservations: one for each order line. */
  async countActiveReservations(): Promise<number> {
    const [row] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM reservations WHERE status = 'active'`,
    );
    return row!.count;
  }

  /** Makes the stock of the order's active reservations available again. Does nothing if there are none. */
  async release(order: LockedOrder, status: Extract<ReservationStatus, 'released' | 'expired'> = 'released') {
    await this.lock(productsOf([order]));
    await this.manager.query(
      `WITH released AS (
         UPDATE reservations SET status = $2 WHERE order_id = $1 AND status = 'active'
         RETURNING product_id, quantity
       )
       UPDATE stock SET reserved = stock.reserved - released.quantity
       FROM released WHERE stock.product_id = released.product_id`,
      [order.id, status],
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
   * Sales of an order as stock changes, sorted by product id. Movements do not store `reserved`: it is the current
   * value, at most `on_hand`.
   */
  salesOf(order_id: number): Promise<StockChange[]> {
    return this.manager.query<StockChange[]>(
      `SELECT movements.product_id, movements.id AS movement_id, movements.quantity, balance_after AS on_hand,
              least(reserved, balance_after) AS reserved, greatest(balance_after - reserved, 0) AS available
       FROM movements JOIN stock USING (product_id) WHERE order_id = $1 ORDER BY product_id`,
      [order_id],
    );
  }

  /** @throws EntityNotFoundError */
  async movement(id: number): Promise<Movement> {
    return this.manager.findOneByOrFail(Movement, { id });
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
    const query = this.manager
      .createQueryBuilder(Movement, 'movement')
      .where('movement.product_id = :productId', { productId })
      .orderBy('movement.id', 'DESC')
      .limit(limit);
    if (before !== undefined) query.andWhere('movement.id < :before', { before });
    return query.getMany();
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
