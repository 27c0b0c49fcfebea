import type { EntityManager } from 'typeorm';
import type { LineRejection } from '../order/order.entity.js';
import type { HeldOrder, OrderItem } from '../order/order.repository.js';
import { ProductNotFound } from '../product/product.errors.js';
import { Movement, Stock, type MovementKind } from './stock.entity.js';
import { MOST_ON_HAND, StockBelowReserved, StockTooLarge } from './stock.errors.js';

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
  async open(productId: number) {
    await this.manager.insert(Stock, { product_id: productId });
  }

  /** @throws ProductNotFound */
  async get(productId: number): Promise<Stock> {
    const stock = await this.manager.findOneBy(Stock, { product_id: productId });
    if (!stock) throw new ProductNotFound(productId);
    return stock;
  }

  /**
   * Reserves all items of the order, or none, for `seconds`.
   *
   * @returns the lines that stand in the way; empty when all is reserved
   */
  async reserve({ id, items }: HeldOrder, seconds: number): Promise<LineRejection[]> {
    const found = await this.manager.query<{ product_id: number; available: number; active: boolean }[]>(
      `SELECT stock.product_id, stock.on_hand - stock.reserved AS available, product.active
       FROM stock JOIN products product ON product.id = stock.product_id
       WHERE stock.product_id = ANY($1) ORDER BY stock.product_id FOR NO KEY UPDATE OF stock`,
      [items.map(({ product_id }) => product_id)],
    );
    const stockOf = new Map(found.map((row) => [row.product_id, row]));
    const rejections = items.flatMap(({ product_id, quantity }): LineRejection[] => {
      const { available = 0, active = false } = stockOf.get(product_id) ?? {};
      if (active && quantity <= available) return [];
      const reason = active ? 'out_of_stock' : 'product_inactive';
      return [{ product_id, reason, requested: quantity, available }];
    });
    if (rejections.length === 0) await this.hold(id, items, seconds);
    return rejections;
  }

  /** Turns the order's held reservations into sales: stock deducted, movements written. */
  async commit({ id, items }: HeldOrder): Promise<StockChange[]> {
    await this.lock(items);
    const changes = await this.manager.query<StockChange[]>(
      `WITH committed AS (
         UPDATE reservations SET status = 'committed' WHERE order_id = $1 AND status = 'held'
         RETURNING product_id, quantity
       ), deducted AS (
         UPDATE stock SET on_hand = stock.on_hand - committed.quantity, reserved = stock.reserved - committed.quantity
         FROM committed WHERE stock.product_id = committed.product_id
         RETURNING stock.product_id, -committed.quantity AS quantity, stock.on_hand, stock.reserved
       ), written AS (
         INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
         SELECT product_id, $1, 'sale', quantity, on_hand, 'order ' || $1::bigint FROM deducted ORDER BY product_id
         RETURNING id, product_id
       )
       SELECT product_id, written.id AS movement_id, quantity, on_hand, reserved, on_hand - reserved AS available
       FROM deducted JOIN written USING (product_id) ORDER BY product_id`,
      [id],
    );
    if (changes.length !== items.length)
      throw new Error(`order ${id}: ${changes.length} reservations for ${items.length} lines`);
    return changes;
  }

  /** Orders whose reservations have ended, the longest first. @returns at most `limit` ids */
  async expired(limit: number): Promise<number[]> {
    const rows = await this.manager.query<{ order_id: number }[]>(
      `SELECT order_id FROM reservations WHERE status = 'held' AND expires_at < clock_timestamp()
       GROUP BY order_id ORDER BY min(expires_at) LIMIT $1`,
      [limit],
    );
    return rows.map(({ order_id }) => order_id);
  }

  /** Gives back what the order holds, if it holds anything. */
  async release({ id, items }: HeldOrder) {
    await this.lock(items);
    await this.manager.query(
      `WITH released AS (
         UPDATE reservations SET status = 'released' WHERE order_id = $1 AND status = 'held'
         RETURNING product_id, quantity
       )
       UPDATE stock SET reserved = stock.reserved - released.quantity
       FROM released WHERE stock.product_id = released.product_id`,
      [id],
    );
  }

  /**
   * Adds `quantity` (signed) by hand.
   *
   * @throws ProductNotFound, StockBelowReserved, StockTooLarge
   */
  async move(
    productId: number,
    kind: Exclude<MovementKind, 'sale'>,
    quantity: number,
    reason: string,
  ): Promise<StockChange> {
    await this.lock([{ product_id: productId }]);
    const { on_hand, reserved } = await this.get(productId);
    if (on_hand + quantity < reserved) throw new StockBelowReserved(on_hand, reserved);
    if (on_hand + quantity > MOST_ON_HAND) throw new StockTooLarge();
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

  private async lock(items: { product_id: number }[]) {
    await this.manager.query(
      'SELECT 1 FROM stock WHERE product_id = ANY($1) ORDER BY product_id FOR NO KEY UPDATE',
      [items.map(({ product_id }) => product_id)],
    );
  }

  private async hold(orderId: number, items: OrderItem[], seconds: number) {
    await this.manager.query(
      `WITH item AS (
         SELECT * FROM unnest($2::bigint[], $3::integer[]) AS item (product_id, quantity)
       ), promised AS (
         UPDATE stock SET reserved = reserved + item.quantity FROM item WHERE stock.product_id = item.product_id
       )
       INSERT INTO reservations (order_id, product_id, quantity, expires_at)
       SELECT $1, product_id, quantity, clock_timestamp() + make_interval(secs => $4) FROM item`,
      [orderId, items.map(({ product_id }) => product_id), items.map(({ quantity }) => quantity), seconds],
    );
  }
}
