import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { amqpTools } from '../../tools/infrastructure/programs.js';
import { management } from '../support/broker.js';
import { mailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

/** Debian's amqp-tools: a client in C, with no code of ours and none of Node's. */
describe('A client in another language', () => {
  let system: System;
  let tool: (name: string) => { file: string; env: NodeJS.ProcessEnv };
  beforeAll(async () => {
    const { bin, env } = await amqpTools(process.cwd());
    tool = (name) => ({ file: join(bin, name), env: { ...process.env, ...env } });
    system = await System.start();
  }, 180_000);
  afterAll(() => system.stop());

  it("publishes the contract's example to the letter, and the order is processed", async () => {
    const email = `ana-${randomUUID()}@example.com`;
    await system.sql(
      'INSERT INTO products (id, sku, name, price, currency) VALUES (10, $1, $1, 100, $3), (11, $2, $2, 100, $3)',
      ['P-10', 'P-11', 'BRL'],
    );
    await system.sql('INSERT INTO stock (product_id) VALUES (10), (11)');
    for (const id of [10, 11])
      await system.call('POST', `/v1/products/${id}/stock/receipts`, {
        quantity: 5,
        reason: 'opening stock',
      });
    // The order as the API stores it, but for its event, which the stranger publishes.
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
    await system.orderIn('processed', 123);
    await until('the mail', async () => (await mailsTo(email)).length === 1);
    await system.expectLedgerReconciles();
  });

  it('reads all four routing keys as flat JSON', async () => {
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
        const bindings = await management<{ routing_key: string }[]>(
          'GET',
          `/api/exchanges/${vhost}/stock_events/bindings/source`,
        );
        return bindings.some(({ routing_key }) => routing_key === '#');
      });
      const product_id = await system.product(5);
      const { id } = await system.order([{ product_id, quantity: 2 }]);
      const events = ['order.created', 'stock.reserve', 'stock.updated', 'order.processed'];
      const seen = await until('all four events', () => {
        const mine = messages.filter(({ order_id }) => order_id === id);
        return mine.length === 4 && mine;
      });
      expect(seen.map(({ event }) => event)).toEqual(events);
      const items = [{ product_id, quantity: 2 }];
      const envelope = {
        event_id: expect.any(String) as string,
        occurred_at: expect.any(String) as string,
        version: 1,
      };
      expect(seen[0]).toEqual({ event: 'order.created', ...envelope, order_id: id, items });
      expect(seen[3]).toEqual({ event: 'order.processed', ...envelope, order_id: id, items });
    } finally {
      reader.kill();
    }
  });
});
