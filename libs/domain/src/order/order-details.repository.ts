import type { EntityManager } from 'typeorm';
import type { OrderItem } from './locked-order.js';
import type { Order, OrderLine, TimelineEntry } from './order.entity.js';
import { OrderNotFound } from './order.errors.js';
import type { Return } from '../fulfilment/return.repository.js';
import type { Shipment } from '../fulfilment/shipment.repository.js';
import { listQuery, searchQuery, type OrderFilter, type OrderSearch } from './order-list.js';
import { CREATION, ORDER_PARTS } from './order-parts.js';
import { ORDER_STATUSES, STATUSES_SINCE_SHIPMENT, type OrderStatus } from './order-state-machine.js';

/** An order with its lines in the sequence of the request, and its retained timeline entries, oldest first. */
export type OrderDetails = Omit<
  Order,
  | 'lines'
  | 'timeline'
  | 'closed_at'
  | 'shipment_status'
  | 'unconfirmed'
  | 'republish_count'
  | 'republished_at'
  | 'placed_by'
  | 'placed_from'
  | 'payment_method'
> & {
  lines: Pick<
    OrderLine,
    'product_id' | 'sku' | 'name' | 'quantity' | 'shipped' | 'returned' | 'unit_price'
  >[];
  /** Oldest first. */
  shipments: Shipment[];
  /** Oldest first. */
  returns: Return[];
  timeline: Pick<TimelineEntry, 'step' | 'at'>[];
};

/** An order as the database returns it. In JSON, a time is a text. */
type StoredDetails = Omit<OrderDetails, 'timeline' | 'shipments' | 'returns'> & {
  steps: OrderDetails['timeline'][0]['step'][];
  times: Date[];
  shipments: InJson<Shipment>[] | null;
  returns: InJson<Return>[] | null;
};
type InJson<Row extends { created_at: Date }> = Omit<Row, 'created_at'> & { created_at: string };

const withDates = <Row extends { created_at: string }>(rows: Row[]) =>
  rows.map((row) => ({ ...row, created_at: new Date(row.created_at) }));

/** The result of a search in a bounded number of orders. */
export interface FoundOrders {
  found: number[];
  /** Id of the last order that was searched. Null if none is left. */
  last: number | null;
}

/** Numbers of orders by status. */
export interface OrderCounts {
  counts: { status: OrderStatus; count: number }[];
  /** False if there are more orders than were counted. */
  isComplete: boolean;
}

/** Who placed an order, as the audit log names them, and from which address. Null for old orders. */
export type PlacedBy = Pick<Order, 'placed_by' | 'placed_from'>;

export type OrderRecipient = Pick<Order, 'id' | 'status' | 'customer_email' | 'locale'> & {
  /** Whether the order is rejected because its payment was declined. */
  is_declined: boolean | null;
};

