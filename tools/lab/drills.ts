import type { Lab } from './lab.js';

/** A fault that is shown on a running system. */
export interface Drill {
  name: string;
  description: string;
  /** Seconds within which all orders of the drill must reach their status after it. */
  settlesWithin: number;
  run: (lab: Lab) => Promise<void>;
}

const ORDERS_PER_SECOND = 5;

/** Places orders for a new product at a moderate rate. */
async function placeOrders(lab: Lab, seconds: number) {
  const count = seconds * ORDERS_PER_SECOND;
  const product = await lab.createProduct('Lab product', count);
  lab.say(`placing ${count} orders within ${seconds} s`);
  await lab.placeOrders(product, count, seconds);
}

export const DRILLS: readonly Drill[] = [
  {
    name: 'kill-worker',
    description: 'Kills stock-worker while it handles messages. The broker redelivers them.',
    settlesWithin: 60,
    async run(lab) {
      const placing = placeOrders(lab, 12);
      await lab.wait(4);
      lab.say('killing stock-worker; npm start restarts it');
      lab.kill('stock-worker');
      await placing;
    },
  },
  {
    name: 'broker-outage',
    description: 'Halts RabbitMQ for 30 s. Orders are accepted, and their events wait in the outbox.',
    settlesWithin: 180,
    async run(lab) {
      const placing = placeOrders(lab, 40);
      await lab.wait(3);
      lab.say('halting RabbitMQ for 30 s');
      await lab.halt('rabbitmq', 30);
      lab.say('RabbitMQ continues');
      await placing;
    },
  },
  {
    name: 'duplicates',
    description: 'Delivers every message twice. Each handler recognizes the second one.',
    settlesWithin: 60,
    async run(lab) {
      const copies = await lab.duplicateEvents(async () => {
        await placeOrders(lab, 8);
        // Later events of these orders are copied, too.
        await lab.wait(2);
      });
      lab.say(`published ${copies} events a second time`);
    },
  },
  {
    name: 'poison',
    description:
      'Publishes messages that cannot be handled. They become dead letters, and orders are processed.',
    settlesWithin: 60,
    async run(lab) {
      const placing = placeOrders(lab, 6);
      const bodies = ['{"event": "order.created", ', 'null', '{"event": "order.created", "order_id": "one"}'];
      lab.say(`publishing ${bodies.length} invalid messages`);
      await lab.publish(bodies.map((body) => ({ routingKey: 'order.created', body })));
      await placing;
      const { data } = await lab.request<{ data: { id: number; reason: string }[] }>(
        'GET',
        '/v1/dead-letters?state=open&event=order.created&limit=10',
      );
      lab.say(
        `newest dead letters: ${data.map(({ id, reason }) => `${id} (${reason})`).join(', ') || 'none yet'}`,
      );
    },
  },
  {
    name: 'hot-product',
    description: '200 orders at once for a product with 50 units. 50 are processed, 150 rejected.',
    settlesWithin: 60,
    async run(lab) {
      const product = await lab.createProduct('Hot product', 50);
      lab.say('placing 200 orders for 50 units within 2 s');
      await lab.placeOrders(product, 200, 2);
    },
  },
  {
    name: 'slow-database',
    description:
      'Halts PostgreSQL for 0.4 s of each second, for 20 s. Everything becomes slower, and nothing fails.',
    settlesWithin: 120,
    async run(lab) {
      const placing = placeOrders(lab, 24);
      await lab.wait(2);
      lab.say('slowing down PostgreSQL for 20 s');
      for (let second = 0; second < 20; second++) {
        await lab.halt('postgres', 0.4);
        await lab.wait(0.6);
      }
      lab.say('PostgreSQL runs at full speed');
      await placing;
    },
  },
];
