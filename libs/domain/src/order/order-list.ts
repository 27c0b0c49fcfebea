import type { PaymentStatus } from '../payment/payment.entity.js';
import { CREATION, partsWith } from './order-parts.js';
import type { OrderStatus } from './order-state-machine.js';

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

/** Whether an order is paid online, or the status of its payment. */
export type PaymentFilter = 'none' | 'any' | PaymentStatus;

/** Filters of a list, and conditions that no index has. */
export interface OrderSearch extends OrderFilter {
  /** SKU of a line, at the time of ordering. */
  sku?: string;
  currency?: string;
  /** In minor units of the order's currency. Both limits are included. */
  amount_from?: number;
  amount_to?: number;
  payment?: PaymentFilter;
}

/** Condition of the index for the orders of one reference. */
const WITH_REFERENCE = 'reference IS NOT NULL';

/** Page sizes of the API, with the row that shows whether there is a next page: the default one and the maximum. */
const PAGE_SIZES = [21, 101];

/** Maximum number of orders that one search looks at. Of each part of the orders, it reads at most as many. */
export const MAX_SEARCHED_ORDERS = 5_000;

/** Builds the query for a list: the ids of the newest `limit` orders that match the filter. */
export function listQuery(filter: OrderFilter) {
  const { limit } = filter;
  // As a literal, so that the planner knows that few rows are read. Two of them, because each text is prepared.
  const max = PAGE_SIZES.find((size) => size >= limit) ?? limit;
  const { first, pages, parameters } = newestOfParts(filter, 'id, created_at', max);
  const sql = `${first === undefined ? '' : `WITH ${first}`} SELECT id FROM (${pages}) AS page
    ORDER BY created_at DESC, id DESC LIMIT $${parameters.push(limit)}::integer`;
  return { sql, parameters };
}

/**
 * Builds the query for a search: it reads the newest MAX_SEARCHED_ORDERS that match the filters of a list, and returns the
 * ids of those that match the other conditions. `last` is the id of the last order that was read, if there can be others.
 */
export function searchQuery({ sku, currency, amount_from, amount_to, payment, ...filter }: OrderSearch) {
  const selected = `id, ${CREATION} AS at, currency, total, payment_method`;
  const { first, pages, parameters } = newestOfParts(filter, selected, MAX_SEARCHED_ORDERS);
  const compared = (value: unknown, type: string, condition: (parameter: string) => string) =>
    value === undefined ? [] : [condition(`$${parameters.push(value)}::${type}`)];
  const conditions = [
    ...compared(currency, 'text', (value) => `currency = ${value}`),
    ...compared(amount_from, 'bigint', (value) => `total >= ${value}`),
    ...compared(amount_to, 'bigint', (value) => `total <= ${value}`),
    ...(payment === 'none' ? ['payment_method IS NULL'] : []),
    ...(payment === 'any' ? ['payment_method IS NOT NULL'] : []),
    // Subqueries with one row, because a join could read all lines or payments.
    ...compared(
      payment === 'none' || payment === 'any' ? undefined : payment,
      'text',
      (value) => `(SELECT status FROM payments WHERE order_id = searched.id) = ${value}`,
    ),
    ...compared(
      sku,
      'text',
      (value) => `(SELECT true FROM order_lines WHERE order_id = searched.id AND sku = ${value} LIMIT 1)`,
    ),
  ];
  const sql = `WITH ${first === undefined ? '' : `${first},`} searched AS MATERIALIZED (
      SELECT * FROM (${pages}) AS page ORDER BY at DESC, id DESC LIMIT ${MAX_SEARCHED_ORDERS}
    ), found AS (
      SELECT id, at FROM searched WHERE ${conditions.join(' AND ')}
      ORDER BY at DESC, id DESC LIMIT $${parameters.push(filter.limit)}::integer
    )
    SELECT ARRAY(SELECT id FROM found ORDER BY at DESC, id DESC) AS found,
           (SELECT id FROM searched ORDER BY at DESC, id DESC OFFSET ${MAX_SEARCHED_ORDERS - 1} LIMIT 1) AS last`;
  return { sql, parameters };
}

/**
 * Builds the parts of a query that reads the newest `max` orders of each part of the orders.
 *
 * Each part is read from the one index that has the sequence of the list, from position to position, so a plan that does
 * not know the values (a generic plan) is the same. Its expressions are those of that index only. A list of one customer
 * is sorted by address, too, and has no equality condition. With one, the planner could choose the index of all customers
 * and filter by address. A list of one reference is a part of its own, and its other conditions filter the few orders
 * that have the reference.
 *
 * @param selected columns of `pages`
 * @returns `first`: a part of a WITH clause, with the position at which the list begins
 */
function newestOfParts(
  { status, email, reference, created_from, created_to, before }: OrderFilter,
  selected: string,
  max: number,
) {
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

  const parts =
    reference === undefined ? partsWith(status).map(({ condition }) => condition) : [WITH_REFERENCE];
  const pages = parts.map(
    (part) => `(SELECT ${selected} FROM orders WHERE ${[part, ...conditions].join(' AND ')}
       ORDER BY ${columns.map((column) => `${column} DESC`).join(', ')} LIMIT ${max})`,
  );
  const first =
    ends.length === 0
      ? undefined
      : `first AS MATERIALIZED (
    SELECT at, id FROM (VALUES ${ends.join(', ')}) AS position (at, id) ORDER BY at, id LIMIT 1)`;
  return { first, pages: pages.join(' UNION ALL '), parameters };
}

/** Position of an order in the sequence of creation. An unknown id has the position of the next lower one. */
const positionOf = (id: string) =>
  `(coalesce((SELECT created_at FROM orders WHERE id <= ${id} ORDER BY id DESC LIMIT 1), '-infinity'), ${id})`;
