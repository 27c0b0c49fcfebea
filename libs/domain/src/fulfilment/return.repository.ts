import type { EntityManager } from 'typeorm';
import { MAX_RETURNS } from '../limits.js';
import type { OrderItem } from '../order/locked-order.js';
import { TooManyReturns } from './fulfilment.errors.js';

/** Shipped units of an order that came back together. */
export interface Return {
  id: number;
  /** Null after an erasure. */
  reason: string | null;
  /** Whether the units are on hand again. */
  restocked: boolean;
  /** What the customer paid for the units, in the currency's minor unit. */
  amount: number;
  created_at: Date;
  /** Sorted by product id. */
  lines: OrderItem[];
}

export interface NewReturn extends Pick<Return, 'restocked' | 'amount'> {
  order_id: number;
  items: OrderItem[];
  reason: string;
}

/** What an event says about a return. */
export type ReturnedItems = Pick<Return, 'restocked'> & { items: OrderItem[] };

/** Writes `returns` and `return_lines`, and the returned units of `order_lines`. The caller has locked the order. */
export class ReturnRepository {
  constructor(private readonly manager: EntityManager) {}

  /** A CHECK constraint refuses to return more than was shipped. @returns id of the return @throws TooManyReturns */
  async create({ order_id, items, reason, restocked, amount }: NewReturn): Promise<number> {
    const [created] = await this.manager.query<{ return_id: number }[]>(
      `WITH created AS (
         INSERT INTO returns (order_id, reason, restocked, amount)
         SELECT $1::bigint, $2::text, $3::boolean, $4::bigint
         WHERE (SELECT count(*) FROM returns WHERE order_id = $1) < ${MAX_RETURNS}
         RETURNING id
       ), item AS (
         SELECT created.id AS return_id, product_id, quantity
         FROM created, unnest($5::bigint[], $6::integer[]) AS item (product_id, quantity)
       ), returned AS (
         UPDATE order_lines SET returned = returned + item.quantity FROM item
         WHERE order_id = $1 AND order_lines.product_id = item.product_id
       )
       INSERT INTO return_lines (return_id, order_id, product_id, quantity)
       SELECT return_id, $1, product_id, quantity FROM item
       RETURNING return_id`,
      [
        order_id,
        reason,
        restocked,
        amount,
        items.map(({ product_id }) => product_id),
        items.map(({ quantity }) => quantity),
      ],
    );
    if (!created) throw new TooManyReturns(order_id);
    return created.return_id;
  }

  /** @returns the items of the returns by return id, sorted by product id; unknown ids are omitted */
  async itemsOf(ids: number[]): Promise<Map<number, ReturnedItems>> {
    const lines = await this.manager.query<(OrderItem & { return_id: number; restocked: boolean })[]>(
      `SELECT return_id, restocked, product_id, quantity FROM return_lines JOIN returns ON returns.id = return_id
       WHERE return_id = ANY($1) ORDER BY return_id, product_id`,
      [ids],
    );
    const itemsOf = new Map<number, ReturnedItems>();
    for (const { return_id, restocked, ...item } of lines) {
      const found = itemsOf.get(return_id);
      if (found) found.items.push(item);
      else itemsOf.set(return_id, { restocked, items: [item] });
    }
    return itemsOf;
  }
}
