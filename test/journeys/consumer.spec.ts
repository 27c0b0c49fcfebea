import { System } from '../support/system.js';
import { until } from '../support/until.js';

interface Health {
  status: string;
  error: Record<string, { message?: string }>;
  info: Record<string, { degraded?: string }>;
}

describe('A consumer', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start({ apps: ['api'], environment: { RETRY_DELAYS_MS: '1,1,1,1' } });
  });
  afterEach(async () => {
    for (const each of system.processes.values()) if (each.app !== 'api') await each.stop();
  });
  afterAll(() => system.stop());

  const health = async () =>
    (await (await fetch(`${system.process('order-worker').url}/health/ready`)).json()) as Health;

  it('whose queue exists with other arguments says so, lives on, and consumes once the queue is right', async () => {
    const { channel } = system.externalClient;
    await channel.deleteQueue('order_queue');
    await channel.assertQueue('order_queue', { durable: true });
    const worker = system.launch('order-worker');
    await until('the fault on the health page', async () =>
      /PRECONDITION_FAILED.*order_queue/.test((await health()).error.consumer?.message ?? ''),
    );

    await channel.deleteQueue('order_queue');
    await worker.ready();
    expect(worker.exitCode).toBeNull();
    const product_id = await system.product(1);
    const { id } = await system.order([{ product_id, quantity: 1 }]);
    await system.orderIn('reserved', id);
  });

  it('that fails on most messages pauses and says so, instead of draining its queue into the dead letters', async () => {
    const ORDERS = 60;
    await system.launch('order-worker').ready();
    const items = [{ product_id: 1, quantity: 1 }];
    // As after a database of yesterday: orders that nobody knows.
    for (let order_id = 900_001; order_id <= 900_000 + ORDERS; order_id++)
      await system.externalClient.publish('order.created', { event: 'order.created', order_id, items });
    const fault = await until('the pause', async () => (await health()).error.consumer?.message);
    expect(fault).toMatch(/^circuit breaker open, most messages fail: There is no order 9000\d\d\.$/);
    const worker = system.process('order-worker');
    const paused = () => worker.logs.filter(({ msg }) => msg === 'circuit breaker opened').length;
    await until('another try to fail as well', () => paused() >= 2);
    const [{ count }] = (await system.sql<{ count: number }>(
      'SELECT count(*)::int AS count FROM dead_letters',
    )) as [{ count: number }];
    // Those that were on their way already may be parked; the rest wait.
    expect(count).toBeLessThan(ORDERS / 2);
  });

  it('whose process is stopped while it starts ends in peace', async () => {
    for (const app of ['order-worker', 'stock-worker', 'notify-worker'] as const) {
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
