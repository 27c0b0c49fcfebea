import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findAmqpTools } from '../../tools/infrastructure/programs.js';
import { callTestBrokerApi } from '../support/broker.js';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

/** Uses Debian's amqp-tools: a client written in C, which shares no code with the project or with Node.js. */
describe('External client in another language', () => {
  let system: System;
  let tool: (name: string) => { file: string; env: NodeJS.ProcessEnv };
  beforeAll(async () => {
    const { bin, env } = await findAmqpTools(process.cwd());
    tool = (name) => ({ file: join(bin, name), env: { ...process.env, ...env } });
    system = await System.start();
  }, 180_000);
  afterAll(() => system.stop());

  it('publishes the example of the event contract unchanged, and the order is processed', async () => {
    const email = `ana-${randomUUID()}@example.com`;
    await system.sql(
      'INSERT INTO products (id, sku, name, price, currency) VALUES (10, $1, $1, 100, $3), (11, $2, $2, 100, $3)',
      ['P-10', 'P-11', 'BRL'],
    );
    await system.sql('INSERT INTO stock (product_id) VALUES (10), (11)');
    for (const id of [10, 11]) await system.receiveStock(id, 5);
    // The order as the API stores it, but without its event: the external client publishes that.
    await system.sql(
      `INSERT INTO orders (id, customer_name, customer_email, locale, currency, total) VALUES (123, 'Ana', $1, 'en', 'BRL', 300)`,
      [email],
    );
    await system.sql(
      `INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, unit_price)
       VALUES (123, 10, 1, 'P-10', 'P-10', 2, 100), (123, 11, 2, 'P-11', 'P-11', 1, 100)`,
    );
    const example =
      '{"event": "order.created", "order_id": 123, "items": [{"product_id": 10, "quantity": 2}, {"product_id": 11, "quantity": 1}]}';
    const { file, env } = tool('amqp-publish');
    await promisify(execFile)(
      file,
      [`--url=${system.vhost.url}`, '-e', 'stock_events', '-r', 'order.created', '-b', example],
      { env },
    );
    await system.waitForOrderStatus(123, 'processed');
    await until('the mail', async () => (await fetchMailsTo(email)).length === 1);
    await system.expectLedgerReconciles();
  });

  it('consumes the four events of a processed order as flat JSON', async () => {
    const { file, env } = tool('amqp-consume');
    const reader = spawn(
      file,
      [`--url=${system.vhost.url}`, '-e', 'stock_events', '-r', '#', '--', 'sh', '-c', 'cat; echo'],
      { env },
    );
    const messages: Record<string, unknown>[] = [];
    createInterface({ input: reader.stdout }).on('line', (line) =>
      messages.push(JSON.parse(line) as Record<string, unknown>),
    );
    try {
      const vhost = encodeURIComponent(new URL(system.vhost.url).pathname.slice(1));
      await until('the reader to be bound', async () => {
        const bindings = await callTestBrokerApi<{ routing_key: string }[]>(
          'GET',
          `/api/exchanges/${vhost}/stock_events/bindings/source`,
        );
        return bindings.some(({ routing_key }) => routing_key === '#');
      });
      const product_id = await system.createProduct(5);
      const { id } = await system.placeOrder([{ product_id, quantity: 2 }]);
      const events = ['order.created', 'stock.reserve', 'stock.updated', 'order.processed'];
      const received = await until('all four events', () => {
        const ofOrder = messages.filter(({ order_id }) => order_id === id);
        return ofOrder.length === 4 && ofOrder;
      });
      expect(received.map(({ event }) => event)).toEqual(events);
      const items = [{ product_id, quantity: 2 }];
      const envelope = {
        event_id: expect.any(String) as string,
        occurred_at: expect.any(String) as string,
        version: 1,
      };
      expect(received[0]).toEqual({ event: 'order.created', ...envelope, order_id: id, items });
      expect(received[3]).toEqual({ event: 'order.processed', ...envelope, order_id: id, items });
    } finally {
      reader.kill();
    }
  });
});
