import { reportsBrokerOutage } from '../support/broker.js';
import { OwnBroker } from '../support/own-broker.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

describe('Broker outage', () => {
  let broker: OwnBroker;
  let system: System;
  beforeAll(async () => {
    broker = await OwnBroker.start();
    system = await System.start({ broker });
  }, 120_000);
  afterAll(async () => {
    await system.stop();
    await broker.remove();
  }, 60_000);

  it('does not stop the API from accepting orders, which are processed after the outage', async () => {
    const product_id = await system.createProduct(100);
    const workers = [...system.processes.values()].filter(({ app }) => app !== 'api');
    const place = () => system.placeOrder([{ product_id, quantity: 1 }]);
    const before = await Promise.all(Array.from({ length: 10 }, place));

    await broker.service.stop();
    await until('workers to be unready', async () => {
      const statuses = await Promise.all(workers.map((worker) => worker.readinessStatus()));
      return statuses.every((status) => status === 503);
    });
    // The api stays ready, so that a load balancer keeps sending requests to it.
    const ready = await fetch(`${system.process('api').url}/health/ready`);
    expect([ready.status, reportsBrokerOutage(await ready.text())]).toEqual([200, true]);
    const during = await Promise.all(Array.from({ length: 10 }, place));
    const unpublished = await system.sql<{ count: number }>('SELECT count(*)::int AS count FROM outbox');
    expect(unpublished[0]!.count).toBeGreaterThanOrEqual(10);

    await broker.service.start();
    for (const { id } of [...before, ...during]) await system.waitForOrderStatus(id, 'processed');
    await until(
      'the outbox to be empty',
      async () => (await system.sql('SELECT 1 FROM outbox')).length === 0,
    );
    await Promise.all([...system.processes.values()].map((process) => process.waitUntilReady()));
    await system.expectLedgerReconciles();
  }, 120_000);
});
