import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';
import type { Fault } from '../experiment.js';
import type { Database } from '../injector/database.js';
import type { Load, OrderItem, OrderRequest } from '../load.js';

/** For an order that is refused because the api is overloaded. */
const MAX_TRIES = 30;

const acceptedIds = (requests: OrderRequest[]) =>
  requests.flatMap(({ id }) => (id === undefined ? [] : [id]));

export const deadlock: Fault = {
  name: 'deadlock',
  description: 'places 200 orders for the same two products, with their lines in opposite order',
  async inject(injector, experiment) {
    const { database, load } = injector;
    const first = { product_id: await injector.addProduct(10_000), quantity: 1 };
    const second = { product_id: await injector.addProduct(10_000), quantity: 1 };
    const deadlocksBefore = await database.countDeadlocks();
    const requests = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        load.placeOrder(index % 2 ? [first, second] : [second, first]),
      ),
    );
    const ids = acceptedIds(requests);
    experiment.expect(ids.length === 200, `all 200 orders are accepted (${ids.length})`);
    await experiment.expectInTime(
      'all orders are processed',
      until('200 orders to be processed', async () => (await database.countProcessed(ids)) === ids.length, {
        seconds: 60,
      }),
    );
    await sleep(1_500); // until PostgreSQL has published its statistics
    const deadlocks = (await database.countDeadlocks()) - deadlocksBefore;
    experiment.note(`${ids.length} orders, ${deadlocks} deadlocks`);
    experiment.expect(deadlocks === 0, `no deadlock (${deadlocks})`);
  },
};

export const lastUnits: Fault = {
  name: 'last-units',
  description: 'places 500 orders at once for the last 50 units',
  async inject(injector, experiment) {
    const { database, load } = injector;
    const productId = await injector.addProduct(50);
    const item = { product_id: productId, quantity: 1 };
    const ids = (await Promise.all(Array.from({ length: 500 }, () => placeUntilAccepted(load, item)))).flat();
    experiment.expect(ids.length === 500, `all 500 orders are accepted (${ids.length})`);
    await experiment.expectInTime(
      'each order is processed or rejected',
      until(
        'all orders to be final',
        async () => {
          const { processed, rejected } = await countOutcomes(database, ids, productId);
          return processed + rejected === ids.length;
        },
        { seconds: 60 },
      ),
    );
    const { processed, rejected } = await countOutcomes(database, ids, productId);
    experiment.note(`${processed} processed, ${rejected} rejected with the reason`);
    experiment.expect(
      processed === 50 && rejected === 450,
      `exactly 50 orders are processed and 450 rejected (${processed}, ${rejected})`,
    );
  },
};

/** Places an order, again each second while the api refuses it because it is overloaded. @returns the id, or none */
async function placeUntilAccepted(load: Load, item: OrderItem): Promise<number[]> {
  for (let tries = 1; ; tries++) {
    const request = await load.placeOrder([item]);
    if (request.status !== 503 || tries === MAX_TRIES) return acceptedIds([request]);
    await sleep(1_000);
  }
}

/** @returns processed orders, and orders that were rejected because this product is out of stock */
async function countOutcomes(database: Database, orderIds: number[], productId: number) {
  const rows = await database.query<{
    status: string;
    rejection: { product_id: number; reason: string }[] | null;
  }>('SELECT status, rejection FROM orders WHERE id = ANY($1)', [orderIds]);
  const isOutOfStock = ({ rejection }: (typeof rows)[number]) =>
    rejection?.some(({ product_id, reason }) => product_id === productId && reason === 'out_of_stock');
  return {
    processed: rows.filter(({ status }) => status === 'processed').length,
    rejected: rows.filter((row) => row.status === 'rejected' && isOutOfStock(row)).length,
  };
}
