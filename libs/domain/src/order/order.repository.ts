import type { EntityManager } from 'typeorm';
import {
  Order,
  ORDER_TRANSITIONS,
  type LineRejection,
  type Locale,
  type OrderStatus,
} from './order.entity.js';
import { OrderMismatch, OrderNotFound } from './order.errors.js';

export interface NewOrder {
  customer_name: string;
  customer_email: string;
  locale: Locale;
  currency: string;
  total: number;
  lines: { product_id: number; sku: string; name: string; quantity: number; unit_price: number }[];
}

export interface OrderItem {
  product_id: number;
  quantity: number;
}

/** An order that this transaction holds: nobody else changes it until the commit. Items are in product order. */
export interface HeldOrder {
  id: number;
  status: OrderStatus;
  items: OrderItem[];
}

export interface OrderFilter {
  status?: OrderStatus;
  email?: string;
  created_from?: Date;
  created_to?: Date;
  /** Only orders with an id below. */
  before?: number;
  limit: number;
}

/** Writes `orders`, `order_lines` and `order_timeline`. */
export class OrderRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Stores a pending order with its lines. @returns its id */
  async place({ lines, ...order }: NewOrder): Promise<number> {
    const [row] = await this.manager.query<{ id: number }[]>(
      `WITH placed AS (
         INSERT INTO orders (customer_name, customer_email, locale, currency, total)
         VALUES ($1, $2, $3, $4, $5) RETURNING id
       ), first_step AS (
         INSERT INTO order_timeline (order_id, step) SELECT id, 'pending' FROM placed
       ), line AS (
         INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
         SELECT placed.id, line.*
         FROM placed, unnest($6::bigint[], $7::smallint[], $8::text[], $9::text[], $10::integer[], $11::bigint[]) AS line
       )
       SELECT id FROM placed`,
      [
        order.customer_name,
        order.customer_email,
        order.locale,
        order.currency,
        order.total,
        lines.map(({ product_id }) => product_id),
        lines.map((_, index) => index + 1),
        lines.map(({ sku }) => sku),
        lines.map(({ name }) => name),
        lines.map(({ quantity }) => quantity),
        lines.map(({ unit_price }) => unit_price),
      ],
    );
    return row!.id;
  }

  /**
   * Takes the order for this transaction.
   *
   * @param items what a message says of the order
   * @throws OrderNotFound, OrderMismatch
   */
  async hold(id: number, items: OrderItem[]): Promise<HeldOrder> {
    const [order] = await this.manager.query<{ status: OrderStatus }[]>(
      'SELECT status FROM orders WHERE id = $1 FOR UPDATE',
      [id],
    );
    if (!order) throw new OrderNotFound(id);
    const lines = await this.manager.query<OrderItem[]>(
      'SELECT product_id, quantity FROM order_lines WHERE order_id = $1 ORDER BY product_id',
      [id],
    );
    const said = items.toSorted((a, b) => a.product_id - b.product_id);
    const same = (a: OrderItem, b?: OrderItem) => a.product_id === b?.product_id && a.quantity === b.quantity;
    if (said.length !== lines.length || !lines.every((line, i) => same(line, said[i])))
      throw new OrderMismatch(id);
    return { id, status: order.status, items: lines };
  }

  async reserve(id: number) {
    await this.move(id, 'reserve');
  }

  async reject(id: number, rejection: LineRejection[]) {
    await this.move(id, 'reject', rejection);
  }

  async process(id: number) {
    await this.move(id, 'process');
  }

  /** Notes that the customer was told. */
  async noteNotified(id: number) {
    await this.manager.query(`INSERT INTO order_timeline (order_id, step) VALUES ($1, 'notified')`, [id]);
  }

  /** With lines as they were written and the timeline in its order. @throws OrderNotFound */
  async get(id: number): Promise<Order> {
    const [order] = await this.withParts([id]);
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /** Newest first. */
  async list({ status, email, created_from, created_to, before, limit }: OrderFilter): Promise<Order[]> {
    const query = this.manager
      .createQueryBuilder(Order, 'o')
      .select('o.id', 'id')
      .orderBy('o.id', 'DESC')
      .limit(limit);
    if (status) query.andWhere('o.status = :status', { status });
    if (email) query.andWhere('lower(o.customer_email) = lower(:email)', { email });
    if (created_from) query.andWhere('o.created_at >= :created_from', { created_from });
    if (created_to) query.andWhere('o.created_at < :created_to', { created_to });
    if (before !== undefined) query.andWhere('o.id < :before', { before });
    return this.withParts((await query.getRawMany<{ id: number }>()).map(({ id }) => id));
  }

  private withParts(ids: number[]): Promise<Order[]> {
    return this.manager
      .createQueryBuilder(Order, 'o')
      .leftJoinAndSelect('o.lines', 'line')
      .leftJoinAndSelect('o.timeline', 'entry')
      .where('o.id = ANY(:ids)', { ids })
      .orderBy({ 'o.id': 'DESC', 'line.position': 'ASC', 'entry.id': 'ASC' })
      .getMany();
  }

  /** The state decides: an order that isn't where the transition starts is not moved, and that is a bug of the caller, who holds it. */
  private async move(
    id: number,
    transition: keyof typeof ORDER_TRANSITIONS,
    rejection: LineRejection[] | null = null,
  ) {
    const { from, to } = ORDER_TRANSITIONS[transition];
    const moved = await this.manager.query<unknown[]>(
      `WITH moved AS (
         UPDATE orders SET status = $3, rejection = $4, updated_at = clock_timestamp()
         WHERE id = $1 AND status = $2 RETURNING id
       )
       INSERT INTO order_timeline (order_id, step) SELECT id, $3 FROM moved RETURNING id`,
      [id, from, to, rejection && JSON.stringify(rejection)],
    );
    if (moved.length !== 1) throw new Error(`order ${id} is not ${from}`);
  }
}
