import { randomUUID } from 'node:crypto';
import { fetchMailsTo } from '../support/mailbox.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const EVENTS = {
  processed: 'order.processed',
  rejected: 'order.rejected',
  cancelled: 'order.cancelled',
} as const;
type Claim = keyof typeof EVENTS;
const CLAIMS = Object.keys(EVENTS) as Claim[];

describe('A forged event', () => {
  const alertAddress = `stock-${randomUUID()}@example.com`;
  let system: System;
  beforeAll(async () => {
    // The other workers are started by the tests: without them, an order stays as it is.
    const environment = { STOCK_ALERT_EMAIL: alertAddress };
    system = await System.start({ apps: ['api', 'notify-worker'], environment });
  });
  afterAll(() => system.stop());

  async function placeOrder(ordered: number, onHand: number) {
    const product_id = await system.createProduct(onHand);
    const email = `ana-${randomUUID()}@example.com`;
    const items = [{ product_id, quantity: ordered }];
    const { id } = await system.placeOrder(items, { customer: { name: 'Ana Souza', email } });
    return { id, email, items };
  }
  type Placed = Awaited<ReturnType<typeof placeOrder>>;

  /** Publishes an event that claims that the order has this status. */
  async function forge(claim: Claim, { id: order_id, items }: Placed) {
    const reasons = items.map(({ product_id, quantity }) => ({
      product_id,
      reason: 'out_of_stock',
      requested: quantity,
      available: 0,
    }));
    const event = EVENTS[claim];
    const details = {
      processed: {},
      rejected: { reasons },
      cancelled: { reason: 'expired' },
    }[claim];
    await system.externalClient.publish(event, { event, order_id, items, ...details });
  }
  /** Expects that each of the events is dead-lettered, and that the customer has got these mails and no others. */
  async function expectRefused(claims: Claim[], { id, email }: Placed, subjects: string[]) {
    const rows = await until(`${claims.length} dead letters`, async () => {
      const found = await system.sql<{ event: string; reason: string; queue: string }>(
        'SELECT event, reason, queue FROM dead_letters WHERE subject = $1 ORDER BY event',
        [subjectOf(id)],
      );
      return found.length === claims.length && found;
    });
    const refusal = { reason: 'order_not_ready', queue: 'notify_queue' };
    expect(rows).toEqual(
      claims
        .map((claim) => EVENTS[claim])
        .toSorted()
        .map((event) => ({ event, ...refusal })),
    );
    expect((await fetchMailsTo(email)).map(({ subject }) => subject)).toEqual(subjects);
    const notifications = await system.sql('SELECT 1 FROM notifications WHERE order_id = $1', [id]);
    expect(notifications).toHaveLength(subjects.length);
  }
  /** The column `subject` of the dead letters of an order. */
  const subjectOf = (order_id: number) => JSON.stringify({ order_id });
  const waitForMail = (email: string) =>
    until('the mail', async () => (await fetchMailsTo(email)).length > 0);
  const otherThan = (status: Claim) => CLAIMS.filter((claim) => claim !== status);

  it('about a pending order causes no mail', async () => {
    const order = await placeOrder(1, 1);
    for (const claim of CLAIMS) await forge(claim, order);
    await expectRefused(CLAIMS, order, []);
  });

  it('about an order that does not exist causes no mail', async () => {
    const order = { id: 999_999, email: 'nobody@example.com', items: [{ product_id: 1, quantity: 1 }] };
    for (const claim of CLAIMS) await forge(claim, order);
    const reasons = await until('the dead letters', async () => {
      const found = await system.sql<{ reason: string }>(
        'SELECT reason FROM dead_letters WHERE subject = $1',
        [subjectOf(order.id)],
      );
      return found.length === CLAIMS.length && found.map(({ reason }) => reason);
    });
    expect(new Set(reasons)).toEqual(new Set(['order_not_found']));
    expect(await fetchMailsTo(order.email)).toEqual([]);
  });

  it.each<[string, { headers?: Record<string, unknown>; event_id?: string }, string, number]>([
    ['attempt 3,000,000,000', { headers: { attempt: 3_000_000_000 } }, 'order_not_ready', 5],
    // As text: RabbitMQ cannot decode the number, and reads no more from the connection that sent it.
    ['attempt NaN', { headers: { attempt: 'NaN' } }, 'order_not_ready', 5],
    ['attempt -1', { headers: { attempt: -1 } }, 'order_not_ready', 5],
    ['an x-death that is a list', { headers: { 'x-death': [{ queue: 5 }, null] } }, 'order_not_ready', 5],
    ['an x-death that is text', { headers: { 'x-death': 'text' } }, 'order_not_ready', 5],
    [
      'a traceparent of 5,000 characters',
      { headers: { traceparent: 'x'.repeat(5_000) } },
      'order_not_ready',
      5,
    ],
    ['a traceparent that is a number', { headers: { traceparent: 5 } }, 'order_not_ready', 5],
    ['an event_id of 1 MB', { event_id: 'x'.repeat(1_000_000) }, 'broken_contract', 1],
  ])('with %s causes no mail and is dead-lettered', async (_, { headers, event_id }, reason, attempts) => {
    const order = await placeOrder(1, 1_000);
    const event = {
      event: 'order.cancelled',
      event_id,
      order_id: order.id,
      items: order.items,
      reason: 'expired',
    };
    system.externalClient.channel.publish(
      'stock_events',
      'order.cancelled',
      Buffer.from(JSON.stringify(event)),
      {
        headers,
      },
    );
    const deadLetters = await until('the dead letter', async () => {
      const found = await system.sql<{ reason: string; attempts: number; body: string }>(
        `SELECT reason, attempts, convert_from(body, 'UTF8') AS body FROM dead_letters WHERE subject = $1`,
        [subjectOf(order.id)],
      );
      return found.length > 0 && found;
    });
    expect(deadLetters).toEqual([{ reason, attempts, body: JSON.stringify(event) }]);
    expect(await fetchMailsTo(order.email)).toEqual([]);
    // The event of the true cancellation is handled.
    await system.request('POST', `/v1/orders/${order.id}/cancel`);
    await waitForMail(order.email);
  });

  it('about a cancelled order causes no mail but the true one', async () => {
    const order = await placeOrder(1, 1);
    await system.request('POST', `/v1/orders/${order.id}/cancel`);
    await waitForMail(order.email);
    for (const claim of CLAIMS) await forge(claim, order);
    // A cancelled order can have been processed before, so that event is a duplicate.
    await expectRefused(['rejected'], order, [`Your order ${order.id} has been cancelled`]);
  });

  it('about a rejected order causes no mail but the true one', async () => {
    if (!system.processes.has('order-worker')) await system.launch('order-worker').waitUntilReady();
    const order = await placeOrder(2, 1);
    await system.waitForOrderStatus(order.id, 'rejected');
    await waitForMail(order.email);
    for (const claim of CLAIMS) await forge(claim, order);
    await expectRefused(otherThan('rejected'), order, [`We could not fulfil your order ${order.id}`]);
  });

  it('about a reserved or processed order causes no mail but the true one', async () => {
    if (!system.processes.has('order-worker')) await system.launch('order-worker').waitUntilReady();
    const order = await placeOrder(1, 1);
    await system.waitForOrderStatus(order.id, 'reserved');
    for (const claim of CLAIMS) await forge(claim, order);
    await expectRefused(CLAIMS, order, []);
    await system.sql('DELETE FROM dead_letters WHERE subject = $1', [subjectOf(order.id)]);
    await system.launch('stock-worker').waitUntilReady();
    await system.waitForOrderStatus(order.id, 'processed');
    await waitForMail(order.email);
    for (const claim of CLAIMS) await forge(claim, order);
    await expectRefused(otherThan('processed'), order, [`Your order ${order.id} is confirmed`]);
  });

  it('about stock causes no alert: the ledger decides', async () => {
    const sku = `ALERT-${randomUUID()}`;
    const product_id = await system.createProduct(10, { sku, reorder_point: 4 });
    const change = async (quantity: number) => {
      const path = quantity > 0 ? 'receipts' : 'adjustments';
      const body = { quantity, reason: 'a test' };
      await system.request('POST', `/v1/products/${product_id}/stock/${path}`, body);
      const rows = await system.sql<{ id: number }>(
        'SELECT max(id)::int AS id FROM movements WHERE product_id = $1',
        [product_id],
      );
      return rows[0]!.id;
    };
    const countHandled = () => system.process('notify-worker').handledEvents('stock.updated').length;
    const forgeMovements = async (ids: number[]) => {
      const before = countHandled();
      const items = ids.map((movement_id) => ({
        product_id,
        movement_id,
        quantity: -1_000,
        on_hand: 0,
        reserved: 0,
        available: 0,
      }));
      await system.externalClient.publish('stock.updated', { event: 'stock.updated', items });
      await until('the forged event to be handled', () => countHandled() > before);
    };
    const lowered = await change(-3);
    const unknown = Array.from({ length: 500 }, (_, index) => 1_000_000 + index);
    await forgeMovements([lowered, ...unknown]);
    const crossing = await change(-5);
    const countAlerts = async () =>
      (await fetchMailsTo(alertAddress)).filter(({ subject }) => subject === `Low stock: ${sku}`).length;
    await until('the true alert', async () => (await countAlerts()) > 0);
    await forgeMovements([crossing, lowered]);
    const alerts = await system.sql(
      `SELECT movement_id::int FROM notifications JOIN movements ON movements.id = movement_id WHERE product_id = $1`,
      [product_id],
    );
    expect(alerts).toEqual([{ movement_id: crossing }]);
    expect(await countAlerts()).toBe(1);
  });
});
