import {
  createDataSource,
  parseConfirmation,
  UnitOfWork,
  type Actor,
  type PendingConfirmation,
  type PublisherName,
} from '@estoque/domain';
import type { DataSource } from 'typeorm';
import { createDatabase } from './database.js';

/** Publishes nothing: all events stay in the outbox. */
const IDLE_RELAY = { enqueue: () => undefined, ready: false };

/** Who makes the changes of a test. */
export const ACTOR: Actor = { id: 'key:1', address: '127.0.0.1' };

interface Item {
  product_id: number;
  quantity: number;
}

/**
 * The domain layer on a database of its own: unit of work and repositories, without apps and without a broker. Events
 * that a test adds stay in the outbox.
 */
export class TestShop {
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

  /**
   * @param workers number of transactions that can run at once
   * @param settings PostgreSQL parameters of the database, each as `name = value`
   * @param lockTimeoutMs 0 for none; default: that of the apps
   */
  static async open({
    workers = 20,
    settings = [] as string[],
    lockTimeoutMs = undefined as number | undefined,
  } = {}) {
    const { url, drop } = await createDatabase(settings);
    const dataSource = await createDataSource(url, { poolSize: workers, lockTimeoutMs }).initialize();
    return new TestShop(url, dataSource, drop);
  }

  /** Runs `work` while another session has a transaction open in which it executed the statement, to lock rows. */
  async whileLocked(sql: string, parameters: unknown[], work: () => Promise<void>) {
    // Without time limits: the server would end the transaction of a session of the apps after a while.
    const other = await createDataSource(this.url, { app: 'other', queryTimeoutMs: 0 }).initialize();
    try {
      await other.transaction(async (manager) => {
        await manager.query(sql, parameters);
        await work();
      });
    } finally {
      await other.destroy();
    }
  }

  /** Creates a product with `onHand` units in stock. @returns its id */
  createProduct(onHand: number): Promise<number> {
    return this.unitOfWork.inTransaction(async ({ products, stock }) => {
      const sku = crypto.randomUUID();
      const { id } = await products.create({
        sku,
        name: 'Café',
        price: 2_490,
        currency: 'BRL',
        reorder_point: 0,
        active: true,
      });
      await stock.create(id);
      if (onHand > 0) await stock.recordMovement(id, 'receipt', onHand, 'opening stock');
      return id;
    });
  }

  /** Creates a pending order, without an event. @returns its id */
  createOrder(items: Item[]): Promise<number> {
    const lines = items.map((item) => ({ ...item, sku: 'CAF-250', name: 'Café', unit_price: 2_490 }));
    const customer = { customer_name: 'Ana', customer_email: 'ana@example.com', locale: 'pt-BR' as const };
    return this.unitOfWork.inTransaction(async ({ orders }) => {
      const [placed] = await orders.place([{ ...customer, currency: 'BRL', total: 2_490, lines }]);
      return placed!.id;
    });
  }

  /** Confirms the order's events for every queue that has not confirmed them. An order that is not in progress is closed then. */
  async confirmEvents(orderId: number): Promise<void> {
    const [order] = await this.dataSource.query<{ unconfirmed: PendingConfirmation[] }[]>(
      'SELECT unconfirmed FROM orders WHERE id = $1',
      [orderId],
    );
    await this.unitOfWork.inTransaction(async ({ orders }) => {
      for (const confirmation of order!.unconfirmed) {
        const { queue, ...event } = parseConfirmation(confirmation);
        await orders.confirm(event, queue, [orderId]);
      }
    });
  }

  async close() {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await this.drop();
  }
}

/** Starts `count` calls of `work` at the same time, with the indexes from 0. */
export const runConcurrently = <Result>(count: number, work: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** A barrier: each caller waits until `count` callers have arrived. */
export function barrier(count: number) {
  let arrived = 0;
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (++arrived === count) open();
    return opened;
  };
}
