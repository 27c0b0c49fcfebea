import type { EntityManager } from 'typeorm';
import { MAX_SHIPMENTS } from '../limits.js';
import type { OrderItem } from '../order/locked-order.js';
import { TooManyShipments } from './fulfilment.errors.js';
import type { LineProgress } from './fulfilment.js';

/** Units of an order that left the warehouse together. */
export interface Shipment {
  id: number;
  carrier: string | null;
  /** Null if there is none; an erasure removes it. */
  tracking_number: string | null;
  created_at: Date;
  /** Sorted by product id. */
  lines: OrderItem[];
}

export interface NewShipment {
  order_id: number;
  items: OrderItem[];
  carrier?: string;
  tracking_number?: string;
  /** Whether nothing is left to ship. */
  isLast: boolean;
}

/** The last shipment of an order that can be completed. `created_at` is a timestamp as PostgreSQL prints it. */
export interface CompletableShipment {
  id: number;
  order_id: number;
  created_at: string;
}

/** Writes `shipments` and `shipment_lines`, and the shipped units of `order_lines`. The caller has locked the order. */
export class ShipmentRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The lines of an order, in the sequence of the order. */
  progressOf(orderId: number): Promise<(LineProgress & { unit_price: number })[]> {
    return this.manager.query(
      'SELECT product_id, quantity, shipped, returned, unit_price FROM order_lines WHERE order_id = $1 ORDER BY position',
      [orderId],
    );
  }

  /** A CHECK constraint refuses to ship more than was ordered. @returns id of the shipment @throws TooManyShipments */
  async create({ order_id, items, carrier, tracking_number, isLast }: NewShipment): Promise<number> {
    const [created] = await this.manager.query<{ shipment_id: number }[]>(
      `WITH shipment AS (
         INSERT INTO shipments (order_id, carrier, tracking_number, awaits_completion)
         SELECT $1::bigint, $2::text, $3::text, $4::boolean WHERE (SELECT count(*) FROM shipments WHERE order_id = $1) < ${MAX_SHIPMENTS}
         RETURNING id
       ), item AS (
         SELECT shipment.id AS shipment_id, product_id, quantity
         FROM shipment, unnest($5::bigint[], $6::integer[]) AS item (product_id, quantity)
       ), shipped AS (
         UPDATE order_lines SET shipped = shipped + item.quantity FROM item
         WHERE order_id = $1 AND order_lines.product_id = item.product_id
       )
       INSERT INTO shipment_lines (shipment_id, order_id, product_id, quantity)
       SELECT shipment_id, $1, product_id, quantity FROM item
       RETURNING shipment_id`,
      [
        order_id,
        carrier ?? null,
        tracking_number ?? null,
        isLast,
        items.map(({ product_id }) => product_id),
        items.map(({ quantity }) => quantity),
      ],
    );
    if (!created) throw new TooManyShipments(order_id);
    return created.shipment_id;
  }

  /**
   * Reads last shipments that are older than `seconds`, after a position of the index, so that a search does not read the
   * entries again of those that an earlier one has found.
   *
   * @param after where the last search ended; undefined: search from the oldest one
   */
  findCompletable(
    seconds: number,
    limit: number,
    after?: CompletableShipment,
  ): Promise<CompletableShipment[]> {
    return this.manager.query<CompletableShipment[]>(
      `SELECT id, order_id, created_at::text FROM shipments
       WHERE awaits_completion AND (created_at, id) > ($3::timestamptz, $4::bigint)
         AND created_at < clock_timestamp() - make_interval(secs => $1)
       ORDER BY shipments.created_at, id LIMIT $2`,
      [seconds, limit, after?.created_at ?? '-infinity', after?.id ?? 0],
    );
  }

  /** Records that the orders are completed or returned: they are not to be completed any more. */
  async endCompletion(orderIds: number[]) {
    await this.manager.query(
      'UPDATE shipments SET awaits_completion = false WHERE order_id = ANY($1) AND awaits_completion',
      [orderIds],
    );
  }

  /** @returns the items of the shipments by shipment id, sorted by product id */
  async itemsOf(ids: number[]): Promise<Map<number, OrderItem[]>> {
    const lines = await this.manager.query<(OrderItem & { shipment_id: number })[]>(
      `SELECT shipment_id, product_id, quantity FROM shipment_lines WHERE shipment_id = ANY($1)
       ORDER BY shipment_id, product_id`,
      [ids],
    );
    const itemsOf = new Map<number, OrderItem[]>(ids.map((id) => [id, []]));
    for (const { shipment_id, ...item } of lines) itemsOf.get(shipment_id)!.push(item);
    return itemsOf;
  }
}
