import { connectBroker, connectOutbox, consume, createEvent, storeEvents } from './broker.js';
import { connectDatabase, inTransaction, query } from './database.js';

interface StockReserve {
  order_id: number;
  items: { product_id: number; quantity: number }[];
}
interface StockChange {
  order_id: number;
  product_id: number;
  movement_id: number;
  quantity: number;
  on_hand: number;
  reserved: number;
}

const LOCK_ORDERS = {
  name: 'lock-orders',
  text: `SELECT id::float8 AS id FROM orders WHERE id = ANY($1::bigint[]) AND status = 'reserved' ORDER BY id FOR NO KEY UPDATE`,
};
const LOCK_STOCK = {
  name: 'lock-stock',
  text: `SELECT 1 FROM stock WHERE product_id = ANY($1::bigint[]) ORDER BY product_id FOR NO KEY UPDATE`,
};
const DEDUCT = {
  name: 'deduct',
  text: `WITH sale AS (
      UPDATE reservations SET status = 'committed' WHERE order_id = ANY($1::bigint[]) AND status = 'active'
      RETURNING order_id, product_id, quantity
    ), deducted AS (
      UPDATE stock SET on_hand = on_hand - sold.quantity, reserved = reserved - sold.quantity
      FROM (SELECT product_id, sum(quantity)::integer AS quantity FROM sale GROUP BY product_id) AS sold
      WHERE stock.product_id = sold.product_id AND stock.product_id = ANY($2::bigint[])
      RETURNING stock.product_id, on_hand + sold.quantity AS on_hand, reserved + sold.quantity AS reserved
    ), change AS (
      SELECT order_id, product_id, quantity, (on_hand - sum(quantity) OVER earlier)::integer AS on_hand,
             (reserved - sum(quantity) OVER earlier)::integer AS reserved
      FROM sale JOIN deducted USING (product_id) WINDOW earlier AS (PARTITION BY product_id ORDER BY order_id)
    ), written AS (
      INSERT INTO movements (product_id, order_id, kind, quantity, balance_after, reason)
      SELECT product_id, order_id, 'sale', -quantity, on_hand, 'order ' || order_id FROM change ORDER BY order_id, product_id
      RETURNING id, order_id, product_id
    ), transitioned AS (
      UPDATE orders SET status = 'processed', updated_at = clock_timestamp() WHERE id = ANY($1::bigint[])
    ), step AS (
      INSERT INTO order_timeline (order_id, step) SELECT id, 'processed' FROM unnest($1::bigint[]) AS id
    )
    SELECT order_id::float8 AS order_id, product_id::float8 AS product_id, written.id::float8 AS movement_id,
           -quantity AS quantity, on_hand, reserved
    FROM change JOIN written USING (order_id, product_id)`,
};

const client = await connectDatabase();
const channel = await connectBroker();
const publish = await connectOutbox(channel);

await consume<StockReserve>(channel, 'stock_queue', async (events) => {
  const orders = new Map(events.map(({ body }) => [body.order_id, body.items]));
  const products = new Set(events.flatMap(({ body }) => body.items.map(({ product_id }) => product_id)));
  const stored = await inTransaction(client, async () => {
    const reserved = await query<{ id: number }>(client, LOCK_ORDERS, [[...orders.keys()]]);
    await query(client, LOCK_STOCK, [[...products]]);
    const ids = reserved.map(({ id }) => id);
    const changesByOrder = new Map<number, object[]>(ids.map((id) => [id, []]));
    for (const { order_id, ...change } of await query<StockChange>(client, DEDUCT, [ids, [...products]]))
      changesByOrder.get(order_id)!.push({ ...change, available: change.on_hand - change.reserved });
    const outgoing = ids.flatMap((order_id) => [
      createEvent('stock.updated', { order_id, items: changesByOrder.get(order_id) }),
      createEvent('order.processed', { order_id, items: orders.get(order_id) }),
    ]);
    return storeEvents(client, outgoing);
  });
  publish(stored);
});
console.log('stock-worker is ready');
