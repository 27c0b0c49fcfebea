import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf } from '@estoque/messaging';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { APP_NAMES, appManifest, WORKERS, type AppName } from '../../apps/manifest.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const topology = topologyOf(EXCHANGE, catalogue);
const exchanges = topology.exchanges.map(({ name }) => name);
const queues = topology.queues.map(({ name }) => name);
const retryQueues = queues.filter((name) => name.startsWith('retry_queue'));
const workQueues = WORKERS.map(({ queue }) => queue as string);

/** What each app publishes to and reads from. */
const EXPECTED: Record<string, { publishesTo: string[]; reads: string[] }> = {
  api: {
    publishesTo: [EXCHANGE, topology.returnExchange, topology.deadLetterExchange, topology.unroutedExchange],
    // It creates the retry queues, for which the broker requires this permission.
    reads: ['dead_letter_queue', 'unrouted_queue', ...retryQueues],
  },
  'order-worker': {
    publishesTo: [EXCHANGE, topology.retryExchange, topology.deadLetterExchange],
    reads: ['order_queue'],
  },
  'stock-worker': {
    publishesTo: [EXCHANGE, topology.retryExchange, topology.deadLetterExchange],
    reads: ['stock_queue'],
  },
  'payment-worker': {
    publishesTo: [EXCHANGE, topology.retryExchange, topology.deadLetterExchange],
    reads: ['payment_queue'],
  },
  'notify-worker': {
    publishesTo: [topology.retryExchange, topology.deadLetterExchange],
    reads: ['notify_queue'],
  },
};

describe('The broker users of the apps', () => {
  let system: System;
  const connections = new Map<AppName, ChannelModel>();
  beforeAll(async () => {
    system = await System.start({ apps: [] });
    await Promise.all(APP_NAMES.map((app) => system.launch(app).waitUntilReady()));
    for (const app of APP_NAMES) {
      const connection = await connect(system.serversOf(app).RABBITMQ_URL);
      connection.on('error', () => undefined);
      connections.set(app, connection);
    }
  });
  afterAll(async () => {
    for (const connection of connections.values()) await connection.close();
    await system.stop();
  });

  /** @returns false if the broker refuses the request because of the permissions of the user */
  async function isPermitted(app: AppName, request: (channel: ConfirmChannel) => Promise<unknown>) {
    const channel = await connections.get(app)!.createConfirmChannel();
    let closed: Error | undefined;
    channel.on('error', (error: Error) => (closed = error));
    try {
      await request(channel);
      await channel.close();
      return true;
    } catch (error) {
      const reason = `${(error as Error).message} ${closed?.message}`;
      if (!reason.includes('ACCESS_REFUSED')) throw error;
      return false;
    }
  }
  const permitted = async (
    app: AppName,
    names: string[],
    request: (name: string) => Parameters<typeof isPermitted>[1],
  ) => {
    const found: string[] = [];
    for (const name of names) if (await isPermitted(app, request(name))) found.push(name);
    return found.toSorted();
  };

  it.each(APP_NAMES)(
    'let %s publish to the exchanges and read the queues that it needs, and no others',
    async (app) => {
      const { publishesTo, reads } = EXPECTED[app] ?? {
        publishesTo: [topology.retryExchange, topology.deadLetterExchange],
        reads: [(appManifest(app) as { queue: string }).queue],
      };
      const publish = (exchange: string) => async (channel: ConfirmChannel) => {
        // What reaches a queue becomes a dead letter of this test.
        channel.publish(exchange, '', Buffer.from('{}'), { headers: { home_queue: 'none', retry_step: 99 } });
        await channel.waitForConfirms();
      };
      expect(await permitted(app, exchanges, publish)).toEqual(publishesTo.toSorted());
      const read = (queue: string) => (channel: ConfirmChannel) =>
        channel.consume(queue, () => undefined, { consumerTag: 'probe' }).then(() => channel.cancel('probe'));
      expect(await permitted(app, queues, read)).toEqual(reads.toSorted());
      // The default exchange reaches every queue by its name.
      expect(await permitted(app, [''], publish)).toEqual([]);
    },
  );

  it.each(APP_NAMES)(
    'let %s delete no queue and no exchange of another app, and create none',
    async (app) => {
      const { queue } = appManifest(app) as { queue?: string };
      const own = queue ? [queue] : queues.filter((name) => !workQueues.includes(name));
      // With a condition that is not met: the broker checks the permission first.
      const deleteQueue = (name: string) => (channel: ConfirmChannel) =>
        channel.deleteQueue(name, { ifEmpty: true, ifUnused: true }).catch((error: Error) => {
          if (!error.message.includes('PRECONDITION_FAILED')) throw error;
        });
      const others = queues.filter((name) => !own.includes(name));
      expect(others.length).toBeGreaterThan(0);
      expect(await permitted(app, others, deleteQueue)).toEqual([]);
      expect(await permitted(app, ['my_queue'], (name) => (channel) => channel.assertQueue(name))).toEqual(
        [],
      );
      const declare = (name: string) => (channel: ConfirmChannel) => channel.assertExchange(name, 'topic');
      expect(await permitted(app, ['my_exchange'], declare)).toEqual([]);
    },
  );

  it('are enough for the api alone on an empty broker; the orders are processed once the workers start', async () => {
    const other = await System.start({ apps: ['api'] });
    try {
      const product_id = await other.createProduct(3);
      const orders = [];
      for (let count = 0; count < 3; count++)
        orders.push(await other.placeOrder([{ product_id, quantity: 1 }]));
      await until(
        'the api to hold the events',
        async () => {
          const health = await (await fetch(`${other.process('api').url}/health/ready`)).text();
          return health.includes('_queue does not exist');
        },
        { seconds: 30 },
      );
      await Promise.all(WORKERS.map(({ name }) => other.launch(name).waitUntilReady()));
      for (const { id } of orders) await other.waitForOrderStatus(id, 'processed');
      expect(await other.sql('SELECT 1 FROM dead_letters')).toEqual([]);
    } finally {
      await other.stop();
    }
  }, 120_000);
});