/** Reads orders. */
export class OrderDetailsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @param owner e-mail address of a customer: the order of another one is not found @throws OrderNotFound */
  async get(id: number, owner?: string): Promise<OrderDetails> {
    if (owner !== undefined) await this.assertOwner(id, owner);
    const [order] = await this.withIds([id]);
    if (!order) throw new OrderNotFound(id);
    return order;
  }

  /** @throws OrderNotFound if the order does not exist or belongs to another customer: both by the same statement */
  async assertOwner(id: number, owner: string): Promise<void> {
    const [order] = await this.manager.query<{ id: number }[]>(
      'SELECT id FROM orders WHERE id = $1 AND lower(customer_email) = lower($2)',
      [id, owner],
    );
    if (!order) throw new OrderNotFound(id);
  }

  /** @param owner as of `get` @throws OrderNotFound */
  async assertExists(id: number, owner?: string): Promise<void> {
    if (owner !== undefined) return this.assertOwner(id, owner);
    const [order] = await this.manager.query<{ id: number }[]>('SELECT id FROM orders WHERE id = $1', [id]);
    if (!order) throw new OrderNotFound(id);
  }

  /** @returns the e-mail address, in lower case, of those of the orders that belong to one of the customers, by order id */
  async ownersAmong(ids: number[], owners: string[]): Promise<Map<number, string>> {
    const orders = await this.manager.query<{ id: number; owner: string }[]>(
      `SELECT id, lower(customer_email) AS owner FROM orders
       WHERE id = ANY($1) AND lower(customer_email) || '' = ANY(ARRAY(SELECT lower(unnest($2::text[]))))`,
      [ids, owners],
    );
    return new Map(orders.map(({ id, owner }) => [id, owner]));
  }

  /** @returns the steps of these orders, oldest first */
  stepsOf(ids: number[]): Promise<TimelineEntry[]> {
    return this.manager.query<TimelineEntry[]>(
      'SELECT id, order_id, step, at FROM order_timeline WHERE order_id = ANY($1) ORDER BY order_id, id',
      [ids],
    );
  }

  /** @returns orders that match the filter, newest first */
  async list(filter: OrderFilter): Promise<OrderDetails[]> {
    const { sql, parameters } = listQuery(filter);
    const rows = await this.manager.query<{ id: number }[]>(sql, parameters);
    return this.inSequence(rows.map(({ id }) => id));
  }

  /** @returns these orders, which exist, in this sequence */
  async inSequence(ids: number[]): Promise<OrderDetails[]> {
    const orders = new Map((await this.withIds(ids)).map((order) => [order.id, order]));
    return ids.map((id) => orders.get(id)!);
  }

  /**
   * Searches the newest orders that match the filters of a list for those with an SKU, an amount or a payment.
   *
   * @returns ids, newest first
   */
  async search(filter: OrderSearch): Promise<FoundOrders> {
    const { sql, parameters } = searchQuery(filter);
    const [result] = await this.manager.query<[FoundOrders]>(sql, parameters);
    return result;
  }

  /**
   * Counts the orders since a time by status. Of each part of the orders, it reads the newest ones from its index.
   *
   * @param maxOfPart maximum number of orders that are read of each part
   */
  async countSince(since: Date, maxOfPart: number): Promise<OrderCounts> {
    const parts = ORDER_PARTS.map(
      ({ condition }, part) => `(SELECT ${part} AS part, status FROM orders WHERE ${condition}
         AND (${CREATION}, id) >= ($1::timestamptz AT TIME ZONE 'UTC', 0)
         ORDER BY ${CREATION} DESC, id DESC LIMIT ${maxOfPart})`,
    );
    const rows = await this.manager.query<{ part: number; status: OrderStatus; count: number }[]>(
      `SELECT part, status, count(*)::int AS count FROM (${parts.join(' UNION ALL ')}) AS orders GROUP BY part, status`,
      [since],
    );
    const countOf = (matches: (row: (typeof rows)[number]) => boolean) =>
      rows.filter(matches).reduce((sum, { count }) => sum + count, 0);
    return {
      counts: ORDER_STATUSES.map((status) => ({
        status,
        count: countOf((row) => row.status === status),
      })),
      isComplete: ORDER_PARTS.every((_, part) => countOf((row) => row.part === part) < maxOfPart),
    };
  }

  /** @returns those of the orders that exist, highest id first */
  async withIds(ids: number[]): Promise<OrderDetails[]> {
    const orders = await this.manager.query<StoredDetails[]>(
      `SELECT id, version, customer_name, customer_email, locale, status, currency, total, rejection, cancellation,
              cancellation_reason, reference, metadata, created_at, updated_at, steps, times, lines,
              -- For other orders, these tables are not read.
              CASE WHEN status = ANY($2) THEN (
                SELECT json_agg(json_build_object('id', id, 'carrier', carrier, 'tracking_number', tracking_number,
                  'created_at', created_at, 'lines', (
                    SELECT json_agg(json_build_object('product_id', product_id, 'quantity', quantity) ORDER BY product_id)
                    FROM shipment_lines WHERE shipment_id = shipments.id)) ORDER BY id)
                FROM shipments WHERE order_id = orders.id) END AS shipments,
              CASE WHEN status = ANY($2) THEN (
                SELECT json_agg(json_build_object('id', id, 'reason', reason, 'restocked', restocked, 'amount', amount,
                  'created_at', created_at, 'lines', (
                    SELECT json_agg(json_build_object('product_id', product_id, 'quantity', quantity) ORDER BY product_id)
                    FROM return_lines WHERE return_id = returns.id)) ORDER BY id)
                FROM returns WHERE order_id = orders.id) END AS returns
       FROM orders, LATERAL (
         SELECT coalesce(json_agg(json_build_object('product_id', product_id, 'sku', sku, 'name', name,
                  'quantity', quantity, 'shipped', shipped, 'returned', returned,
                  'unit_price', unit_price) ORDER BY position), '[]') AS lines
         FROM order_lines WHERE order_id = orders.id
       ) AS line, LATERAL (
         SELECT coalesce(array_agg(step ORDER BY id), '{}') AS steps, coalesce(array_agg(at ORDER BY id), '{}') AS times
         FROM order_timeline WHERE order_id = orders.id
       ) AS entry
       WHERE id = ANY($1) ORDER BY id DESC`,
      [ids, STATUSES_SINCE_SHIPMENT],
    );
    return orders.map(({ steps, times, shipments, returns, ...order }) => ({
      ...order,
      shipments: withDates(shipments ?? []),
      returns: withDates(returns ?? []),
      timeline: steps.map((step, index) => ({ step, at: times[index]! })),
    }));
  }

  /** @returns items by order id, sorted by product id; none for an unknown id */
  async itemsOf(ids: number[]): Promise<Map<number, OrderItem[]>> {
    const lines = await this.manager.query<(OrderItem & { order_id: number })[]>(
      'SELECT order_id, product_id, quantity FROM order_lines WHERE order_id = ANY($1) ORDER BY order_id, product_id',
      [ids],
    );
    const itemsOf = new Map<number, OrderItem[]>(ids.map((id) => [id, []]));
    for (const { order_id, ...item } of lines) itemsOf.get(order_id)!.push(item);
    return itemsOf;
  }

  /** Who placed the orders, by order id; unknown ids are omitted. */
  async placedBy(ids: number[]): Promise<Map<number, PlacedBy>> {
    const orders = await this.manager.query<(PlacedBy & { id: number })[]>(
      'SELECT id, placed_by, placed_from FROM orders WHERE id = ANY($1)',
      [ids],
    );
    return new Map(orders.map(({ id, ...placedBy }) => [id, placedBy]));
  }

  /** Recipients by order id; unknown ids are omitted. */
  async recipients(ids: number[]): Promise<Map<number, OrderRecipient>> {
    const orders = await this.manager.query<OrderRecipient[]>(
      `SELECT id, status, customer_email, locale,
              rejection @> '[{"reason": "payment_declined"}]' AS is_declined
       FROM orders WHERE id = ANY($1)`,
      [ids],
    );
    return new Map(orders.map((order) => [order.id, order]));
  }
}
