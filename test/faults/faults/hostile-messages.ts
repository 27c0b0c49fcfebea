import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES } from '../../../apps/manifest.js';
import { nestedTables, notEncodableTable, publishRaw } from '../../support/hostile-messages.js';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import { EXCHANGE, type DeadLetter } from '../injector/broker.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { probeOrdersDuring } from '../order-probe.js';

/** In the body of every hostile message. */
const MARKER = 'hostile';
const ORDER_SECONDS = 5;
const UNKNOWN_ORDERS = 600;
const UNKNOWN_HOME_QUEUES = 40;
const FORGED_MOVEMENTS = 2_000;
const LARGE_BODY_BYTES = 15_000_000;

/** Names of the exchanges, whose suffixes differ between releases. */
type Exchanges = Record<'retry' | 'return' | 'dead' | 'unrouted', string>;

const toBody = (fields: object) => Buffer.from(JSON.stringify({ ...fields, [MARKER]: true }));
const notJson = Buffer.from(`{${MARKER}`);

/** Headers that the system itself sets, with values that it never sets. */
const HOSTILE_HEADERS: Record<string, unknown>[] = [
  ...[3_000_000_000, 2 ** 60, -1, 1.5, 'many', { deep: [1] }, null].map((attempt) => ({ attempt })),
  ...[[{ queue: 5 }], 'text', [null], [[]], { queue: 'order_queue' }, []].map((deaths) => ({
    'x-death': deaths,
  })),
  { home_queue: 'nowhere', retry_step: 'one', rerouted: -1_000_000, replayed: { a: 1 } },
  { dead_letter_from: 5, dead_letter_code: ['a'], dead_letter_reason: { a: 'b' } },
  { traceparent: [1], 'x-delivery-count': 1_000_000, 'x-acquired-count': -5 },
  { text: '\0'.repeat(3_000) },
  Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`header${index}`, index])),
];

export const hostileMessages: Fault = {
  name: 'hostile-messages',
  description:
    'publishes messages with hostile headers and bodies to all exchanges, while good orders are placed',
  async inject(injector, experiment) {
    const exchanges = await findExchanges(injector);
    experiment.expectDeadLetters(({ body }: DeadLetter) => body.includes(MARKER));
    const { hot } = injector.products;
    const { placed, slowest, late } = await probeOrdersDuring(
      () => publishHostileMessages(injector, experiment, exchanges),
      injector,
      { maxSeconds: ORDER_SECONDS, productId: hot },
    );
    experiment.note(`${placed} good orders, the slowest processed after ${slowest.toFixed(1)} s`);
    experiment.expect(
      late === 0,
      `good orders are processed within ${ORDER_SECONDS} s (${late} of ${placed} were not)`,
    );
    experiment.faultEnded();
    await expectCollected(injector, experiment, exchanges);
    const falseAlerts = await countFalseStockAlerts(injector);
    experiment.expect(
      falseAlerts === 0,
      `a forged stock.updated causes no low-stock alert (${falseAlerts} were caused)`,
    );
    for (const app of APP_NAMES) {
      const { status, text } = await injector.apps.health(app);
      experiment.expect(
        status === 200 && !text.includes('degraded'),
        `${app} is ready, without limitations (${text})`,
      );
    }
  },
};

async function publishHostileMessages(injector: FaultInjector, experiment: Experiment, exchanges: Exchanges) {
  await publishHostileHeaders(injector, exchanges);
  await publishUnknownOrders(injector);
  await publishToRetries(injector, exchanges);
  await publishLargeBodies(injector, experiment);
  await publishForgedStockChanges(injector);
  experiment.note(`${UNKNOWN_ORDERS} unknown orders and hostile messages published`);
  await sleep(experiment.short ? 20_000 : 120_000);
}

async function findExchanges({ broker }: FaultInjector): Promise<Exchanges> {
  const all = await broker.requestManagementApi<{ name: string }[]>(
    'GET',
    `/api/exchanges/${broker.vhostPath}`,
  );
  const find = (kind: string) => all.find(({ name }) => name.startsWith(`${EXCHANGE}.${kind}`))!.name;
  return { retry: find('retry'), return: find('return'), dead: find('dead'), unrouted: find('unrouted') };
}

