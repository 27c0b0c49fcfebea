import { connect } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { FLOW_WORKERS } from './apps.js';
import { latestNotificationId, waitUntilRecorded, type MeasuredValues } from './measure.js';
import type { Pipeline } from './pipeline.js';
import { PRODUCTS } from './shop.js';
import { UsageMeter } from './usage.js';

const CONFIRM_BATCH_SIZE = 500;

/** Stores the orders directly, as the API would. The speed of the API is not part of this case. */
const PLACE_ORDERS = `
  WITH placed AS (
    INSERT INTO orders (customer_name, customer_email, locale, currency, total)
    SELECT 'Ana Souza', 'order-' || number || '@load.example', 'en', 'BRL', 1250 FROM generate_series(1, $1::integer) AS number
    RETURNING id
  ), step AS (
    INSERT INTO order_timeline (order_id, step) SELECT id, 'pending' FROM placed
  )
  INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
  SELECT placed.id, products.id, 1, sku, products.name, 1, price
  FROM placed JOIN products ON products.id = 1 + placed.id * 7919 % $2::integer
  RETURNING order_id::float8 AS id, product_id::float8 AS product_id`;

/** Queues `orders` orders while the workers are stopped, then starts the workers and measures until the last order is recorded. */
export async function drainBacklog(pipeline: Pipeline, orders: number): Promise<MeasuredValues> {
  const { rows } = await pipeline.database.pool.query<{ id: number; product_id: number }>(PLACE_ORDERS, [
    orders,
    PRODUCTS[1],
  ]);
  for (const { id } of rows) pipeline.accepted.push(id);
  await publish(pipeline, rows);
  await pipeline.options.stack.checkpoint();
  const since = await latestNotificationId(pipeline);
  await pipeline.start(FLOW_WORKERS);
  const startedAt = performance.timeOrigin + performance.now();
  const meter = new UsageMeter(pipeline.pids);
  const recordedAt = await waitUntilRecorded(pipeline, orders, since);
  const usage = meter.stop();
  return { orders, recorded: orders / ((recordedAt - startedAt) / 1_000), usage };
}

async function publish({ vhost }: Pipeline, orders: { id: number; product_id: number }[]) {
  const connection = await connect(vhost.url);
  try {
    const channel = await connection.createConfirmChannel();
    for (const [index, { id, product_id }] of orders.entries()) {
      const body = {
        event_id: randomUUID(),
        event: 'order.created',
        occurred_at: new Date().toISOString(),
        version: 1,
        order_id: id,
        items: [{ product_id, quantity: 1 }],
      };
      channel.publish('stock_events', 'order.created', Buffer.from(JSON.stringify(body)), {
        persistent: true,
        mandatory: true,
        contentType: 'application/json',
        messageId: body.event_id,
      });
      if (index % CONFIRM_BATCH_SIZE === CONFIRM_BATCH_SIZE - 1) await channel.waitForConfirms();
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
}
