import { setTimeout as sleep } from 'node:timers/promises';
import type { AppName } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { expectOthersInTime, MAX_SECONDS_OF_OTHER_ORDERS, waitUntilWarm } from './lock-measurements.js';

/** Advisory lock of the outbox poll (libs/messaging/src/outbox). */
const CLAIM_LOCK = 7_346_002;
const holdSeconds = ({ options }: FaultInjector, { short }: Experiment) =>
  options.holdSeconds ?? (short ? 20 : 60);

async function expectLockReported({ apps }: FaultInjector, experiment: Experiment, row: string) {
  const reportedBy = async (app: AppName) => {
    const { status, text } = await apps.health(app);
    return status === 200 && text.includes(`waits for a lock on ${row}`) && /held by pid \d+/.test(text);
  };
  const reported = until(
    'a worker to report the lock',
    async () => (await reportedBy('order-worker')) || (await reportedBy('stock-worker')),
    { seconds: 15 },
  );
  await experiment.expectInTime(`the readiness endpoint names the lock on ${row} and who holds it`, reported);
}

/**
 * Expects 503 with Retry-After for a request that needs the row, and success for one that does not.
 *
 * @returns whether the second one succeeded
 */
async function expectOnlyRefused(
  { apps }: FaultInjector,
  experiment: Experiment,
  requests: { refused: [path: string, body: object]; accepted: [path: string, body: object] },
) {
  const post = async ([path, body]: [string, object]) => {
    const startedAt = Date.now();
    const response = await apps.callApi(path, { method: 'POST', body: JSON.stringify(body) });
    await response.text();
    return { response, seconds: (Date.now() - startedAt) / 1_000 };
  };
  const [refused, accepted] = await Promise.all([post(requests.refused), post(requests.accepted)]);
  const retryAfter = refused.response.headers.get('retry-after');
  experiment.note(
    `POST ${requests.refused[0]} with the locked row: ${refused.response.status} after ${refused.seconds.toFixed(2)} s, ` +
      `without: ${accepted.response.status} after ${accepted.seconds.toFixed(2)} s`,
  );
  experiment.expect(
    refused.response.status === 503 && Number(retryAfter) > 0,
    `a request that needs the locked row is answered with 503 and Retry-After (${refused.response.status}, ${retryAfter})`,
  );
  experiment.expect(
    accepted.response.ok && accepted.seconds <= MAX_SECONDS_OF_OTHER_ORDERS,
    `a request for another product is answered in time (${accepted.response.status}, ${accepted.seconds} s)`,
  );
  return accepted.response.ok;
}

export const rowLock: Fault = {
  name: 'row-lock',
  description: 'locks the stock row of one product in another session, then its product row',
  async inject(injector, experiment) {
    const { database, products, load } = injector;
    const { hot, plentiful } = products;
    const seconds = holdSeconds(injector, experiment);
    await waitUntilWarm(injector);
    const releaseStock = await database.hold('SELECT FROM stock WHERE product_id = $1 FOR UPDATE', [hot]);
    await expectOthersInTime(injector, experiment, { without: hot, what: 'stock' }, async () => {
      const end = Date.now() + seconds * 1_000;
      await expectLockReported(injector, experiment, `stock of product ${hot}`);
      const body = { quantity: 1, reason: 'test' };
      const isReceived = await expectOnlyRefused(injector, experiment, {
        refused: [`/v1/products/${hot}/stock/receipts`, body],
        accepted: [`/v1/products/${plentiful[0]}/stock/receipts`, body],
      });
      if (isReceived) injector.openingStock.set(plentiful[0]!, injector.openingStock.get(plentiful[0]!)! + 1);
      await sleep(Math.max(0, end - Date.now()));
    });
    await releaseStock();
    const releaseProduct = await database.hold('SELECT FROM products WHERE id = $1 FOR UPDATE', [hot]);
    await expectOthersInTime(injector, experiment, { without: hot, what: 'product' }, async () => {
      const [refused, accepted] = await Promise.all([
        load.placeOrder([{ product_id: hot, quantity: 1 }]),
        load.placeOrder([{ product_id: plentiful[0]!, quantity: 1 }]),
      ]);
      experiment.expect(
        refused.status === 503,
        `an order of the product is answered with 503 (${refused.status})`,
      );
      experiment.expect(accepted.status === 202, `another order is accepted (${accepted.status})`);
      await sleep(experiment.short ? 8_000 : 20_000);
    });
    await releaseProduct();
    experiment.faultEnded();
  },
};

export const advisoryLock: Fault = {
  name: 'advisory-lock',
  description: 'takes the advisory lock of the outbox poll in another session',
  async inject(injector, experiment) {
    const { database } = injector;
    await waitUntilWarm(injector);
    const release = await database.hold('SELECT pg_advisory_xact_lock($1)', [CLAIM_LOCK]);
    await expectOthersInTime(injector, experiment, { without: 0, what: 'advisory lock' }, () =>
      sleep(holdSeconds(injector, experiment) * 1_000),
    );
    await release();
    experiment.faultEnded();
  },
};

export const machineLost: Fault = {
  name: 'machine-lost-in-transaction',
  description:
    'halts order-worker while it holds a lock, as if its machine was lost: no connection is closed',
  async inject(injector, experiment) {
    const { database, apps, load } = injector;
    const productId = await injector.addProduct(100);
    const lockRow = 'SELECT FROM stock WHERE product_id = $1 FOR UPDATE';
    const release = await database.hold(lockRow, [productId]);
    void load.placeOrder([{ product_id: productId, quantity: 1 }]);
    await until('order-worker to wait for the lock', async () => {
      const waiting = await database.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'order-worker' AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    apps.service('order-worker').kill('SIGSTOP');
    // The server gives the lock to the session of the halted process.
    await release();
    const startedAt = Date.now();
    const tryLock = () => database.query(`${lockRow} NOWAIT`, [productId]);
    const free = until('the row to be free', tryLock, { seconds: 10 });
    await experiment.expectInTime('the locks of a lost machine are released within 10 s', free);
    experiment.note(`released after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
    apps.service('order-worker').kill('SIGCONT');
    experiment.faultEnded();
  },
};
