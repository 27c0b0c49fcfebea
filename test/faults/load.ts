import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.js';

export interface OrderItem {
  product_id: number;
  quantity: number;
}

/** One order request and its response. */
export interface OrderRequest {
  /** Unique for each request, so that an order whose response was lost can be found. */
  email: string;
  /** Id of the order, if the API answered 202. */
  id?: number;
  /** HTTP status; 0 if there was no response. */
  status: number;
  /** Why there was no response. */
  error?: string;
}

/** Ids of the products that the load orders. */
export interface Products {
  /** Ordered most often. */
  hot: number;
  plentiful: number[];
  /** Too little stock for all orders. */
  scarce: number[];
}

const EMAIL_DOMAIN = 'load.example';
const REQUEST_TIMEOUT_MS = 60_000;

/** Generates orders continuously, independent of the responses. */
export class Load {
  readonly requests: OrderRequest[] = [];
  private readonly pending = new Set<Promise<unknown>>();
  private running?: Promise<void>;
  private rate = 0;

  constructor(
    public apiUrl: string,
    private readonly random: Random,
  ) {}

  get accepted() {
    return this.requests.filter(({ id }) => id !== undefined);
  }

  /** Sends `rate` requests per second from now on. It does not wait for responses. */
  start(products: Products, rate: number) {
    this.rate = rate;
    this.running ??= (async () => {
      while (this.rate > 0) {
        void this.placeOrder(this.randomItems(products));
        await sleep((1_000 / this.rate) * (0.5 + this.random.next()));
      }
    })();
  }

  /** Sends no more requests; resolves when all are answered. */
  async stop() {
    this.rate = 0;
    await this.running;
    this.running = undefined;
    await Promise.all(this.pending);
  }

  /**
   * @param customer first part of the customer's e-mail address
   * @returns the request when it is answered or has failed; never rejects
   */
  placeOrder(items: OrderItem[], customer = 'order'): Promise<OrderRequest> {
    const request: OrderRequest = {
      email: `${customer}-${this.requests.length + 1}@${EMAIL_DOMAIN}`,
      status: 0,
    };
    this.requests.push(request);
    const sending = this.send(request, items).finally(() => this.pending.delete(sending));
    this.pending.add(sending);
    return sending;
  }

  private async send(request: OrderRequest, items: OrderItem[]) {
    const locale = this.random.pick(['en', 'pt-BR']);
    try {
      const response = await fetch(`${this.apiUrl}/v1/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ customer: { name: 'Ana Souza', email: request.email }, items, locale }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      request.status = response.status;
      const body = (await response.json()) as { id: number };
      if (response.status === 202) request.id = body.id;
    } catch (error) {
      request.status = 0;
      const { message, cause = '' } = error as Error;
      request.error = `${message} ${String(cause)}`;
    }
    return request;
  }

  /**
   * One to three products. A third of the orders contain the hot product. A fifth contain the same two products in one
   * order or the other, which provokes deadlocks.
   */
  private randomItems({ hot, plentiful, scarce }: Products): OrderItem[] {
    const { random } = this;
    const toItem = (product_id: number) => ({ product_id, quantity: random.between(1, 3) });
    const first = plentiful[0]!;
    const second = plentiful[1]!;
    const kind = random.next();
    if (kind < 0.1) return [first, second].map(toItem);
    if (kind < 0.2) return [second, first].map(toItem);
    const products = new Set<number>();
    if (kind < 0.55) products.add(hot);
    if (kind > 0.85) products.add(random.pick(scarce));
    const size = random.between(1, 3);
    while (products.size < size) products.add(random.pick(plentiful));
    return [...products].map(toItem);
  }
}
