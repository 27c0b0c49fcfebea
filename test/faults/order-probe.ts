import { until } from '../support/until.js';
import type { FaultInjector } from './injector/fault-injector.js';
import type { OrderRequest } from './load.js';

const INTERVAL_MS = 1_000;
const PROCESSED_WITHIN_SECONDS = 60;

export interface ProbedOrder {
  request: OrderRequest;
  /** From the request until the order was processed; Infinity if it was refused or not processed in a minute. */
  seconds: number;
}

/** Places an order for one unit of a product, and waits until it is processed. Never rejects. */
export async function probeOrder(
  { load, database, products }: FaultInjector,
  productId = products.plentiful[0]!,
): Promise<ProbedOrder> {
  const startedAt = Date.now();
  const request = await load.placeOrder([{ product_id: productId, quantity: 1 }], 'probe');
  const { id } = request;
  if (id === undefined) return { request, seconds: Infinity };
  const isProcessed = async () => (await database.countProcessed([id])) === 1;
  try {
    await until('the order to be processed', isProcessed, { seconds: PROCESSED_WITHIN_SECONDS });
    return { request, seconds: (Date.now() - startedAt) / 1_000 };
  } catch {
    return { request, seconds: Infinity };
  }
}

/**
 * Probes an order every second while `work` runs.
 *
 * @returns the number of orders, the seconds of the slowest one, and how many took longer than `maxSeconds`
 */
export async function probeOrdersDuring(
  work: () => Promise<void>,
  injector: FaultInjector,
  { maxSeconds, productId }: { maxSeconds: number; productId?: number },
): Promise<{ placed: number; slowest: number; late: number }> {
  const probing: Promise<ProbedOrder>[] = [];
  const timer = setInterval(() => void probing.push(probeOrder(injector, productId)), INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const seconds = (await Promise.all(probing)).map((order) => order.seconds);
  return {
    placed: seconds.length,
    slowest: Math.max(0, ...seconds),
    late: seconds.filter((value) => value > maxSeconds).length,
  };
}
