import type { EntityManager } from 'typeorm';
import { catalogue } from '../events/catalogue.js';
import type { PendingConfirmation } from '../events/confirmations.js';
import { quoted } from './order-parts.js';
import {
  EVENT_OF_STATUS,
  ORDER_STATUSES_IN_PROGRESS,
  STATUSES_WITH_STOCK_RESERVED,
  type OrderStatus,
  type OrderStatusInProgress,
} from './order-state-machine.js';
import type { Cancellation, LineRejection } from './order.entity.js';

/** An order that is not closed: it is in progress (docs/domain.md), or consumers still have to confirm its events. */
export interface OpenOrder {
  id: number;
  status: OrderStatus;
  /** How often the watchdog has republished its events; a claim counts as one. */
  republish_count: number;
  /** When the status last changed. */
  updated_at: Date;
  rejection: LineRejection[] | null;
  cancellation: Cancellation | null;
  /** Consumers that have not confirmed an event of this order. */
  unconfirmed: PendingConfirmation[];
}

/** Time limits in seconds. */
export interface OrderTimeLimits {
  /** For orders in progress without reserved stock. */
  pending: number;
  /** For orders in progress with reserved stock. */
  reserved: number;
  /** For the confirmations of the other orders. */
  unconfirmed: number;
}

/** Some of the open orders, in the sequence of their ids. */
export interface ExaminedOrders {
  /** Ids of the orders that exceed their time limit, ascending. */
  overdue: number[];
  count: number;
  /** Lowest and highest id; null if there are no orders. */
  first: number | null;
  last: number | null;
  /** Number of orders in progress, by status. */
  in_progress: Record<OrderStatusInProgress, number>;
}

const COUNT_IN_PROGRESS = ORDER_STATUSES_IN_PROGRESS.map(
  (status) => `'${status}', count(*) FILTER (WHERE status = '${status}')`,
).join(', ');

/** The parameters $1, $2 and $3 are the time limits in seconds. */
const IS_OVERDUE = `coalesce(republished_at, updated_at) < clock_timestamp() - make_interval(secs =>
  (CASE WHEN status IN (${quoted(STATUSES_WITH_STOCK_RESERVED)}) THEN $2
        WHEN status IN (${quoted(ORDER_STATUSES_IN_PROGRESS)}) THEN $1 ELSE $3 END)::float8 * 2 ^ least(republish_count, 8))`;

/**
 * An order that has not progressed after this many republications needs an operator. The number is written as a literal:
 * it is the condition of an index.
 */
const IS_STUCK = 'closed_at IS NULL AND republish_count >= 3';

const MAX_EXAMINED = 1_000;

/** For each status in progress, the queues of the event that requests the next step. */
const QUEUE_OF_STATUS = ORDER_STATUSES_IN_PROGRESS.flatMap((status) =>
  catalogue[EVENT_OF_STATUS[status]].consumedBy.map((queue) => `('${status}', '${queue}')`),
).join(', ');

const OPEN_ORDER_COLUMNS = 'id, status, republish_count, updated_at, rejection, cancellation, unconfirmed';

/** Reads open orders; writes only `republish_count` and `republished_at`. */
export class OpenOrderRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Reads open orders with ids above `after`, lowest first, and finds those that exceed their time limit. The limit
   * doubles with every republication.
   *
   * @param max maximum number of orders that are read
   */
  async examine(limits: OrderTimeLimits, { after, max }: { after: number; max: number }) {
    const [examined] = await this.manager.query<[ExaminedOrders]>(
      `WITH examined AS MATERIALIZED (
         SELECT id, status, ${IS_OVERDUE} AS overdue FROM orders
         WHERE closed_at IS NULL AND id > $4 ORDER BY id LIMIT $5
       )
       SELECT array(SELECT id FROM examined WHERE overdue ORDER BY id) AS overdue,
              count(*)::integer AS count, min(id) AS first, max(id) AS last,
              json_build_object(${COUNT_IN_PROGRESS}) AS in_progress
       FROM examined`,
      [...secondsOf(limits), after, max],
    );
    return examined;
  }

  /**
   * Claims those of the orders that still exceed their time limit, and increments the republish count of each. Orders
   * that another transaction has locked are omitted, so concurrent watchdogs claim different ones.
   */
  async claimOverdue(limits: OrderTimeLimits, ids: number[]): Promise<OpenOrder[]> {
    const [claimed] = await this.manager.query<[OpenOrder[], number]>(
      `UPDATE orders SET republish_count = least(republish_count + 1, 1000), republished_at = clock_timestamp()
       WHERE id = ANY(ARRAY(
         SELECT id FROM orders WHERE id = ANY($4) AND closed_at IS NULL AND ${IS_OVERDUE}
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED))
       RETURNING ${OPEN_ORDER_COLUMNS}`,
      [...secondsOf(limits), ids],
    );
    return claimed;
  }

  /**
   * The ages of the oldest events that their consumers have not handled, by queue. It examines the 1,000 open orders with the
   * lowest ids. An order with an open dead letter is left out, because its message is in no queue.
   */
  async oldestUnhandled(): Promise<Map<string, number>> {
    const rows = await this.manager.query<{ queue: string; seconds: number }[]>(
      `SELECT queue, extract(epoch FROM clock_timestamp() - min(updated_at))::float8 AS seconds
       FROM (
         SELECT id, status, unconfirmed, updated_at FROM orders WHERE closed_at IS NULL ORDER BY id LIMIT ${MAX_EXAMINED}
       ) AS open CROSS JOIN LATERAL (
         SELECT queue FROM (VALUES ${QUEUE_OF_STATUS}) AS next (status, queue) WHERE next.status = open.status
         UNION ALL SELECT split_part(confirmation, ':', 2) FROM unnest(unconfirmed) AS confirmation
       ) AS unhandled
       WHERE NOT EXISTS (
         SELECT FROM dead_letters WHERE subject = '{"order_id":' || open.id || '}' AND state = 'open'
       ) AND NOT (status = 'awaiting_payment' AND EXISTS (
         SELECT FROM payments JOIN payment_attempts ON payment_id = payments.id WHERE order_id = open.id
       ))
       GROUP BY queue`,
    );
    return new Map(rows.map(({ queue, seconds }) => [queue, seconds]));
  }

  /** Orders that have not progressed although their events were republished three times or more, oldest order first. */
  stuck(maxOrders: number): Promise<OpenOrder[]> {
    return this.manager.query<OpenOrder[]>(
      `SELECT ${OPEN_ORDER_COLUMNS} FROM orders WHERE ${IS_STUCK} ORDER BY id LIMIT $1`,
      [maxOrders],
    );
  }

  /** Number of stuck orders, counted up to `max`. */
  async countStuck(max: number): Promise<number> {
    const [row] = await this.manager.query<[{ count: number }]>(
      `SELECT count(*)::integer AS count FROM (SELECT 1 FROM orders WHERE ${IS_STUCK} ORDER BY id LIMIT $1) AS stuck`,
      [max],
    );
    return row.count;
  }
}

const secondsOf = ({ pending, reserved, unconfirmed }: OrderTimeLimits) => [pending, reserved, unconfirmed];
