/** Products and orders that the fuzzer created. It changes no others, because good orders use those. */
export interface KnownResources {
  readonly productIds: number[];
  /** Also those that hostile input has created. */
  readonly orderIds: number[];
}

const COUNT = 5;

export async function createKnownResources(apiUrl: string): Promise<KnownResources> {
  const productIds: number[] = [];
  const orderIds: number[] = [];
  for (let index = 1; index <= COUNT; index++) {
    const product = { sku: `FUZZ-${index}`, name: 'Fuzz', price: 100, currency: 'BRL', reorder_point: 5 };
    const id = await create(`${apiUrl}/v1/products`, product);
    await create(`${apiUrl}/v1/products/${id}/stock/receipts`, { quantity: 1_000, reason: 'opening stock' });
    productIds.push(id);
  }
  for (let index = 1; index <= COUNT; index++) {
    const customer = { name: 'Ana', email: `fuzz-${index}@fuzz.example` };
    const items = [{ product_id: productIds[0]!, quantity: 1 }];
    orderIds.push(await create(`${apiUrl}/v1/orders`, { customer, items }));
  }
  return { productIds, orderIds };
}

/** @returns the `id` in the response */
async function create(url: string, body: object): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { id: number }).id;
}
