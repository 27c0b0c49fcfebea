import { WORKERS } from '../../apps/manifest.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface Health {
  status: string;
  error: Record<string, { message?: string }>;
  info: Record<string, { degraded?: string }>;
}

describe('Consumer', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ apps: ['api'], environment: { RETRY_DELAYS_MS: '1,1,1,1' } });
  });
  afterEach(async () => {
    for (const process of system.processes.values()) if (process.app !== 'api') await process.stop();
  });
  afterAll(() => system.stop());

  const readHealth = async () =>
    (await (await fetch(`${system.process('order-worker').url}/health/ready`)).json()) as Health;

  it('reports a queue that exists with other arguments, keeps running, and consumes after the queue is deleted', async () => {
    const { channel } = system.externalClient;
    await channel.deleteQueue('order_queue');
    await channel.assertQueue('order_queue', { durable: true });
    const worker = system.launch('order-worker');
    await until('the error in the readiness response', async () =>
      /PRECONDITION_FAILED.*order_queue/.test((await readHealth()).error.consumer?.message ?? ''),
    );

    await channel.deleteQueue('order_queue');
    await worker.waitUntilReady();
    expect(worker.exitCode).toBeNull();
    const product_id = await system.createProduct(1);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'reserved');
  });

  it('opens the circuit breaker if most messages fail because of a bug, and dead-letters few of them', async () => {
    const ORDERS = 60;
    const product_id = await system.createProduct(ORDERS);
    const items = [{ product_id, quantity: 1 }];
    const orders = await Promise.all(Array.from({ length: ORDERS }, () => system.placeOrder(items)));
    // A bug of the release: it violates a constraint of the database with each order.
    await system.sql(`ALTER TABLE orders ADD CONSTRAINT broken CHECK (status <> 'reserved') NOT VALID`);
    const worker = system.launch('order-worker');
    await until(
      'the circuit breaker to open',
      async () =>
        /^circuit breaker open, most messages fail: .*constraint "broken"/.test(
          (await readHealth()).error.consumer?.message ?? '',
        ),
      { seconds: 60 },
    );

    await system.sql('ALTER TABLE orders DROP CONSTRAINT broken');
    const counts = await until('the other orders to be reserved', async () => {
      const [row] = await system.sql<{ reserved: number; dead: number }>(
        `SELECT (SELECT count(*)::int FROM orders WHERE status = 'reserved' AND id = ANY ($1)) AS reserved,
                (SELECT count(*)::int FROM dead_letters WHERE reason = 'bug') AS dead`,
        [orders.map(({ id }) => id)],
      );
      return row!.reserved + row!.dead === ORDERS && row;
    });
    // Messages that were in flight when the circuit breaker opened may be dead-lettered; the others wait.
    expect(counts.dead).toBeLessThan(ORDERS / 2);
    await worker.waitUntilReady();
  });

  it('keeps consuming if most messages are about orders that do not exist', async () => {
    const MESSAGES = 200;
    const worker = await system.launch('order-worker').waitUntilReady();
    const items = [{ product_id: 1, quantity: 1 }];
    // As after a restore of an older backup, or from a hostile client.
    for (let order_id = 900_001; order_id <= 900_000 + MESSAGES; order_id++)
      await system.externalClient.publish('order.created', { event: 'order.created', order_id, items });
    const product_id = await system.createProduct(1);
    const { id } = await system.placeOrder([{ product_id, quantity: 1 }]);
    await system.waitForOrderStatus(id, 'reserved');
    await until('the dead letters', async () => {
      const [row] = await system.sql<{ count: number }>(
        `SELECT count(*)::int AS count FROM dead_letters WHERE reason = 'order_not_found'`,
      );
      return row!.count === MESSAGES;
    });
    expect(worker.logs.filter(({ msg }) => msg === 'circuit breaker opened')).toEqual([]);
  });

  it('exits with code 0 if its process is stopped during the start', async () => {
    for (const { name: app } of WORKERS) {
      const worker = system.launch(app);
      await until(`${app} to listen`, () => worker.logs.some(({ msg }) => msg === 'listening'), {
        seconds: 60,
      });
      expect([app, await worker.stop(), worker.output.filter((line) => !line.startsWith('{'))]).toEqual([
        app,
        0,
        [],
      ]);
    }
  });
});