/** @returns the number of alerts about movements that did not lower the stock to the reorder point */
async function countFalseStockAlerts({ database }: FaultInjector): Promise<number> {
  const [found] = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM notifications
     JOIN movements ON movements.id = movement_id JOIN products ON products.id = product_id
     WHERE notifications.kind = 'low_stock'
       AND NOT (balance_after <= reorder_point AND balance_after - movements.quantity > reorder_point)`,
  );
  return found!.count;
}

async function publishHostileHeaders({ broker, servers }: FaultInjector, exchanges: Exchanges) {
  const targets = [EXCHANGE, exchanges.dead, exchanges.unrouted, exchanges.return, exchanges.retry];
  await broker.withChannel(async (channel) => {
    for (const exchange of targets) {
      // Not an event of the catalogue: such an event would be rerouted.
      const routingKey = exchange === EXCHANGE ? 'order.created' : 'hostile.event';
      for (const headers of HOSTILE_HEADERS) channel.publish(exchange, routingKey, notJson, { headers });
    }
    await channel.waitForConfirms();
  });
  const url = broker.urlAt(Number(new URL(servers.rabbitMq.url).port));
  for (const headers of [nestedTables(15_000), nestedTables(400), notEncodableTable()]) {
    for (const exchange of [EXCHANGE, exchanges.dead, exchanges.unrouted]) {
      const routingKey = exchange === EXCHANGE ? 'order.created' : 'hostile.event';
      await publishRaw(url, { exchange, routingKey, headers, body: notJson });
    }
  }
}

function publishUnknownOrders({ broker }: FaultInjector) {
  const orders = Array.from({ length: UNKNOWN_ORDERS }, (_, index) => ({
    routingKey: 'order.created',
    body: toBody({
      event: 'order.created',
      order_id: 9_000_000_000 + index,
      items: [{ product_id: 1, quantity: 1 }],
    }),
  }));
  return broker.publish(orders);
}

/** One message that would wait in the first retry queue forever, and some that no queue would take back. */
function publishToRetries({ broker }: FaultInjector, { retry }: Exchanges) {
  return broker.withChannel(async (channel) => {
    const headers = { retry_step: 1, home_queue: 'nowhere' };
    for (let index = 0; index < UNKNOWN_HOME_QUEUES; index++)
      channel.publish(retry, 'hostile.event', notJson, { headers, expiration: 100 });
    channel.publish(retry, 'hostile.event', notJson, { headers });
    await channel.waitForConfirms();
  });
}

async function publishLargeBodies({ broker }: FaultInjector, { short }: Experiment) {
  const body = Buffer.alloc(LARGE_BODY_BYTES, MARKER);
  for (let index = 0; index < (short ? 3 : 10); index++)
    await broker.publish([{ routingKey: 'order.created', body }]);
}

/** An event that claims that real movements emptied the stock. */
async function publishForgedStockChanges({ broker, database }: FaultInjector) {
  const movements = await database.query<{ id: string; product_id: string }>(
    'SELECT id, product_id FROM movements ORDER BY id LIMIT $1',
    [FORGED_MOVEMENTS],
  );
  const items = movements.map(({ id, product_id }) => ({
    product_id: Number(product_id),
    movement_id: Number(id),
    quantity: -1_000_000,
    on_hand: 0,
    reserved: 0,
    available: 0,
  }));
  const body = toBody({ event: 'stock.updated', items });
  await broker.publish([{ routingKey: 'stock.updated', body }]);
}

/** Every hostile message that a worker or the broker dead-lettered is stored, and the api can show the large ones. */
async function expectCollected(injector: FaultInjector, experiment: Experiment, { dead }: Exchanges) {
  const { broker, database, apps } = injector;
  const last = Buffer.from(`${MARKER} last`);
  await broker.withChannel(async (channel) => {
    channel.publish(dead, 'hostile.event', last);
    await channel.waitForConfirms();
  });
  await experiment.expectInTime(
    'dead letters are collected',
    until(
      'the last one to be stored',
      async () => (await database.query('SELECT 1 FROM dead_letters WHERE body = $1', [last])).length > 0,
      { seconds: 30 },
    ),
  );
  await experiment.expectInTime(
    'the events of unknown orders are retried and dead-lettered',
    until(
      `${UNKNOWN_ORDERS} dead letters`,
      async () => {
        const [found] = await database.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM dead_letters WHERE reason = 'order_not_found'`,
        );
        return found!.count >= UNKNOWN_ORDERS;
      },
      { seconds: 60 },
    ),
  );
  const [large] = await database.query<{ id: number; size: number; total: number }>(
    `SELECT max(id)::int AS id, max(octet_length(body)) AS size, count(*)::int AS total FROM dead_letters
     WHERE reason = 'body_too_large'`,
  );
  experiment.note(`${large!.total} large bodies stored, with at most ${large!.size} bytes`);
  const response = await apps.callApi(`/v1/dead-letters/${large!.id}`);
  experiment.expect(response.status === 200, `the api shows a large dead letter (${response.status})`);
  await response.arrayBuffer();
}
