import type { SqlClient } from '@estoque/database';
import type { OrderStatus } from '../order/order-state-machine.js';

/** What a message can change, as far as this process may read it. */
export interface ObservedState {
  order?: OrderStatus;
  stock: { product_id: number; on_hand: number; reserved: number }[];
  mails: { id: number; kind: string; recipient: string }[];
  payment?: { status: string; refund_requests: number };
}

/** Reads one part of the state. A process that may not read a table does not change it either. */
const QUERIES = {
  orders: 'SELECT status FROM orders WHERE id = $1',
  stock: `SELECT product_id, on_hand, reserved FROM stock
          WHERE product_id IN (SELECT product_id FROM order_lines WHERE order_id = $1) ORDER BY product_id`,
  notifications: `SELECT id, kind, recipient FROM notifications WHERE order_id = $1
                  UNION ALL SELECT id, kind, recipient FROM notifications
                  WHERE order_id IS NULL AND movement_id = ANY($2)
                  ORDER BY id`,
  refunds: `SELECT payments.status, count(refunds.id)::int AS refund_requests
            FROM payments LEFT JOIN refunds ON payment_id = payments.id
            WHERE order_id = $1 GROUP BY payments.id`,
} as const;

/** @param subject of the message: the order, and the movements of a change of the stock */
export async function observe(
  sql: SqlClient,
  subject: { orderId?: number; movementIds: number[] },
): Promise<ObservedState> {
  const readable = new Set(
    (
      await sql.query<{ name: string }>(
        `SELECT name FROM unnest($1::text[]) AS name WHERE has_table_privilege(name, 'SELECT')`,
        [Object.keys(QUERIES)],
      )
    ).map(({ name }) => name),
  );
  const { orderId = null, movementIds } = subject;
  const read = <Row>(table: keyof typeof QUERIES): Promise<Row[]> => {
    if (!readable.has(table)) return Promise.resolve([]);
    return sql.query<Row>(QUERIES[table], table === 'notifications' ? [orderId, movementIds] : [orderId]);
  };
  const [order] = await read<{ status: OrderStatus }>('orders');
  const [payment] = await read<NonNullable<ObservedState['payment']>>('refunds');
  return { order: order?.status, stock: await read('stock'), mails: await read('notifications'), payment };
}
