import { createDataSource, UnitOfWork, type PublisherName } from '@estoque/domain';
import type { DataSource } from 'typeorm';
import { createDatabase } from './database.js';

/** Publishes nothing: all events stay in the outbox. */
const IDLE_RELAY = { enqueue: () => undefined, ready: false };

interface Item {
  product_id: number;
  quantity: number;
}

/** The domain on a database of its own, without apps and without a broker: what it announces stays in the outbox. */
export class Shop {
  readonly unitOfWork: UnitOfWork;

  private constructor(
    readonly url: string,
    readonly dataSource: DataSource,
    private readonly drop: () => Promise<void>,
  ) {
    this.unitOfWork = new UnitOfWork(dataSource, IDLE_RELAY, 'test');
  }

  /** The unit of work as this app has it: its outbox accepts the events that the app declares. */
  unitOfWorkOf<App extends PublisherName>(app: App): UnitOfWork<App> {
    return new UnitOfWork(this.dataSource, IDLE_RELAY, app);
  }

  /** With room for `workers` transactions at once; `settings` are the database's own, as `name = value`. */
  static async open({ workers = 20, settings = [] as string[] } = {}) {
    const { url, drop } = await createDatabase(settings);
    return new Shop(url, await createDataSource(url, { poolSize: workers }).initialize(), drop);
  }

  /** A product with so much on hand. @returns its id */
  product(onHand: number): Promise<number> {
    return this.unitOfWork.inTransaction(async ({ products, stock }) => {
      const sku = crypto.randomUUID();
      const { id } = await products.create({
        ...{ sku, name: 'Café', price: 2_490, currency: 'BRL', reorder_point: 0, active: true },
      });
      await stock.create(id);
      if (onHand > 0) await stock.recordMovement(id, 'receipt', onHand, 'to begin with');
      return id;
    });
  }

  /** A pending order. @returns its id */
  order(items: Item[]): Promise<number> {
    const lines = items.map((item) => ({ ...item, sku: 'CAF-250', name: 'Café', unit_price: 2_490 }));
    const customer = { customer_name: 'Ana', customer_email: 'ana@example.com', locale: 'pt-BR' as const };
    return this.unitOfWork.inTransaction(async ({ orders }) => {
      const [placed] = await orders.place([{ ...customer, currency: 'BRL', total: 2_490, lines }]);
      return placed!.id;
    });
  }

  async close() {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await this.drop();
  }
}

/** So many at once, numbered from 0. */
export const runConcurrently = <Result>(count: number, work: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** A line to start from: whoever comes waits there until so many have come. */
export function barrier(count: number) {
  let come = 0;
  let start: () => void;
  const started = new Promise<void>((resolve) => (start = resolve));
  return () => {
    if (++come === count) start();
    return started;
  };
}
