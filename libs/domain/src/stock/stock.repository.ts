import type { EntityManager } from 'typeorm';
import type { LineRejection } from '../order/order.entity.js';
import type { LockedOrder } from '../order/order.repository.js';
import { ProductNotFound } from '../product/product.errors.js';
import { Movement, Stock, type MovementKind } from './stock.entity.js';
import { MAX_ON_HAND, StockBelowReserved, StockTooLarge } from './stock.errors.js';

/** A movement just written, with the stock after it. */
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
 * Rows of several products are always locked in the order of their ids, then changed by one conditional
 * statement: no deadlock between orders, and no number is read, computed and written back.
 */
export class StockRepository {
  constructor(private readonly manager: EntityManager) {}

  /** A new product's stock: none. */
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
   * Finds the orders that can't have all of their items; first come, first served. What the others ask for is theirs
   * to `hold` within this transaction.
   *
   * @returns by order id the lines that stand in its way
   */
  async findShortages(orders: LockedOrder[]): Promise<Map<number, LineRejection[]>> {
    if (orders.length === 0) return new Map();
    const found = await this.manager.query<{ product_id: number; available: number; active: boolean }[]>(
      // Not a join, which may be planned as a walk over all products.
      `SELECT product_id, on_hand - reserved AS available,
              (SELECT active FROM products WHERE id = stock.product_id) AS active
       FROM stock WHERE product_id = ANY($1) ORDER BY product_id FOR NO KEY UPDATE`,
      [productsOf(orders)],
    );
    const stockOf = new Map(found.map((row) => [row.product_id, row]));
    const rejected = new Map<number, LineRejection[]>();
    for (const { id, items } of orders) {
      const reasons = items.flatMap(({ product_id, quantity }): LineRejection[] => {
        const { available = 0, active = false } = stockOf.get(product_id) ?? {};
        if (active && quantity <= available) return [];
        const reason = active ? 'out_of_stock' : 'product_inactive';
        return [{ product_id, reason, requested: quantity, available }];
      });
      if (reasons.length > 0) rejected.set(id, reasons);
      // What this order gets, those after it don't.
      else for (const { product_id, quantity } of items) stockOf.get(product_id)!.available -= quantity;
    }
    return rejected;
  }

  /** Reserves all items of the orders for `seconds`. */
  async reserve(orders: LockedOrder[], seconds: number) {
    if (orders.length === 0) return;
    const items = orders.flatMap(({ id, items }) => items.map((item) => ({ order_id: id, ...item })));
    await this.manager.query(
      `WITH item AS (
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS item (order_id, product_id, quantity)
       ), promised AS (
         UPDATE stock SET reserved = reserved + total.quantity
         FROM (SELECT product_id, sum(quantity)::integer AS quantity FROM item GROUP BY product_id) AS total
         WHERE stock.product_id = total.product_id AND stock.product_id = ANY($5)
       )
       INSERT INTO reservations (order_id, product_id, quantity, expires_at)
       SELECT order_id, product_id, quantity, clock_timestamp() + make_interval(secs => $4) FROM item`,
      [
        items.map(({ order_id }) => order_id),
        items.map(({ product_id }) => product_id),
        items.map(({ quantity }) => quantity),
        seconds,
        productsOf(orders),
      ],
    );
  }

  /**
   * Turns the held reservations of the orders into sales: stock deducted, movements written, each with the stock as
   * it was after it.
   *
   * @returns by order id its changes, in product order
   */
  async deduct(orders: LockedOrder[]): Promise<Map<number, StockChange[]>> {
    if (orders.length === 0) return new Map();
    const products = productsOf(orders);
    const [, changes] = await Promise.all([
      this.lock(products),
      this.manager.query<(StockChange & { order_id: number })[]>(
        `WITH committed AS (
           UPDATE reservations SET status = 'committed' WHERE order_id = ANY($1) AND status = 'active'
           RETURNING order_id, product_id, quantity
         ), deducted AS (
           UPDATE stock SET on_hand = stock.on_hand - sold.quantity, reserved = stock.reserved - sold.quantity
           FROM (SELECT product_id, sum(quantity)::integer AS quantity FROM committed GROUP BY product_id) AS sold
           WHERE stock.product_id = sold.product_id AND stock.product_id = ANY($2)
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

  /** Orders whose reservations have ended, the longest first. @returns at most `limit` ids */
  async ordersWithExpiredReservations(limit: number): Promise<number[]> {
    const rows = await this.manager.query<{ order_id: number }[]>(
      `SELECT order_id FROM reservations WHERE status = 'active' AND expires_at < clock_timestamp()
       GROUP BY order_id ORDER BY min(expires_at) LIMIT $1`,
      [limit],
    );
    return rows.map(({ order_id }) => order_id);
  }

  /** How many reservations hold stock. */
  async countActiveReservations(): Promise<number> {
    const [row] = await this.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM reservations WHERE status = 'active'`,
    );
    return row!.count;
  }

  /** Gives back what the order holds, if it holds anything. */
  async release(order: LockedOrder) {
    await this.lock(productsOf([order]));
    await this.manager.query(
      `WITH released AS (
         UPDATE reservations SET status = 'released' WHERE order_id = $1 AND status = 'active'
         RETURNING product_id, quantity
       )
       UPDATE stock SET reserved = stock.reserved - released.quantity
       FROM released WHERE stock.product_id = released.product_id`,
      [order.id],
    );
  }

  /**
   * Adds `quantity` (signed) by hand.
   *
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

  /** The sales of an order as stock changes, in product order. `reserved` is the present value: movements do not keep it. */
  salesOf(order_id: number): Promise<StockChange[]> {
    return this.manager.query<StockChange[]>(
      `SELECT movements.product_id, movements.id AS movement_id, movements.quantity, balance_after AS on_hand,
              least(reserved, balance_after) AS reserved, greatest(balance_after - reserved, 0) AS available
       FROM movements JOIN stock USING (product_id) WHERE order_id = $1 ORDER BY product_id`,
      [order_id],
    );
  }

  async movement(id: number): Promise<Movement> {
    return this.manager.findOneByOrFail(Movement, { id });
  }

  /** Newest first. */
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
    await this.manager.query(
      'SELECT 1 FROM stock WHERE product_id = ANY($1) ORDER BY product_id FOR NO KEY UPDATE',
      [products],
    );
  }
}

/** Each once. */
const productsOf = (orders: LockedOrder[]) => [
  ...new Set(orders.flatMap(({ items }) => items.map(({ product_id }) => product_id))),
];
