import type { EntityManager } from 'typeorm';
import { MAX_ON_HAND } from '../limits.js';
import type { Product } from '../product/product.entity.js';
import { ProductNotFound } from '../product/product.errors.js';
import { lockCurrentStock } from './current-stock.js';
import { Movement, Stock, type EnteredMovementKind } from './stock.entity.js';
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

/** `out`: nothing is available. `low`: the stock on hand is not above the reorder point. */
export const STOCK_WARNINGS = ['out', 'low'] as const;
export type StockWarning = (typeof STOCK_WARNINGS)[number];

/** A product with its stock. */
export type StockedProduct = Pick<Product, 'id' | 'sku' | 'name' | 'active' | 'reorder_point'> &
  Pick<Stock, 'on_hand' | 'reserved'> & {
    /** Units on hand after each of the latest movements, oldest first. */
    balances: number[];
  };

/** Maximum number of movements that a list shows of each product. */
const MAX_BALANCES = 30;

export interface StockFilter {
  level?: StockWarning;
  /** Part of the SKU or the name, case-insensitive. */
  search?: string;
  /** Only products with a lower id. */
  before?: number;
  limit: number;
}

const LEVEL_CONDITIONS: Record<StockWarning, string> = {
  out: 'on_hand = reserved',
  low: 'on_hand <= reorder_point',
};

/**
 * The stock of products, and its ledger. Writes `stock` and `movements`: what an operator enters. ReservationRepository
 * writes what orders change.
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
   * @returns products that match the filter with their stock, newest first. A search reads all products: there are few
   *   compared with orders, and the pool of reads limits its time
   */
  list({ level, search, before = Number.MAX_SAFE_INTEGER, limit }: StockFilter): Promise<StockedProduct[]> {
    const parameters: unknown[] = [before, limit];
    const conditions = ['id < $1'];
    if (level !== undefined) conditions.push(LEVEL_CONDITIONS[level]);
    if (search !== undefined) {
      parameters.push(search);
      conditions.push('(strpos(lower(sku), lower($3)) > 0 OR strpos(lower(name), lower($3)) > 0)');
    }
    return this.manager.query<StockedProduct[]>(
      // OFFSET 0: the planner looks up the stock of the products that it reads, and does not join all products with it.
      `SELECT page.*, ARRAY(
         SELECT balance_after FROM (
           SELECT id, balance_after FROM movements WHERE (product_id, id) < (page.id + 1, 0) AND product_id >= page.id
           ORDER BY product_id DESC, id DESC LIMIT ${MAX_BALANCES}) AS latest
         ORDER BY id) AS balances
       FROM (
         SELECT id, sku, name, active, reorder_point, on_hand, reserved
         FROM products, LATERAL (
           SELECT on_hand, reserved FROM stock WHERE product_id = products.id OFFSET 0) AS stock
         WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT $2) AS page
       ORDER BY id DESC`,
      parameters,
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
    kind: EnteredMovementKind,
    quantity: number,
    reason: string,
  ): Promise<StockChange> {
    await lockCurrentStock(this.manager, [productId]);
    const { on_hand, reserved } = await this.get(productId);
    if (on_hand + quantity < reserved) throw new StockBelowReserved(on_hand, reserved);
    if (on_hand + quantity > MAX_ON_HAND) throw new StockTooLarge('/quantity');
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
      `SELECT id, product_id, order_id, kind, quantity, balance_after, reason, is_correction, created_at FROM movements
       WHERE (product_id, id) < ($1, $2) AND product_id >= $1 ORDER BY product_id DESC, id DESC LIMIT $3`,
      [productId, before ?? Number.MAX_SAFE_INTEGER, limit],
    );
  }

  /**
   * Sales of orders as stock changes by order id, sorted by product id. Movements do not store `reserved`: it is the
   * current value, at most `on_hand`.
   */
  async salesOf(orders: number[]): Promise<Map<number, StockChange[]>> {
    const sales = await this.manager.query<(StockChange & { order_id: number })[]>(
      `SELECT order_id, movements.product_id, movements.id AS movement_id, movements.quantity, balance_after AS on_hand,
              least(reserved, balance_after) AS reserved, greatest(balance_after - reserved, 0) AS available
       FROM movements JOIN stock USING (product_id) WHERE order_id = ANY($1) AND kind = 'sale'
       ORDER BY order_id, product_id`,
      [orders],
    );
    const salesOf = new Map<number, StockChange[]>(orders.map((id) => [id, []]));
    for (const { order_id, ...change } of sales) salesOf.get(order_id)!.push(change);
    return salesOf;
  }

  /**
   * @returns those of the movements that exist and lowered the stock of their product from above its reorder point to the
   *   reorder point or below, where it has been since, sorted
   */
  async reorderPointCrossings(movementIds: number[]): Promise<number[]> {
    if (movementIds.length === 0) return [];
    const rows = await this.manager.query<{ id: number }[]>(
      // LIMIT keeps the planner from joining: it looks up the later movements of each product in the index.
      `SELECT id FROM (
         SELECT id, product_id, quantity, balance_after,
                (SELECT reorder_point FROM products WHERE id = movements.product_id) AS reorder_point
         FROM movements WHERE id = ANY($1)) AS movement
       WHERE balance_after <= reorder_point AND balance_after - quantity > reorder_point
         AND (SELECT true FROM movements AS later
              WHERE later.product_id = movement.product_id AND later.id > movement.id
                AND later.balance_after > reorder_point
              ORDER BY later.product_id, later.id LIMIT 1) IS NULL
       ORDER BY id`,
      [movementIds],
    );
    return rows.map(({ id }) => id);
  }
}
