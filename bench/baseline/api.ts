import fastify from 'fastify';
import { connectBroker, connectOutbox, createEvent, storeEvents } from './broker.js';
import { connectDatabase, inTransaction, query } from './database.js';
import { MicroBatcher } from './micro-batcher.js';

interface Item {
  product_id: number;
  quantity: number;
}
interface Order {
  customer: { name: string; email: string };
  items: Item[];
  locale?: string;
}

const INSERT_ORDERS = {
  name: 'orders',
  text: `INSERT INTO orders (customer_name, customer_email, locale, currency, total)
    SELECT name, email, locale, 'BRL', total
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY
      AS placed (name, email, locale, total, position)
    ORDER BY position RETURNING id::float8 AS id`,
};
const INSERT_LINES = {
  name: 'lines',
  text: `WITH step AS (
      INSERT INTO order_timeline (order_id, step) SELECT id, 'pending' FROM unnest($1::bigint[]) AS id
    )
    INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
    SELECT order_id, product_id, position, sku, products.name, quantity, price
    FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::integer[]) AS line (order_id, product_id, position, quantity)
    JOIN products ON products.id = product_id`,
};
const BODY = {
  type: 'object',
  required: ['customer', 'items'],
  properties: {
    customer: {
      type: 'object',
      required: ['name', 'email'],
      properties: { name: { type: 'string', maxLength: 200 }, email: { type: 'string', maxLength: 254 } },
    },
    items: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        required: ['product_id', 'quantity'],
        properties: {
          product_id: { type: 'integer', minimum: 1 },
          quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 },
        },
      },
    },
    locale: { enum: ['en', 'pt-BR'] },
  },
};

const client = await connectDatabase();
const publish = await connectOutbox(await connectBroker());
const { rows } = await client.query<{ id: number; price: number }>(
  'SELECT id::float8 AS id, price::float8 AS price FROM products',
);
const prices = new Map(rows.map(({ id, price }) => [id, price]));

const batcher = new MicroBatcher<Order, number>(async (orders) => {
  const totals = orders.map(({ items }) =>
    items.reduce((sum, { product_id, quantity }) => sum + quantity * prices.get(product_id)!, 0),
  );
  const { ids, events } = await inTransaction(client, async () => {
    const placed = await query<{ id: number }>(client, INSERT_ORDERS, [
      orders.map(({ customer }) => customer.name),
      orders.map(({ customer }) => customer.email),
      orders.map(({ locale = 'en' }) => locale),
      totals,
    ]);
    const ids = placed.map(({ id }) => id);
    const lines = orders.flatMap(({ items }, orderIndex) =>
      items.map((item, itemIndex) => ({ ...item, id: ids[orderIndex], position: itemIndex + 1 })),
    );
    await query(client, INSERT_LINES, [
      ids,
      lines.map(({ id }) => id),
      lines.map(({ product_id }) => product_id),
      lines.map(({ position }) => position),
      lines.map(({ quantity }) => quantity),
    ]);
    const events = orders.map(({ items }, index) =>
      createEvent('order.created', { order_id: ids[index], items }),
    );
    return { ids, events: await storeEvents(client, events) };
  });
  publish(events);
  return ids;
});

const server = fastify();
server.post<{ Body: Order }>('/v1/orders', { schema: { body: BODY } }, async ({ body }, reply) => {
  if (body.items.some(({ product_id }) => !prices.has(product_id))) return reply.code(422).send();
  const id = await batcher.add(body);
  return reply.code(202).send({ id, status: 'pending', ...body });
});
await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
console.log('api is ready');
