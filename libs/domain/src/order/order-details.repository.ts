import type { EntityManager } from 'typeorm';
import type { OrderStatus } from './order-state-machine.js';
import { Order, type OrderLine, type TimelineEntry } from './order.entity.js';
import { OrderNotFound } from './order.errors.js';

/** An order with its parts: lines as they were written, the timeline in its order, as far as it is kept. */
export type OrderDetails = Omit<
  Order,
  'lines' | 'timeline' | 'closed_at' | 'unconfirmed' | 'republish_count' | 'republished_at'
> & {
  lines: Pick<OrderLine, 'product_id' | 'sku' | 'name' | 'quantity' | 'unit_price'>[];
  timeline: Pick<TimelineEntry, 'step' | 'at'>[];
};

export interface OrderFilter {
  status?: OrderStatus;
  email?: string;
  created_from?: Date;
  created_to?: Date;
  /** Only orders with an id below. */
  before?: number;
  limit: number;
}

/** No index is on the state, which changes too often; what goes along with it leads to small ones. */
const FOUND_BY: Record<OrderStatus, string> = {
  pending: 'o.closed_at IS NULL',
  reserved: 'o.closed_at IS NULL',
  processed: 'true', // most are: the newest are found at once
  rejected: 'o.rejection IS NOT NULL',
  cancelled: 'o.cancellation IS NOT NULL',
};

/** Orders as people are shown them: read, never written. */
export class OrderDetailsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @throws OrderNotFound */
  async get(id: number): Promise<OrderDetails> {
    const [order] = await this.withIds([id]);
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /** Newest first. */
  async list({
    status,
    email,
    created_from,
    created_to,
    before,
    limit,
  }: OrderFilter): Promise<OrderDetails[]> {
    const query = this.manager
      .createQueryBuilder(Order, 'o')
      .select('o.id', 'id')
      .orderBy('o.id', 'DESC')
      .limit(limit);
    if (status) query.andWhere(`o.status = :status AND ${FOUND_BY[status]}`, { status });
    if (email) query.andWhere('lower(o.customer_email) = lower(:email)', { email });
    if (created_from) query.andWhere('o.created_at >= :created_from', { created_from });
    if (created_to) query.andWhere('o.created_at < :created_to', { created_to });
    if (before !== undefined) query.andWhere('o.id < :before', { before });
    return this.withIds((await query.getRawMany<{ id: number }>()).map(({ id }) => id));
  }

  /** Those of the ids that exist, newest first. */
  async withIds(ids: number[]): Promise<OrderDetails[]> {
    const orders = await this.manager.query<
      (OrderDetails & { steps: OrderDetails['timeline'][0]['step'][]; times: Date[] })[]
    >(
      `SELECT id, customer_name, customer_email, locale, status, currency, total, rejection, cancellation, created_at,
              updated_at, steps, times, lines
       FROM orders, LATERAL (
         SELECT coalesce(json_agg(json_build_object('product_id', product_id, 'sku', sku, 'name', name,
                  'quantity', quantity, 'unit_price', unit_price) ORDER BY position), '[]') AS lines
         FROM order_lines WHERE order_id = orders.id
       ) AS line, LATERAL (
         SELECT coalesce(array_agg(step ORDER BY id), '{}') AS steps, coalesce(array_agg(at ORDER BY id), '{}') AS times
         FROM order_timeline WHERE order_id = orders.id
       ) AS entry
       WHERE id = ANY($1) ORDER BY id DESC`,
      [ids],
    );
    return orders.map(({ steps, times, ...order }) => ({
      ...order,
      timeline: steps.map((step, index) => ({ step, at: times[index]! })),
    }));
  }
}
