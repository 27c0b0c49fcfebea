import { assertConnected, sqlClientInTransaction, type SqlClient } from '@estoque/database';
import { Outbox, type OutboxRelay, type StoredEvents } from '@estoque/messaging';
import { inSpan, hasActiveTrace, traceLinks, type SpanStart } from '@estoque/platform';
import { SpanKind } from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { catalogue, type PublisherName } from './events/catalogue.js';
import { IdempotencyRepository } from './idempotency/idempotency.repository.js';
import { NotificationRepository } from './notification/notification.repository.js';
import { OpenOrderRepository } from './order/open-order.repository.js';
import { OrderDetailsRepository } from './order/order-details.repository.js';
import { OrderRepository } from './order/order.repository.js';
import { ProductRepository } from './product/product.repository.js';
import { RetentionRepository } from './retention/retention.repository.js';
import { StockRepository } from './stock/stock.repository.js';
import { TransactionCounters } from './transaction-counters.js';

/** All repositories on one connection. */
export class Repositories {
  readonly orders: OrderRepository;
  readonly openOrders: OpenOrderRepository;
  readonly orderDetails: OrderDetailsRepository;
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly notifications: NotificationRepository;
  readonly retention: RetentionRepository;
  readonly idempotency: IdempotencyRepository;

  constructor(manager: EntityManager, counters = new TransactionCounters()) {
    this.orders = new OrderRepository(manager, counters);
    this.openOrders = new OpenOrderRepository(manager);
    this.orderDetails = new OrderDetailsRepository(manager);
    this.products = new ProductRepository(manager);
    this.stock = new StockRepository(manager);
    this.notifications = new NotificationRepository(manager);
    this.retention = new RetentionRepository(manager);
    this.idempotency = new IdempotencyRepository(manager);
  }
}

/** The repositories of one transaction, and its outbox, which accepts only events whose contract lists `App`. */
export type Transaction<App extends PublisherName = never> = Repositories & {
  outbox: Outbox<typeof catalogue, App>;
  /** For the tables that libs/messaging writes. */
  sql: SqlClient;
};

/** SQLSTATE deadlock_detected and serialization_failure. The transaction is rolled back; a new attempt can succeed. */
const RETRYABLE = new Set(['40P01', '40001']);
const MAX_TRIES = 5;

/**
 * The only place that opens transactions with repositories.
 *
 * A service declares its app, as in `UnitOfWork<'order-worker'>`. By type, a service without an app name can publish no
 * event; at run time the outbox accepts only events whose contract lists the running app.
 */
export class UnitOfWork<App extends PublisherName = never> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly relay: Pick<OutboxRelay, 'enqueue' | 'ready'>,
    private readonly app: string,
    /** Receives the counters of a transaction after it has committed. */
    private readonly recordCounters: (counters: TransactionCounters) => void = () => undefined,
  ) {}

  /**
   * Runs `work` in one transaction: all its changes and events are stored, or none. `work` may run more than once,
   * because a deadlock or serialization failure is retried.
   */
  inTransaction<Result>(work: (transaction: Transaction<App>) => Promise<Result>): Promise<Result> {
    // A poll belongs to no trace, so its transaction gets no span.
    return hasActiveTrace()
      ? inSpan(transactionSpan, () => this.runWithRetries(work))
      : this.runWithRetries(work);
  }

  /** Repositories for reading without a transaction. */
  get read(): Repositories {
    assertConnected(this.dataSource);
    return new Repositories(this.dataSource.manager);
  }

  private async runWithRetries<Result>(
    work: (transaction: Transaction<App>) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.runOnce(work);
      } catch (error) {
        if (attempt === MAX_TRIES || !RETRYABLE.has((error as { code: string }).code)) throw error;
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  private async runOnce<Result>(work: (transaction: Transaction<App>) => Promise<Result>): Promise<Result> {
    assertConnected(this.dataSource);
    let events: StoredEvents = { leased: [], hasUnleased: false };
    const counters = new TransactionCounters();
    const result = await this.dataSource.transaction(async (manager) => {
      const outbox = new Outbox<typeof catalogue, App>(catalogue, this.app);
      const workResult = await work(
        Object.assign(new Repositories(manager, counters), { outbox, sql: sqlClientInTransaction(manager) }),
      );
      events = await outbox.store(manager, this.relay.ready);
      return workResult;
    });
    this.recordCounters(counters);
    this.relay.enqueue(events);
    return result;
  }
}

/** The span of a batch's transaction starts a new trace and links to the traces of the items. */
function transactionSpan(): SpanStart {
  const links = traceLinks();
  return {
    name: 'transaction',
    kind: SpanKind.CLIENT,
    links,
    attributes: {
      'db.system.name': 'postgresql',
      ...(links.length > 0 && { 'db.operation.batch.size': links.length }),
    },
  };
}
