import { Outbox, type OutboxRelay, type StoredEvent } from '@estoque/messaging';
import { AppError } from '@estoque/platform';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { catalogue } from './events/catalogue.js';
import { NotificationRepository } from './notification/notification.repository.js';
import { OrderRepository } from './order/order.repository.js';
import { ProductRepository } from './product/product.repository.js';
import { StockRepository } from './stock/stock.repository.js';

/** All repositories, reading and writing through one connection. */
export class Repositories {
  readonly orders: OrderRepository;
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly notifications: NotificationRepository;

  constructor(manager: EntityManager) {
    this.orders = new OrderRepository(manager);
    this.products = new ProductRepository(manager);
    this.stock = new StockRepository(manager);
    this.notifications = new NotificationRepository(manager);
  }
}

/** What a transaction may do: change things, and announce that it did. */
export type Transaction = Repositories & { outbox: Outbox<typeof catalogue> };

/** Deadlock and serialization failure: nothing was done, and the same work will do a moment later. */
const RETRY_AT_ONCE = new Set(['40P01', '40001']);
const TRIES = 5;

/** The one place that opens transactions. */
export class UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: Pick<OutboxRelay, 'wake'>,
    private readonly app: string,
  ) {}

  /** Runs `work` in one transaction: all of it is stored and its events announced, or none. It may run more than once. */
  async inTransaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(work);
      } catch (error) {
        if (attempt === TRIES || !RETRY_AT_ONCE.has((error as { code: string }).code)) throw error;
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  /** For reading: no transaction. */
  get read(): Repositories {
    this.assertConnected();
    return new Repositories(this.dataSource.manager);
  }

  private async once<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    this.assertConnected();
    let announced: StoredEvent[] = [];
    const result = await this.dataSource.transaction(async (manager) => {
      const outbox = new Outbox(catalogue, this.app);
      const done = await work(Object.assign(new Repositories(manager), { outbox }));
      announced = await outbox.store(manager);
      return done;
    });
    this.relay.wake(announced);
    return result;
  }

  private assertConnected() {
    if (!this.dataSource.isInitialized)
      throw new AppError('unavailable', 'database_unavailable', 'not connected yet');
  }
}
