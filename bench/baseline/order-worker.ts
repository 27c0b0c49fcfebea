import { connectBroker, connectOutbox, consume, createEvent, storeEvents } from './broker.js';
import { connectDatabase, inTransaction, query } from './database.js';

interface OrderCreated {
  order_id: number;
  items: { product_id: number; quantity: number }[];
}

const LOCK_ORDERS = {
  name: 'lock-orders',
  text: `SELECT id::float8 AS id FROM orders WHERE id = ANY($1::bigint[]) AND status = 'pending' ORDER BY id FOR NO KEY UPDATE`,
};
const LOCK_STOCK = {
  name: 'lock-stock',
  text: `SELECT product_id::float8 AS product_id, on_hand - reserved AS available
    FROM stock WHERE product_id = ANY($1::bigint[]) ORDER BY product_id FOR NO KEY UPDATE`,
};
const RESERVE = {
  name: 'reserve',
  text: `WITH item AS (
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS item (order_id, product_id, quantity)
    ), updated_stock AS (
      UPDATE stock SET reserved = reserved + wanted.quantity
      FROM (SELECT product_id, sum(quantity)::integer AS quantity FROM item GROUP BY product_id) AS wanted
      WHERE stock.product_id = wanted.product_id
    ), inserted AS (
      INSERT INTO reservations (order_id, product_id, quantity) SELECT order_id, product_id, quantity FROM item
    ), transitioned AS (
      UPDATE orders SET status = decided.status, rejection = decided.rejection, updated_at = clock_timestamp()
      FROM unnest($4::bigint[], $5::text[], $6::jsonb[]) AS decided (id, status, rejection) WHERE orders.id = decided.id
    )
    INSERT INTO order_timeline (order_id, step) SELECT * FROM unnest($4::bigint[], $5::text[])`,
};

const client = await connectDatabase();
const channel = await connectBroker();
const publish = await connectOutbox(channel);

await consume<OrderCreated>(channel, 'order_queue', async (events) => {
  const orders = new Map(events.map(({ body }) => [body.order_id, body.items]));
  const products = new Set(events.flatMap(({ body }) => body.items.map(({ product_id }) => product_id)));
  const stored = await inTransaction(client, async () => {
    const pending = await query<{ id: number }>(client, LOCK_ORDERS, [[...orders.keys()]]);
    const stock = await query<{ product_id: number; available: number }>(client, LOCK_STOCK, [[...products]]);
    const available = new Map(stock.map((row) => [row.product_id, row.available]));
    // In the order of their ids, each order gets stock for all of its lines, or for none.
    const decided = pending.map(({ id }) => {
      const items = orders.get(id)!;
      const reasons = items
        .filter(({ product_id, quantity }) => quantity > (available.get(product_id) ?? 0))
        .map(({ product_id, quantity }) => ({
          product_id,
          reason: 'out_of_stock',
          requested: quantity,
          available: available.get(product_id) ?? 0,
        }));
      if (reasons.length === 0)
        for (const { product_id, quantity } of items)
          available.set(product_id, available.get(product_id)! - quantity);
      return { id, items, reasons };
    });
    const reserved = decided.filter(({ reasons }) => reasons.length === 0);
    const lines = reserved.flatMap(({ id, items }) => items.map((item) => ({ ...item, id })));
    await query(client, RESERVE, [
      lines.map(({ id }) => id),
      lines.map(({ product_id }) => product_id),
      lines.map(({ quantity }) => quantity),
      decided.map(({ id }) => id),
      decided.map(({ reasons }) => (reasons.length === 0 ? 'reserved' : 'rejected')),
      decided.map(({ reasons }) => (reasons.length === 0 ? null : JSON.stringify(reasons))),
    ]);
    const outgoing = decided.map(({ id: order_id, items, reasons }) =>
      reasons.length === 0
        ? createEvent('stock.reserve', { order_id, items })
        : createEvent('order.rejected', { order_id, items, reasons }),
    );
    return storeEvents(client, outgoing);
  });
  publish(stored);
});
console.log('order-worker is ready');
