import { catalogue } from '@estoque/domain';
import { createHash, randomUUID } from 'node:crypto';
import { fetchMailsTo } from '../support/mailbox.js';
import { FLOW_APPS } from '../../apps/manifest.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface DeadLetterRow {
  id: number;
  queue: string;
  event: string;
  reason: string;
  error: string;
  attempts: number;
  body: Buffer;
  stack: string | null;
}

describe('Message handling under failure', () => {
  let system: System;
  beforeAll(async () => void (system = await System.start({ apps: FLOW_APPS })));
  afterAll(() => system.stop());

  let lastId = 0;
  /** Waits for the next dead letter that no test has read yet. */
  const nextDeadLetter = () =>
    until('a dead letter', async () => {
      const [deadLetter] = await system.sql<DeadLetterRow>(
        'SELECT id, queue, event, reason, error, attempts, body, stack FROM dead_letters WHERE id > $1 ORDER BY id LIMIT 1',
        [lastId],
      );
      if (deadLetter) lastId = deadLetter.id;
      return deadLetter;
    });

  it.each([
    ['invalid JSON', Buffer.from('{"event": "order.created", '), 'order.created', 'invalid_json'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'order.created', 'invalid_json'],
    ['null', Buffer.from('null'), 'order.created', 'broken_contract'],
    ['an unknown event', { event: 'order.dreamt', order_id: 1 }, 'order.created', 'unknown_event'],
    ['an event name from Object.prototype', { event: 'constructor' }, 'order.created', 'unknown_event'],
    [
      'wrong types',
      { event: 'order.created', order_id: '1', items: 'all' },
      'order.created',
      'broken_contract',
    ],
    [
      'an event that differs from the routing key',
      { event: 'order.processed', order_id: 1, items: [] },
      'order.created',
      'broken_contract',
    ],
  ])(
    'dead-letters %s with its reason, and handles the next valid message',
    async (_description, body, key, code) => {
      await system.externalClient.publish(key, body);
      const deadLetter = await nextDeadLetter();
      expect(deadLetter).toMatchObject({ event: key, reason: code, queue: 'order_queue', attempts: 1 });
      expect(deadLetter.stack).toMatch(/^at /);
      expect(deadLetter.stack).toMatch(/[ (]libs\/messaging\/.*\.ts:\d+/);
      expect(deadLetter.body).toEqual(Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));
      const product_id = await system.createProduct(1);
      const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
      await system.waitForOrderStatus(id, 'processed');
    },
  );

  it('retries a message about an unknown order until its attempts are exhausted, then dead-letters it', async () => {
    await system.externalClient.publish('order.created', {
      event: 'order.created',
      order_id: 999_999,
      items: [{ product_id: 1, quantity: 1 }],
    });
    expect(await nextDeadLetter()).toMatchObject({
      reason: 'order_not_found',
      attempts: 5,
      event: 'order.created',
    });
  });

  it('dead-letters a message that contradicts the stored order at once, and changes nothing', async () => {
    const product_id = await system.createProduct(100);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'processed');
    await system.externalClient.publish('stock.reserve', {
      event: 'stock.reserve',
      order_id: id,
      items: [{ product_id, quantity: 50 }],
    });
    expect(await nextDeadLetter()).toMatchObject({ reason: 'order_mismatch', queue: 'stock_queue' });
    expect(await system.readStock(product_id)).toMatchObject({ on_hand: 99 });
  });

  it('keeps an unroutable message as a dead letter', async () => {
    await system.externalClient.publish('order.dreamt', { event: 'order.dreamt' });
    expect(await nextDeadLetter()).toMatchObject({
      reason: 'unroutable',
      queue: 'unrouted_queue',
      event: 'order.dreamt',
    });
  });

  it('delivers an event to its queue although the binding was deleted', async () => {
    const product_id = await system.createProduct(1);
    // The broker returns a message only if no queue at all is bound.
    for (const queue of catalogue['order.created'].consumedBy)
      await system.externalClient.channel.unbindQueue(queue, 'stock_events', 'order.created');
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'processed');
  });

  it('dead-letters a body of 1 MiB byte for byte', async () => {
    const body = Buffer.alloc(1024 * 1024, '[');
    await system.externalClient.publish('order.created', body);
    const deadLetter = await nextDeadLetter();
    expect(deadLetter).toMatchObject({ reason: 'invalid_json', queue: 'order_queue' });
    expect(deadLetter.body.equals(body)).toBe(true);
  });

  it('dead-letters the first MiB of a larger body, with its size and hash, without parsing it', async () => {
    const body = Buffer.alloc(5 * 1024 * 1024, '[');
    await system.externalClient.publish('order.created', body);
    const deadLetter = await nextDeadLetter();
    expect(deadLetter).toMatchObject({ reason: 'body_too_large', queue: 'order_queue' });
    expect(deadLetter.error).toContain('5242880 bytes');
    expect(deadLetter.error).toContain(createHash('sha256').update(body).digest('hex'));
    expect(deadLetter.body.equals(body.subarray(0, 1024 * 1024))).toBe(true);
  });

  it('declares a deleted queue and its bindings again, and consumes it', async () => {
    await system.externalClient.channel.deleteQueue('stock_queue');
    await until('the worker to stop consuming', () =>
      system.process('stock-worker').logs.some(({ msg }) => msg === 'no longer consuming'),
    );
    await until(
      'the worker to be ready',
      async () => (await system.process('stock-worker').readinessStatus()) === 200,
    );
    const product_id = await system.createProduct(1);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'processed');
  });

  it('loses and redelivers no message when workers are stopped by SIGTERM under load', async () => {
    const product_id = await system.createProduct(1_000);
    const email = `ana-${randomUUID()}@example.com`;
    const place = () =>
      system.placeOrder([{ product_id, quantity: 1 }], { customer: { name: 'Ana', email } });
    const orders = await Promise.all(Array.from({ length: 40 }, place));
    for (const app of FLOW_APPS.filter((name) => name !== 'api')) {
      const worker = system.process(app);
      expect(await worker.stop()).toBe(0);
      await system.launch(app).waitUntilReady();
    }
    for (const { id } of orders) await system.waitForOrderStatus(id, 'processed');
    await until('a mail for each order', async () => (await fetchMailsTo(email)).length === orders.length);
    const handled = [...system.processes.values()].flatMap(({ logs }) =>
      logs.filter(({ msg }) => msg === 'handled'),
    );
    expect(handled.filter(({ outcome }) => outcome === 'duplicate')).toEqual([]);
    await system.expectLedgerReconciles();
  });
});
