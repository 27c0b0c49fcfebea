import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.js';

export interface Item {
  product_id: number;
  quantity: number;
}

/** One order as its customer knows it. */
export interface Placed {
  /** Unique, so that an order whose answer was lost can be found. */
  email: string;
  /** Set where the API said 202. */
  id?: number;
  /** What the API said; 0 where it gave no answer. */
  status: number;
  /** Why there was no answer. */
  fault?: string;
}

/** The shelves that the load buys from. */
export interface Shop {
  hot: number;
  plenty: number[];
  /** Too little for all who want some. */
  scarce: number[];
}

const CUSTOMERS = 'load.example';
const LONGEST_ANSWER_MS = 60_000;

/** Customers who order all the while, whatever the answers. */
export class Load {
  readonly placed: Placed[] = [];
  private readonly open = new Set<Promise<unknown>>();
  private running?: Promise<void>;
  private rate = 0;

  constructor(
    /** Where the customers order. */
    public api: string,
    private readonly random: Random,
  ) {}

  get accepted() {
    return this.placed.filter(({ id }) => id !== undefined);
  }

  /** Orders from now on, so many in a second, however slowly they are answered. */
  start(shop: Shop, rate: number) {
    this.rate = rate;
    this.running ??= (async () => {
      while (this.rate > 0) {
        void this.place(this.cart(shop));
        await sleep((1_000 / this.rate) * (0.5 + this.random.next()));
      }
    })();
  }

  /** No more orders; resolves when all are answered. */
  async stop() {
    this.rate = 0;
    await this.running;
    this.running = undefined;
    await Promise.all(this.open);
  }

  place(items: Item[], name = 'order'): Promise<Placed> {
    const placed: Placed = { email: `${name}-${this.placed.length + 1}@${CUSTOMERS}`, status: 0 };
    this.placed.push(placed);
    const asking = this.ask(placed, items).finally(() => this.open.delete(asking));
    this.open.add(asking);
    return asking;
  }

  private async ask(placed: Placed, items: Item[]) {
    const locale = this.random.pick(['en', 'pt-BR']);
    try {
      const response = await fetch(`${this.api}/v1/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ customer: { name: 'Ana Souza', email: placed.email }, items, locale }),
        signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
      });
      placed.status = response.status;
      const body = (await response.json()) as { id: number };
      if (response.status === 202) placed.id = body.id;
    } catch (error) {
      placed.status = 0;
      const { message, cause = '' } = error as Error;
      placed.fault = `${message} ${String(cause)}`;
    }
    return placed;
  }

  /** One to three products: often the hot one, now and then two that others want in the opposite order. */
  private cart({ hot, plenty, scarce }: Shop): Item[] {
    const { random } = this;
    const quantity = () => random.between(1, 3);
    const [a, b] = [plenty[0]!, plenty[1]!];
    const kind = random.next();
    if (kind < 0.1) return [a, b].map((product_id) => ({ product_id, quantity: quantity() }));
    if (kind < 0.2) return [b, a].map((product_id) => ({ product_id, quantity: quantity() }));
    const products = new Set<number>();
    if (kind < 0.55) products.add(hot);
    if (kind > 0.85) products.add(random.pick(scarce));
    const wanted = random.between(1, 3);
    while (products.size < wanted) products.add(random.pick(plenty));
    return [...products].map((product_id) => ({ product_id, quantity: quantity() }));
  }
}
