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

  it('opens the circuit breaker if most messages fail, instead of dead-lettering the whole queue', async () => {
    const ORDERS = 60;
    await system.launch('order-worker').waitUntilReady();
    const items = [{ product_id: 1, quantity: 1 }];
    // Events of orders that are not in the database, as after a restore of an older backup.
    const publish = (order_id: number) =>
      system.externalClient.publish('order.created', { event: 'order.created', order_id, items });
    for (let order_id = 900_001; order_id <= 900_000 + ORDERS; order_id++) await publish(order_id);
    const error = await until(
      'the circuit breaker to open',
      async () => (await readHealth()).error.consumer?.message,
    );
    expect(error).toMatch(/^circuit breaker open, most messages fail: There is no order 9000\d\d\.$/);
    // A slow worker handles all of them before the circuit breaker opens. Failed retries do not count, so a message at its
    // first attempt has to be there as a trial message.
    await publish(900_001 + ORDERS);
    const worker = system.process('order-worker');
    const timesOpened = () => worker.logs.filter(({ msg }) => msg === 'circuit breaker opened').length;
    await until('the trial message to fail and the circuit breaker to open again', () => timesOpened() >= 2);
    const [{ count }] = (await system.sql<{ count: number }>(
      'SELECT count(*)::int AS count FROM dead_letters',
    )) as [{ count: number }];
    // Messages that were in flight when the circuit breaker opened may be dead-lettered; the others wait.
    expect(count).toBeLessThan(ORDERS / 2);
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
