import type { EntityManager } from 'typeorm';
import { Order, type OrderLine, type TimelineEntry } from './order.entity.js';
import { OrderNotFound } from './order.errors.js';
import { isFinal, type FinalOrderStatus, type OrderStatus } from './order-state-machine.js';

/** An order with its lines in the sequence of the request, and its retained timeline entries, oldest first. */
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
  reference?: string;
  created_from?: Date;
  created_to?: Date;
  /** Only orders with a lower id. */
  before?: number;
  limit: number;
}

/**
 * Conditions of partial indexes that find the orders with a status. The status itself is not indexed, because it changes
 * too often. The newest processed orders need no index, because most orders are processed.
 */
const INDEXED_BY: Record<FinalOrderStatus | 'open', string> = {
  open: 'o.closed_at IS NULL',
  processed: 'true',
  rejected: 'o.rejection IS NOT NULL',
  cancelled: 'o.cancellation IS NOT NULL',
};

/** Read model of orders for the API. */
export class OrderDetailsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @throws OrderNotFound */
  async get(id: number): Promise<OrderDetails> {
    const [order] = await this.withIds([id]);
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /** @returns orders that match the filter, newest first */
  async list({
    status,
    email,
    reference,
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
    if (status) {
      const indexed = INDEXED_BY[isFinal(status) ? status : 'open'];
      query.andWhere(`o.status = :status AND ${indexed}`, { status });
    }
    if (email) query.andWhere('lower(o.customer_email) = lower(:email)', { email });
    if (reference !== undefined) query.andWhere('o.reference = :reference', { reference });
    if (created_from) query.andWhere('o.created_at >= :created_from', { created_from });
    if (created_to) query.andWhere('o.created_at < :created_to', { created_to });
    if (before !== undefined) query.andWhere('o.id < :before', { before });
    return this.withIds((await query.getRawMany<{ id: number }>()).map(({ id }) => id));
  }

  /** @returns those of the orders that exist, newest first */
  async withIds(ids: number[]): Promise<OrderDetails[]> {
    const orders = await this.manager.query<
      (OrderDetails & { steps: OrderDetails['timeline'][0]['step'][]; times: Date[] })[]
    >(
      `SELECT id, customer_name, customer_email, locale, status, currency, total, rejection, cancellation, reference,
              metadata, created_at, updated_at, steps, times, lines
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
