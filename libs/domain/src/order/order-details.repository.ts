import type { EntityManager } from 'typeorm';
import type { OrderItem } from './locked-order.js';
import type { Order, OrderLine, TimelineEntry } from './order.entity.js';
import { OrderNotFound } from './order.errors.js';
import type { Return } from '../fulfilment/return.repository.js';
import type { Shipment } from '../fulfilment/shipment.repository.js';
import { CREATION, ORDER_PARTS, partsWith } from './order-parts.js';
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

export interface OrderFilter {
  status?: OrderStatus;
  email?: string;
  reference?: string;
  created_from?: Date;
  created_to?: Date;
  /** Only orders that were created before the order with this id, or at the same time and with a lower id. */
  before?: number;
  limit: number;
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

/** Condition of the index for the orders of one reference. */
const WITH_REFERENCE = 'reference IS NOT NULL';

/** Page sizes of the API, with the row that shows whether there is a next page: the default one and the maximum. */
const PAGE_SIZES = [21, 101];

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
    const orders = new Map((await this.withIds(rows.map(({ id }) => id))).map((order) => [order.id, order]));
    return rows.map(({ id }) => orders.get(id)!);
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

/**
 * Builds the query for this combination of filters: the newest `limit` orders of each part, merged.
 *
 * Each part is read from the one index that has the sequence of the list, from position to position, so a plan that does
 * not know the values (a generic plan) is the same. Its expressions are those of that index only. A list of one customer
 * is sorted by address, too, and has no equality condition. With one, the planner could choose the index of all customers
 * and filter by address. A list of one reference is a part of its own, and its other conditions filter the few orders
 * that have the reference.
 */
function listQuery({ status, email, reference, created_from, created_to, before, limit }: OrderFilter) {
  const parameters: unknown[] = [];
  const parameter = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
  const isGrouped = reference !== undefined || email !== undefined;
  const [groupColumn, group] =
    reference !== undefined
      ? [['reference COLLATE "C"'], [parameter(reference, 'text')]]
      : email !== undefined
        ? [['lower(customer_email) COLLATE "C"'], [`lower(${parameter(email, 'text')})`]]
        : [[], []];
  const columns = [...groupColumn, CREATION, 'id'];
  const position = (at: string, id: string) => `(${[...group, `${at} AT TIME ZONE 'UTC'`, id].join(', ')})`;

  const ends = [
    ...(created_to ? [`(${parameter(created_to, 'timestamptz')}, 0::bigint)`] : []),
    ...(before === undefined ? [] : [positionOf(parameter(before, 'bigint'))]),
    ...(isGrouped ? [`('infinity'::timestamptz, 0::bigint)`] : []),
  ];
  const conditions: string[] = [];
  if (ends.length > 0)
    conditions.push(
      `(${columns.join(', ')}) < ${position('(SELECT at FROM first)', '(SELECT id FROM first)')}`,
    );
  if (created_from || isGrouped)
    conditions.push(
      `(${columns.join(', ')}) >= ${position(parameter(created_from ?? '-infinity', 'timestamptz'), '0')}`,
    );
  if (status) conditions.push(`status = ${parameter(status, 'text')}`);
  if (reference !== undefined && email !== undefined)
    // `|| ''`: no index of customers can answer it. One customer may have far more orders than the reference.
    conditions.push(`lower(customer_email) || '' = lower(${parameter(email, 'text')})`);

  // As a literal, so that the planner knows that few rows are read. Two of them, because each text is prepared.
  const max = PAGE_SIZES.find((size) => size >= limit) ?? limit;
  const parts =
    reference === undefined ? partsWith(status).map(({ condition }) => condition) : [WITH_REFERENCE];
  const pages = parts.map(
    (part) => `(SELECT id, created_at FROM orders WHERE ${[part, ...conditions].join(' AND ')}
       ORDER BY ${columns.map((column) => `${column} DESC`).join(', ')} LIMIT ${max})`,
  );
  const first = `WITH first AS MATERIALIZED (
    SELECT at, id FROM (VALUES ${ends.join(', ')}) AS position (at, id) ORDER BY at, id LIMIT 1)`;
  const sql = `${ends.length > 0 ? first : ''} SELECT id FROM (${pages.join(' UNION ALL ')}) AS page
    ORDER BY created_at DESC, id DESC LIMIT ${parameter(limit, 'integer')}`;
  return { sql, parameters };
}

/** Position of an order in the sequence of creation. An unknown id has the position of the next lower one. */
const positionOf = (id: string) =>
  `(coalesce((SELECT created_at FROM orders WHERE id <= ${id} ORDER BY id DESC LIMIT 1), '-infinity'), ${id})`;
