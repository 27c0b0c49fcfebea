import { connect } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { lastNotification, untilRecorded, type Figure } from './measure.js';
import { WORKERS, type Pipeline } from './pipeline.js';
import { PRODUCTS } from './shop.js';
import { Meter } from './usage.js';

const CONFIRMED_AT_ONCE = 500;
/** As the API does it, without the API: its speed is not what is measured here. */
const PLACE = `
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

/** So many orders wait for workers that are away; then these are started. What counts is the time from then on. */
export async function drainBacklog(pipeline: Pipeline, orders: number): Promise<Figure> {
  const { rows } = await pipeline.database.pool.query<{ id: number; product_id: number }>(PLACE, [
    orders,
    PRODUCTS[1],
  ]);
  for (const { id } of rows) pipeline.accepted.push(id);
  await publish(pipeline, rows);
  await pipeline.options.stack.settle();
  const since = await lastNotification(pipeline);
  await pipeline.start(WORKERS);
  const from = performance.timeOrigin + performance.now();
  const meter = new Meter(pipeline.pids);
  const recordedAt = await untilRecorded(pipeline, orders, since);
  const usage = meter.stop();
  return { orders, recorded: orders / ((recordedAt - from) / 1_000), usage };
}

async function publish({ vhost }: Pipeline, orders: { id: number; product_id: number }[]) {
  const connection = await connect(vhost.url);
  try {
    const channel = await connection.createConfirmChannel();
    for (const [index, { id, product_id }] of orders.entries()) {
      const body = {
        ...{
          event_id: randomUUID(),
          event: 'order.created',
          occurred_at: new Date().toISOString(),
          version: 1,
        },
        ...{ order_id: id, items: [{ product_id, quantity: 1 }] },
      };
      channel.publish('stock_events', 'order.created', Buffer.from(JSON.stringify(body)), {
        ...{ persistent: true, mandatory: true, contentType: 'application/json', messageId: body.event_id },
      });
      if (index % CONFIRMED_AT_ONCE === CONFIRMED_AT_ONCE - 1) await channel.waitForConfirms();
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
}
