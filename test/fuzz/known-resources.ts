import type { AppProcesses } from '../faults/injector/app-processes.js';
import { CUSTOMER_EMAILS } from './credentials.js';

/** Products and orders that the fuzzer created. It changes no others, because good orders use those. */
export interface KnownResources {
  readonly productIds: number[];
  /** Also those that hostile input has created. */
  readonly orderIds: number[];
  /** Keys that no request of the fuzzer is sent with. */
  readonly apiKeyIds: number[];
}

const COUNT = 5;
/** No name server knows this name (RFC 6761). */
export const WEBHOOK_URL = 'https://receiver.invalid/hooks';

export async function createKnownResources(apps: AppProcesses): Promise<KnownResources> {
  /** @returns the `id` in the response */
  const create = async (path: string, body: object): Promise<number> => {
    const response = await apps.callApi(path, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { id: number }).id;
  };
  const productIds: number[] = [];
  const orderIds: number[] = [];
  const apiKeyIds: number[] = [];
  for (let index = 1; index <= COUNT; index++) {
    const product = { sku: `FUZZ-${index}`, name: 'Fuzz', price: 100, currency: 'BRL', reorder_point: 5 };
    const id = await create('/v1/products', product);
    await create(`/v1/products/${id}/stock/receipts`, { quantity: 1_000, reason: 'opening stock' });
    productIds.push(id);
  }
  for (let index = 1; index <= COUNT; index++)
    apiKeyIds.push(await create('/v1/api-keys', { name: `fuzz ${index}`, scopes: ['orders:read'] }));
  await create('/v1/webhook-endpoints', { url: WEBHOOK_URL, events: ['order.created'] });
  const others = Array.from({ length: COUNT }, (_, index) => `fuzz-${index}@fuzz.example`);
  for (const email of [...CUSTOMER_EMAILS, ...others]) {
    const customer = { name: 'Ana', email };
    const items = [{ product_id: productIds[0]!, quantity: 1 }];
    orderIds.push(await create('/v1/orders', { customer, items }));
  }
  return { productIds, orderIds, apiKeyIds };
}
