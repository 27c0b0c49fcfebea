import { setTimeout as sleep } from 'node:timers/promises';
import { signWebhook } from '@estoque/platform';
import { until } from '../../support/until.js';
import { WEBHOOK_SECRET } from '../../support/payment-gateway.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { probeOrdersDuring } from '../order-probe.js';

const PLAIN_ORDER_SECONDS = 5;

/** Places an order with this token. @returns its id */
async function placePaidOrder({ load, products }: FaultInjector, method: string): Promise<number> {
  const item = { product_id: products.plentiful[0]!, quantity: 1 };
  const { id, status } = await load.placeOrder([item], 'paid', method);
  if (id === undefined) throw new Error(`the API answered a paid order with ${status}`);
  return id;
}

const waitUntilProcessed = ({ database }: FaultInjector, ids: number[]) =>
  until(
    `${ids.length} paid orders to be processed`,
    async () => (await database.countProcessed(ids)) === ids.length,
    { seconds: 60 },
  );

/** Orders without a payment do not wait for the gateway. */
async function expectPlainOrdersInTime(
  injector: FaultInjector,
  experiment: Experiment,
  work: () => Promise<void>,
) {
  const { placed, slowest, late } = await probeOrdersDuring(work, injector, {
    maxSeconds: PLAIN_ORDER_SECONDS,
  });
  experiment.note(`${placed} orders without a payment meanwhile; the slowest took ${slowest.toFixed(1)} s`);
  experiment.expect(
    late === 0,
    `orders without a payment are processed within ${PLAIN_ORDER_SECONDS} s (${late} were not)`,
  );
}

export const gatewayDown: Fault = {
  name: 'gateway-down',
  description: 'stops the payment gateway, which refuses connections, and starts it again',
  async inject(injector, experiment) {
    const { gateway } = injector;
    await gateway.shutDown();
    const ids: number[] = [];
    await expectPlainOrdersInTime(injector, experiment, async () => {
      for (let count = 0; count < 5; count++) ids.push(await placePaidOrder(injector, 'tok_ok'));
      await sleep(experiment.short ? 5_000 : 30_000);
    });
    experiment.expect(
      (await injector.database.countProcessed(ids)) === 0,
      'no order is processed before it is paid',
    );
    await gateway.restart();
    experiment.faultEnded();
    await experiment.expectInTime('the orders are processed afterwards', waitUntilProcessed(injector, ids));
  },
};

export const gatewaySlow: Fault = {
  name: 'gateway-slow',
  description: 'delays every answer of the payment gateway by three seconds, for a minute',
  async inject(injector, experiment) {
    const proxy = injector.apps.proxy('payment-worker', 'gateway');
    proxy.delayAnswers(3_000);
    await expectPlainOrdersInTime(injector, experiment, () => sleep(experiment.short ? 10_000 : 60_000));
    proxy.delayAnswers(0);
  },
};

export const chargeAnswersLost: Fault = {
  name: 'charge-answers-lost',
  description:
    'cuts the connection after the payment gateway has made a charge or a refund, before its answer',
  async inject(injector, experiment) {
    const proxy = injector.apps.proxy('payment-worker', 'gateway');
    const times = experiment.short ? 5 : 20;
    for (const path of ['/charges', '/refunds']) {
      const rule = proxy.addRule({
        // The gateway itself gives no answer with that token.
        match: ({ name, text }) =>
          name === 'request' && text.startsWith(`POST ${path}`) && !text.includes('tok_timeout'),
        when: 'unanswered',
        then: 'cut',
        times,
      });
      const cuts = until('the cuts', () => rule.hits === times, { seconds: 60 }).then(() => true);
      experiment.recordInjectionPoint(`${times} answers of ${path} lost`, await cuts.catch(() => false));
    }
  },
};

export const webhookStorm: Fault = {
  name: 'webhook-storm',
  description:
    'sends the webhooks of all payments several times in a random sequence, also before the answer to the charge',
  async inject(injector, experiment) {
    const { apps, database, gateway, random } = injector;
    const end = Date.now() + (experiment.short ? 5_000 : 20_000);
    const statuses = new Map<number, number>();
    const send = async (key: string) => {
      const body = JSON.stringify({ type: 'charge.updated', idempotency_key: key });
      const headers = {
        'content-type': 'application/json',
        'payment-signature': signWebhook(body, WEBHOOK_SECRET, Date.now()),
      };
      const url = `${apps.url('api')}/v1/payments/webhooks/simulated`;
      const { status } = await fetch(url, { method: 'POST', headers, body });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    const ids: number[] = [];
    while (Date.now() < end) {
      ids.push(await placePaidOrder(injector, random.pick(['tok_async', 'tok_ok', 'tok_timeout'])));
      // From the database, because the gateway does not know the newest payments yet.
      const rows = await database.query<{ key: string }>(
        `SELECT 'payment-' || id || '-' || nonce AS key FROM payments ORDER BY id DESC LIMIT 30`,
      );
      const keys = rows.map(({ key }) => key);
      await Promise.all(random.shuffle([...keys, ...keys]).map(send));
    }
    experiment.note(`webhooks by status of the answer: ${JSON.stringify(Object.fromEntries(statuses))}`);
    experiment.expect(
      [...statuses.keys()].every((status) => status === 204),
      'all webhooks are accepted',
    );
    await experiment.expectInTime('the paid orders are processed', waitUntilProcessed(injector, ids));
    const charges = await gateway.charges();
    const charged = ids.map((id) => charges.filter(({ order_id }) => order_id === id).length);
    experiment.expect(
      charged.every((count) => count === 1),
      'each order is charged once',
    );
  },
};
