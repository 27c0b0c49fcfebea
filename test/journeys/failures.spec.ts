import { randomUUID } from 'node:crypto';
import { mailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface ParkedLetter {
  id: number;
  queue: string;
  event: string;
  reason: string;
  attempts: number;
  body: Buffer;
}

describe('When things go wrong', () => {
  let system: System;
  beforeAll(async () => void (system = await System.start()));
  afterAll(() => system.stop());

  let last = 0;
  /** The next message that came to the dead letters. */
  const parked = () =>
    until('a parked message', async () => {
      const [letter] = await system.sql<ParkedLetter>(
        'SELECT id, queue, event, reason, attempts, body FROM dead_letters WHERE id > $1 ORDER BY id LIMIT 1',
        [last],
      );
      if (letter) last = letter.id;
      return letter;
    });

  it.each([
    ['invalid JSON', Buffer.from('{"event": "order.created", '), 'order.created', 'invalid_json'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'order.created', 'invalid_json'],
    ['null', Buffer.from('null'), 'order.created', 'broken_contract'],
    ['an unknown event', { event: 'order.dreamt', order_id: 1 }, 'order.created', 'unknown_event'],
    ["an event of the object's own prototype", { event: 'constructor' }, 'order.created', 'unknown_event'],
    [
      'wrong types',
      { event: 'order.created', order_id: '1', items: 'all' },
      'order.created',
      'broken_contract',
    ],
    [
      'a routing key that says otherwise',
      { event: 'order.processed', order_id: 1, items: [] },
      'order.created',
      'broken_contract',
    ],
  ])(
    '%s is parked with its reason, and the next good message goes through',
    async (_what, body, key, code) => {
      await system.externalClient.publish(key, body);
      const letter = await parked();
      expect(letter).toMatchObject({ event: key, reason: code, queue: 'order_queue', attempts: 1 });
      expect(letter.body).toEqual(Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));
      const product_id = await system.product(1);
      const { id } = await system.order([{ product_id, quantity: 1 }]);
      await system.orderIn('processed', id);
    },
  );

  it('a message about an order that nobody knows is tried again and again, then parked', async () => {
    await system.externalClient.publish('order.created', {
      event: 'order.created',
      order_id: 999_999,
      items: [{ product_id: 1, quantity: 1 }],
    });
    expect(await parked()).toMatchObject({ reason: 'order_not_found', attempts: 5, event: 'order.created' });
  });

  it('a message that says otherwise than the order is parked at once, and changes nothing', async () => {
    const product_id = await system.product(100);
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('processed', id);
    await system.externalClient.publish('stock.reserve', {
      event: 'stock.reserve',
      order_id: id,
      items: [{ product_id, quantity: 50 }],
    });
    expect(await parked()).toMatchObject({ reason: 'order_mismatch', queue: 'stock_queue' });
    const { body } = await system.call<{ on_hand: number }>('GET', `/v1/products/${product_id}/stock`);
    expect(body.on_hand).toBe(99);
  });

  it('what no queue is bound for is kept', async () => {
    await system.externalClient.publish('order.dreamt', { event: 'order.dreamt' });
    expect(await parked()).toMatchObject({
      reason: 'unroutable',
      queue: 'unrouted_queue',
      event: 'order.dreamt',
    });
  });

  it('an event whose binding was lost is brought to its queue all the same', async () => {
    const product_id = await system.product(1);
    await system.externalClient.channel.unbindQueue('order_queue', 'stock_events', 'order.created');
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('processed', id);
  });

  it('a body of 5 MB is parked unread, byte for byte', async () => {
    const body = Buffer.alloc(5 * 1024 * 1024, '[');
    await system.externalClient.publish('order.created', body);
    const letter = await parked();
    expect(letter).toMatchObject({ reason: 'body_too_large', queue: 'order_queue' });
    expect(letter.body.equals(body)).toBe(true);
  });

  it('a consumer whose queue is deleted comes back, and so do its bindings', async () => {
    await system.externalClient.channel.deleteQueue('stock_queue');
    await until('the worker to be unready or back', () =>
      system.process('stock-worker').logs.some(({ msg }) => msg === 'no longer consuming'),
    );
    await until(
      'the worker to be ready',
      async () => (await system.process('stock-worker').health()) === 200,
    );
    const product_id = await system.product(1);
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('processed', id);
  });

  it('SIGTERM in the middle of the work loses nothing and redelivers nothing', async () => {
    const product_id = await system.product(1_000);
    const email = `ana-${randomUUID()}@example.com`;
    const place = () => system.order([{ product_id, quantity: 1 }], { customer: { name: 'Ana', email } });
    const orders = await Promise.all(Array.from({ length: 40 }, place));
    for (const app of ['order-worker', 'stock-worker', 'notify-worker'] as const) {
      const old = system.process(app);
      expect(await old.stop()).toBe(0);
      await system.launch(app).ready();
    }
    for (const { id } of orders) await system.orderIn('processed', id);
    await until('all mails', async () => (await mailsTo(email)).length === orders.length);
    const handled = [...system.processes.values()].flatMap(({ logs }) =>
      logs.filter(({ msg }) => msg === 'handled'),
    );
    expect(handled.filter(({ outcome }) => outcome === 'duplicate')).toEqual([]);
    await system.expectLedgerReconciles();
  });
});
