import type { EntityManager } from 'typeorm';
import {
  Order,
  ORDER_TRANSITIONS,
  type Cancellation,
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

/** An order that has stayed too long where it is. */
export interface OverdueOrder {
  id: number;
  status: OrderStatus;
  /** How often its event has been published again, this time included. */
  nudges: number;
  /** Since when it is in this state. */
  updated_at: Date;
  rejection: LineRejection[] | null;
  cancellation: Cancellation | null;
}

/** How long, in seconds, an order may stay in a state; `untold` is a final one whose mail isn't recorded. */
export interface OrderTimeLimits {
  pending: number;
  reserved: number;
  untold: number;
}

/** So many nudges without effect, and people are to look at it. */
const STUCK_AFTER_NUDGES = 3;

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
   * @param items what a message says of the order, where it is a message that asks
   * @throws OrderNotFound, OrderMismatch
   */
  async hold(id: number, items?: OrderItem[]): Promise<HeldOrder> {
    const [order] = await this.manager.query<{ status: OrderStatus }[]>(
      'SELECT status FROM orders WHERE id = $1 FOR UPDATE',
      [id],
    );
    if (!order) throw new OrderNotFound(id);
    const lines = await this.items(id);
    if (items && !sameItems(lines, items)) throw new OrderMismatch(id);
    return { id, status: order.status, items: lines };
  }

  /** In product order. */
  items(id: number): Promise<OrderItem[]> {
    return this.manager.query<OrderItem[]>(
      'SELECT product_id, quantity FROM order_lines WHERE order_id = $1 ORDER BY product_id',
      [id],
    );
  }

  async reserve(id: number) {
    await this.move(id, 'reserve');
  }

  async reject(id: number, rejection: LineRejection[]) {
    await this.move(id, 'reject', { rejection });
  }

  async process(id: number) {
    await this.move(id, 'process');
  }

  async cancel(id: number, cancellation: Cancellation) {
    await this.move(id, 'cancel', { cancellation });
  }

  /** Nothing more is to come: it is final, and its mail is recorded. */
  async close(id: number) {
    await this.manager.query(
      'UPDATE orders SET closed_at = clock_timestamp() WHERE id = $1 AND closed_at IS NULL',
      [id],
    );
  }

  /** Notes that the customer was told. */
  async noteNotified(id: number) {
    await this.manager.query(`INSERT INTO order_timeline (order_id, step) VALUES ($1, 'notified')`, [id]);
  }

  /**
   * Orders beyond their time, counted as nudged once more; the time doubles with each nudge. Two watchdogs at once
   * share the work.
   */
  async takeOverdue({ pending, reserved, untold }: OrderTimeLimits, limit: number): Promise<OverdueOrder[]> {
    const [taken] = await this.manager.query<[OverdueOrder[], number]>(
      `UPDATE orders SET nudges = least(nudges + 1, 1000), nudged_at = clock_timestamp()
       WHERE id = ANY(ARRAY(
         SELECT id FROM orders
         WHERE closed_at IS NULL AND coalesce(nudged_at, updated_at) < clock_timestamp() - make_interval(secs =>
           (CASE status WHEN 'pending' THEN $1 WHEN 'reserved' THEN $2 ELSE $3 END)::float8 * 2 ^ least(nudges, 8))
         ORDER BY updated_at LIMIT $4 FOR UPDATE SKIP LOCKED))
       RETURNING id, status, nudges, updated_at, rejection, cancellation`,
      [pending, reserved, untold, limit],
    );
    return taken;
  }

  /** Those that nudging has not helped, the longest first. */
  stuck(limit: number): Promise<OverdueOrder[]> {
    return this.manager.query<OverdueOrder[]>(
      `SELECT id, status, nudges, updated_at, rejection, cancellation FROM orders
       WHERE closed_at IS NULL AND nudges >= $1 ORDER BY updated_at LIMIT $2`,
      [STUCK_AFTER_NUDGES, limit],
    );
  }

  /** Who is to be told about it, and how it stands. @throws OrderNotFound */
  async addressee(id: number): Promise<Pick<Order, 'status' | 'customer_email' | 'locale'>> {
    const [order] = await this.manager.query<Pick<Order, 'status' | 'customer_email' | 'locale'>[]>(
      'SELECT status, customer_email, locale FROM orders WHERE id = $1',
      [id],
    );
    if (!order) throw new OrderNotFound(id);
    return order;
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
    { rejection, cancellation }: { rejection?: LineRejection[]; cancellation?: Cancellation } = {},
  ) {
    const { from, to } = ORDER_TRANSITIONS[transition];
    const moved = await this.manager.query<unknown[]>(
      `WITH moved AS (
         UPDATE orders SET status = $3, rejection = $4, cancellation = $5, updated_at = clock_timestamp(),
                nudges = 0, nudged_at = NULL
         WHERE id = $1 AND status = ANY($2) RETURNING id
       )
       INSERT INTO order_timeline (order_id, step) SELECT id, $3 FROM moved RETURNING id`,
      [id, from, to, rejection && JSON.stringify(rejection), cancellation],
    );
    if (moved.length !== 1) throw new Error(`order ${id} is not ${from.join(' or ')}`);
  }
}

/** `lines` in product order, `items` in any. */
function sameItems(lines: OrderItem[], items: OrderItem[]): boolean {
  const said = items.toSorted((a, b) => a.product_id - b.product_id);
  const same = (a: OrderItem, b?: OrderItem) => a.product_id === b?.product_id && a.quantity === b.quantity;
  return said.length === lines.length && lines.every((line, i) => same(line, said[i]));
}
